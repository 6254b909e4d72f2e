import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { LongviewError, quote } from '../../protocol/errors.ts';
import { isPassId, isStillName } from '../names.ts';
import type { BackupFacts } from '../ports/backup.ts';
import { mapErrors } from './errors.ts';

/** A file's parts of so many bytes: SQLite's blobs end at a gigabyte. */
const partBytes = 8 * 2 ** 20;
/** So many automatic backups are kept, and so old the newest of them may become. */
const kept = 3;
const weekMs = 7 * 24 * 3600 * 1000;
/** Pages that are copied before others have their turn: 40 MB. */
const pagesAtOnce = 10_000;

const folderOf = (library: string) => join(library, 'backups');
const named = /^library-[\dT-]+Z-format\d+\.db$/;

/** The table that stills and features lie in, in a backup only. */
export const filesTable = 'backup_files';

/** Copies an open library into a file; see BackupPort. */
export async function backUp(
  db: Database.Database,
  library: string,
  target: string,
  withFiles: boolean,
): Promise<BackupFacts> {
  if (existsSync(target))
    throw new LongviewError('file-exists', `There is a file at ${target} already.`, 'Give another name.');
  if (!existsSync(dirname(target)))
    throw new LongviewError(
      'file-not-found',
      `There is no folder ${dirname(target)}.`,
      'Make it, or choose another.',
    );
  const part = `${target}.part`;
  try {
    rmSync(part, { force: true });
    await db.backup(part, { progress: () => pagesAtOnce });
    const facts = mapErrors(dirname(target), () => finish(part, withFiles ? library : undefined));
    renameSync(part, target);
    return { path: target, bytes: statSync(target).size, ...facts };
  } catch (error) {
    for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(part + ending, { force: true });
    throw mapped(error, target);
  }
}

/** As {@link backUp} of the database alone, at once: before anything in it is changed for good. */
export function backUpBeforeMigration(db: Database.Database, library: string, version: number): void {
  const target = automatic(library, version);
  const part = `${target}.part`;
  try {
    db.prepare('VACUUM INTO ?').run(part);
    mapErrors(library, () => finish(part, undefined));
    renameSync(part, target);
    prune(library);
  } catch (error) {
    rmSync(part, { force: true });
    throw mapped(error, target);
  }
}

/** See BackupPort. */
export async function backUpWeekly(db: Database.Database, library: string): Promise<string | undefined> {
  const newest = automaticOnes(library).at(-1);
  if (newest !== undefined && Date.now() - statSync(newest).mtimeMs < weekMs) return undefined;
  if ((db.prepare('SELECT count(*) AS n FROM videos').get() as { n: number }).n === 0) return undefined;
  const target = automatic(library, db.pragma('user_version', { simple: true }) as number);
  await backUp(db, library, target, false);
  prune(library);
  return target;
}

/** Where the next automatic backup goes. */
function automatic(library: string, version: number): string {
  mkdirSync(folderOf(library), { recursive: true, mode: 0o700 });
  const now = new Date().toISOString().replaceAll(/[:.]/g, '-');
  return join(folderOf(library), `library-${now}-format${version}.db`);
}

function automaticOnes(library: string): string[] {
  if (!existsSync(folderOf(library))) return [];
  return readdirSync(folderOf(library))
    .filter((name) => named.test(name))
    .sort()
    .map((name) => join(folderOf(library), name));
}

function prune(library: string): void {
  for (const old of automaticOnes(library).slice(0, -kept)) rmSync(old, { force: true });
}

/** Puts files in, makes it one file that only its owner reads, and has it on the disk. */
function finish(part: string, library: string | undefined): { videos: number; files: number } {
  const copy = new Database(part);
  let files = 0;
  let videos: number;
  try {
    copy.pragma('journal_mode = DELETE');
    if (library !== undefined) files = putFiles(copy, library);
    videos = countOf(copy);
  } finally {
    copy.close();
  }
  chmodSync(part, 0o600);
  const file = openSync(part, 'r+');
  fsyncSync(file);
  closeSync(file);
  return { videos, files };
}

function countOf(copy: Database.Database): number {
  const known = copy.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'videos'").get();
  return known ? (copy.prepare('SELECT count(*) AS n FROM videos').get() as { n: number }).n : 0;
}

function putFiles(copy: Database.Database, library: string): number {
  copy.exec(`CREATE TABLE ${filesTable} (path TEXT NOT NULL, part INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (path, part)) STRICT, WITHOUT ROWID`);
  const put = copy.prepare(`INSERT INTO ${filesTable} VALUES (?, ?, ?)`);
  const ids = copy.prepare<[], { id: string }>('SELECT id FROM passes').all();
  const places = ids.filter(({ id }) => isPassId(id)).flatMap(({ id }) => filesOf(library, id));
  copy.transaction(() => {
    for (const place of places)
      for (const [part, data] of partsOf(join(library, place)))
        put.run(place.replaceAll('\\', '/'), part, data);
  })();
  return places.length;
}

/** The files of a pass, relative to the library. */
export function filesOf(library: string, id: string): string[] {
  const tokens = join('features', `${id}.tokens`);
  const stills = join('thumbnails', id);
  return [
    ...(existsSync(join(library, tokens)) ? [tokens] : []),
    ...(existsSync(join(library, stills)) ? readdirSync(join(library, stills)) : [])
      .filter(isStillName)
      .map((name) => join(stills, name)),
  ];
}

/** Whether a path in a backup is one of a still or of features; nothing else is ever written. */
export function isBackedUpPath(path: string): boolean {
  const [folder, first, name, ...more] = path.split('/');
  if (folder === 'features')
    return name === undefined && first.endsWith('.tokens') && isPassId(basename(first, '.tokens'));
  return folder === 'thumbnails' && isPassId(first) && isStillName(name) && more.length === 0;
}

function* partsOf(path: string): Generator<[number, Buffer]> {
  const file = openSync(path, 'r');
  try {
    for (let part = 0; ; part++) {
      const data = Buffer.alloc(partBytes);
      const read = readSync(file, data, 0, partBytes, part * partBytes);
      if (read > 0 || part === 0) yield [part, data.subarray(0, read)];
      if (read < partBytes) return;
    }
  } finally {
    closeSync(file);
  }
}

function mapped(error: unknown, target: string): unknown {
  try {
    mapErrors(dirname(target), () => {
      throw error;
    });
  } catch (found) {
    if (!(found instanceof LongviewError) || found.code !== 'permission-denied') return found;
    return new LongviewError(
      'permission-denied',
      `No backup can be written to ${quote(target)}: ${(error as Error).message}.`,
      'Choose a folder that exists and that you may write to.',
      { cause: error },
    );
  }
  return error;
}
