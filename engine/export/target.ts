import { createHash } from 'node:crypto';
import { link, lstat, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { isRunning } from '../core/temporary.ts';
import { LongviewError, quote } from '../protocol/errors.ts';
import { cannotWrite, fileProblem } from '../protocol/file-errors.ts';
import { shorten } from './names.ts';

/** What may not be written over. */
export interface TargetRules {
  /** Replace what is there. */
  overwrite?: boolean;
  /** Paths of footage; these are never written over, by whatever name they are reached. */
  footage: readonly string[];
}

/**
 * Checks that a file may be written. Two names of one file are known by what the file system says of it.
 * @throws LongviewError `file-exists`, `bad-argument` for footage and for what is no plain file, `file-not-found` for a
 * folder that isn't there, `permission-denied`, `disk-failed`.
 */
export async function checkTarget(path: string, { overwrite, footage }: TargetRules): Promise<void> {
  const folder = await factsOf(dirname(resolve(path)));
  if (!folder?.isDirectory()) throw noFolder(dirname(resolve(path)));
  const there = await factsOf(path);
  if (!there) return;
  for (const video of footage) {
    const facts = await factsOf(video).catch(() => undefined);
    if (facts && facts.ino === there.ino && facts.dev === there.dev) throw isFootage(path);
  }
  if (!there.isFile()) throw notPlain(path);
  if (!overwrite) throw exists(path);
}

/** Deletes what exports that were killed have left in a folder. */
export async function sweepUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = /^\..+\.(\d+)\.part(?:\.[^.]*)?$/u.exec(name)?.[1];
    if (pid === undefined || Number(pid) === process.pid) continue;
    const path = join(folder, name);
    const facts = await lstat(path).catch(() => undefined);
    // On a disk that several machines share, another's number means nothing here; what is being written is young.
    const young = facts && facts.mtimeMs > Date.now() - 5 * 60_000;
    if (facts?.isFile() && !young && !isRunning(Number(pid), facts.mtimeMs)) await rm(path, { force: true });
  }
}

/** A name beside a file for what is not finished yet; it keeps the extension, by which ffmpeg knows the format. */
export function unfinished(path: string): string {
  // The name itself may be as long as names can be.
  const mark = createHash('sha256').update(basename(path)).digest('hex').slice(0, 12);
  return join(dirname(path), `.longview-${mark}.${process.pid}.part${shorten(extname(path), 40)}`);
}

/**
 * Puts a finished file in its place, in one step.
 * @throws LongviewError as {@link checkTarget}.
 */
export async function putInPlace(temporary: string, path: string, rules: TargetRules): Promise<void> {
  await checkTarget(path, rules);
  try {
    if (rules.overwrite) return await rename(temporary, path);
    try {
      // Unlike a rename, this fails where something came to be there in the meantime.
      await link(temporary, path);
    } catch (error) {
      if (fileProblem(error) === 'exists') throw exists(path);
      // Not every file system has links.
      return await rename(temporary, path);
    }
    await rm(temporary);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/**
 * Writes a text file as a whole: nobody ever sees half of it, and a failure leaves what was there.
 * @throws LongviewError as {@link checkTarget}, and `disk-full`.
 */
export async function writeWhole(path: string, text: string, rules: TargetRules): Promise<void> {
  await checkTarget(path, rules);
  await sweepUnfinished(dirname(path));
  const temporary = unfinished(path);
  try {
    const handle = await open(temporary, 'w').catch((error: unknown) => {
      throw cannotWrite(path, error);
    });
    try {
      await handle.writeFile(text, 'utf8');
      await handle.sync();
    } catch (error) {
      throw cannotWrite(path, error);
    } finally {
      await handle.close();
    }
    await putInPlace(temporary, path, rules);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function factsOf(path: string) {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (fileProblem(error) === 'missing') return undefined;
    throw cannotWrite(path, error);
  }
}

function exists(path: string): LongviewError {
  return new LongviewError(
    'file-exists',
    `${quote(path)} is there already.`,
    'Choose another name, or give --overwrite to replace it.',
    { details: { path } },
  );
}

function isFootage(path: string): LongviewError {
  return new LongviewError(
    'bad-argument',
    `${quote(path)} is a video of the library; footage is never written over.`,
    'Choose another name.',
    { details: { path } },
  );
}

function notPlain(path: string): LongviewError {
  return new LongviewError('bad-argument', `${quote(path)} is not a plain file.`, 'Choose another name.', {
    details: { path },
  });
}

function noFolder(path: string): LongviewError {
  return new LongviewError(
    'file-not-found',
    `The folder ${quote(path)} does not exist.`,
    'Create it first.',
    {
      details: { path },
    },
  );
}
