import { randomBytes } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { LongviewError, quote } from '../../protocol/errors.ts';
import { filesOf, filesTable, isBackedUpPath } from './backup-files.ts';
import { LibraryDatabase } from './database.ts';
import { libraryTooNew, mapErrors, storeError } from './errors.ts';
import { applicationId, libraryVersion } from './schema.ts';
import { isPassId } from '../names.ts';

/** What a restore did. */
export interface Restored {
  videos: number;
  /** Stills and feature files that came with the backup. */
  files: number;
  /** Where the library that was replaced lies now, whole; undefined where there was none. */
  replaced: string | undefined;
}

/**
 * Puts a backup in the place of a library. Everything is made ready beside it first, checked and brought up to date; one
 * renaming then makes it the library. What was there is kept in a folder of its own.
 * @throws LongviewError `file-not-found`, `library-damaged` (the file is no backup), `library-too-new`, `library-locked`
 * (somebody has the library open), `disk-full`, `permission-denied`.
 */
export function restoreLibrary(folder: string, file: string): Restored {
  if (!existsSync(file))
    throw new LongviewError('file-not-found', `There is no file at ${quote(file)}.`, 'Check its path.');
  return mapErrors(folder, () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder))
      if (name.startsWith('restoring-')) rmSync(join(folder, name), { recursive: true, force: true });
    const staged = join(folder, `restoring-${randomBytes(4).toString('hex')}`);
    mkdirSync(staged, { mode: 0o700 });
    try {
      const ready = stage(file, staged);
      const replaced = setAside(folder);
      for (const path of ready.paths) moveInto(join(staged, path), join(folder, path));
      renameSync(join(staged, 'library.db'), join(folder, 'library.db'));
      return { videos: ready.videos, files: ready.paths.length, replaced };
    } finally {
      rmSync(staged, { recursive: true, force: true });
    }
  });
}

/** The backup as a library of its own, up to date and found to be sound. */
function stage(file: string, staged: string): { videos: number; paths: string[] } {
  const target = join(staged, 'library.db');
  checkBackup(file);
  copyFileSync(file, target);
  // A library's own file may have its newest rows in a log beside it.
  if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${target}-wal`);
  const copy = new Database(target);
  let paths: string[];
  try {
    paths = takeFiles(copy, staged);
  } finally {
    copy.close();
  }
  const db = new LibraryDatabase(staged);
  try {
    const [fault] = db.faults();
    if (fault) throw noBackup(file, fault.message);
    const { n } = db.get<{ n: number }>('SELECT count(*) AS n FROM videos')!;
    return { videos: n, paths };
  } finally {
    db.close();
  }
}

function checkBackup(file: string): void {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true });
    const version = db.pragma('user_version', { simple: true }) as number;
    const id = db.pragma('application_id', { simple: true }) as number;
    if (id !== applicationId || version < 1) throw noBackup(file, 'it is none of a Longview library');
    if (version > libraryVersion) throw libraryTooNew(file, version, libraryVersion);
  } catch (error) {
    const known = storeError(error, file);
    if (known instanceof LongviewError && known.code !== 'library-damaged') throw known;
    throw error instanceof LongviewError ? error : noBackup(file, (error as Error).message);
  } finally {
    db?.close();
  }
}

function noBackup(file: string, what: string): LongviewError {
  return new LongviewError(
    'library-damaged',
    `${quote(file)} can't be restored: ${what.replace(/\.$/, '')}.`,
    'Choose another backup; nothing was changed.',
    { details: { file } },
  );
}

/** Takes stills and features out of the copy. @returns their paths, relative to the library */
function takeFiles(copy: Database.Database, staged: string): string[] {
  if (!copy.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(filesTable)) return [];
  const rows = copy.prepare<[], { path: string; data: Uint8Array }>(
    `SELECT path, data FROM ${filesTable} ORDER BY path, part`,
  );
  const paths = new Set<string>();
  for (const { path, data } of rows.iterate()) {
    if (!isBackedUpPath(path)) throw noBackup(copy.name, `it holds a file called ${quote(path)}`);
    const target = join(staged, path);
    if (!paths.has(path)) mkdirSync(dirname(target), { recursive: true });
    const out = openSync(target, paths.has(path) ? 'a' : 'wx', 0o600);
    for (let done = 0; done < data.length;) done += writeSync(out, data, done);
    fsyncSync(out);
    closeSync(out);
    paths.add(path);
  }
  copy.exec(`DROP TABLE ${filesTable}; VACUUM`);
  return [...paths];
}

/** Gives the library that is there a second place, with all its files; nothing is taken away from it. */
function setAside(folder: string): string | undefined {
  const path = join(folder, 'library.db');
  if (!existsSync(path)) return undefined;
  const ids = endUse(path);
  const aside = join(folder, `replaced-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
  const names = ['library.db', 'library.db-wal', 'library.db-shm'].filter((name) =>
    existsSync(join(folder, name)),
  );
  for (const name of [...names, ...ids.flatMap((id) => filesOf(folder, id))]) {
    mkdirSync(dirname(join(aside, name)), { recursive: true, mode: 0o700 });
    linkOrCopy(join(folder, name), join(aside, name));
  }
  // A log of the library that was is none of the one that comes.
  for (const name of names) if (name !== 'library.db') rmSync(join(folder, name), { force: true });
  return aside;
}

/**
 * Puts the log of a library into it and sees that nobody else has it open. @returns ids of its passes; none where it is
 * damaged, which is often why it is replaced
 */
function endUse(path: string): string[] {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { timeout: 1000 });
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE; COMMIT');
    db.pragma('wal_checkpoint(TRUNCATE)');
    return db
      .prepare<[], { id: string }>('SELECT id FROM passes')
      .all()
      .flatMap(({ id }) => (isPassId(id) ? [id] : []));
  } catch (error) {
    if (/^SQLITE_(BUSY|LOCKED)/.test((error as { code?: string }).code ?? '')) throw error;
    return [];
  } finally {
    db?.close();
  }
}

/** A second name costs no space, where the file system has such. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

/** A pass's files are the same in both libraries, or only in one. */
function moveInto(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  renameSync(from, to);
}
