import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { foreignLibrary, libraryTooNew, mapErrors, notALibrary, storeError } from './errors.ts';
import { defineFunctions } from './functions.ts';
import { keepReserve, releaseReserve } from './reserve.ts';
import { LongviewError } from '../../protocol/errors.ts';
import type { LibraryFault } from '../ports/health.ts';
import { applicationId, migrations } from './schema.ts';
import type { BackupFacts } from '../ports/backup.ts';
import { backUp, backUpBeforeMigration, backUpWeekly } from './backup-files.ts';
import { checkSound, faultsOf } from './soundness.ts';

type Parameter = string | number | bigint | Uint8Array | null;

/**
 * library.db with its pragmas set and its format up to date. Whatever SQLite throws comes out as a
 * LongviewError where a user can act on it.
 */
export class LibraryDatabase {
  readonly folder: string;
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement<Parameter[]>>();

  /**
   * Opens or makes `<folder>/library.db`.
   * @param known migrations to apply; only tests give others than ours
   * @param busyTimeoutMs how long a statement waits for another process's write
   * @throws LongviewError `library-too-new`, `library-damaged`, `library-locked`, `permission-denied`, `disk-full`.
   */
  constructor(folder: string, known: readonly string[] = migrations, busyTimeoutMs = 5000) {
    this.folder = folder;
    this.#db = mapErrors(folder, () => openAnyhow(folder, known, busyTimeoutMs));
    keepReserve(folder);
  }

  /** Runs a statement that returns nothing. @returns rows changed, and the last row's number. */
  run(sql: string, ...parameters: Parameter[]): { changes: number; lastInsertRowid: number } {
    const { changes, lastInsertRowid } = this.#map(() => this.#statement(sql).run(...parameters));
    return { changes, lastInsertRowid: Number(lastInsertRowid) };
  }

  /** The first row of a query. Row shapes are the callers' word: tables are STRICT, so types hold. */
  get<Row>(sql: string, ...parameters: Parameter[]): Row | undefined {
    return this.#map(() => this.#statement(sql).get(...parameters) as Row | undefined);
  }

  /** All rows of a query. */
  all<Row>(sql: string, ...parameters: Parameter[]): Row[] {
    return this.#map(() => this.#statement(sql).all(...parameters) as Row[]);
  }

  /** Runs `work` in one transaction that takes the write lock at its start; all of it happens, or nothing. */
  write<T>(work: () => T): T {
    if (this.#db.inTransaction) return work();
    return this.#map(() => this.#db.transaction(work).immediate());
  }

  /**
   * As {@link LibraryDatabase.write}, for what makes room: on a full disk with the space that was kept for it.
   * @param makeRoom frees what is to go anyway, where that isn't enough
   */
  writeAnyhow<T>(work: () => T, makeRoom: () => void = () => undefined): T {
    for (const more of [() => releaseReserve(this.folder), makeRoom]) {
      try {
        return this.write(work);
      } catch (error) {
        if (!(error instanceof LongviewError) || error.code !== 'disk-full') throw error;
        more();
      }
    }
    return this.write(work);
  }

  /** Runs `work` on one state of the database, whatever other processes write meanwhile. */
  snapshot<T>(work: () => T): T {
    if (this.#db.inTransaction) return work();
    return this.#map(() => this.#db.transaction(work).deferred());
  }

  /** Another one whenever anybody, in this process or another, has written something. */
  version(): string {
    return this.#map(() => {
      const own = this.#statement('SELECT total_changes() AS n').get() as { n: number };
      const others = this.#statement('PRAGMA data_version').get() as { data_version: number };
      return `${others.data_version} ${own.n}`;
    });
  }

  /** Gives the pages that deleting freed back to the disk. */
  releaseSpace(): void {
    try {
      this.#map(() => this.#db.pragma('incremental_vacuum'));
    } catch (error) {
      // Vacuuming takes room of its own; the next time is soon enough.
      if (!(error instanceof LongviewError) || error.code !== 'disk-full') throw error;
    }
  }

  /** Copies all into one file. */
  backup(target: string, withFiles: boolean): Promise<BackupFacts> {
    return backUp(this.#db, this.folder, target, withFiles);
  }

  /** As {@link LibraryDatabase.backup} into a folder of its own, where the last time was a week ago. */
  backupWeekly(): Promise<string | undefined> {
    return backUpWeekly(this.#db, this.folder);
  }

  /** What is wrong inside; reads all of it. */
  faults(): LibraryFault[] {
    return faultsOf(this.#db, this.folder);
  }

  /** Closes the file; safe to call twice. */
  close(): void {
    this.#statements.clear();
    this.#map(() => this.#db.close());
  }

  #statement(sql: string): Database.Statement<Parameter[]> {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare<Parameter[]>(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #map<T>(work: () => T): T {
    return mapErrors(this.folder, work);
  }
}

/** On a full disk with the space that was kept for it; without that, alone: then SQLite needs no file beside it. */
function openAnyhow(folder: string, known: readonly string[], timeout: number): Database.Database {
  const attempts = [
    () => open(folder, known, timeout),
    () => (releaseReserve(folder), open(folder, known, timeout)),
    () => open(folder, known, timeout, true),
  ];
  for (const [index, attempt] of attempts.entries()) {
    try {
      return attempt();
    } catch (error) {
      const isFull = (storeError(error, folder) as LongviewError).code === 'disk-full';
      if (!isFull || index === attempts.length - 1) throw error;
    }
  }
  throw new Error('unreachable');
}

function open(folder: string, known: readonly string[], timeout: number, alone = false): Database.Database {
  mkdirSync(folder, { recursive: true });
  const db = new Database(join(folder, 'library.db'), { timeout });
  try {
    if (alone) db.pragma('locking_mode = EXCLUSIVE');
    // Before anything is written: a newer library must stay exactly as it is.
    const version = checkedVersion(db, folder, known.length);
    if (version === 0) db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('foreign_keys = ON');
    // What a foreign library has in its views, triggers and checks may call nothing that does harm.
    db.pragma('trusted_schema = OFF');
    defineFunctions(db);
    if (version > 0 && version < known.length) backUpFirst(db, folder, version);
    if (version < known.length) migrate(db, folder, known);
    if (known === migrations) checkSound(db, folder);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function checkedVersion(db: Database.Database, folder: string, ours: number): number {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > ours) throw libraryTooNew(folder, version, ours);
  if (version < 0)
    throw foreignLibrary(folder, `it says that it is of format ${version}, which no Longview writes`);
  const id = db.pragma('application_id', { simple: true }) as number;
  const empty = (db.prepare('SELECT count(*) AS n FROM sqlite_schema').get() as { n: number }).n === 0;
  if (!empty && id !== applicationId) throw notALibrary(folder);
  if (empty !== (version === 0))
    throw foreignLibrary(
      folder,
      `it says that it is of format ${version}, and ${empty ? 'is empty' : 'is not'}`,
    );
  return version;
}

/** A disk without room for a backup doesn't keep a library from being opened: migrating takes place whole or not at all. */
function backUpFirst(db: Database.Database, folder: string, version: number): void {
  try {
    backUpBeforeMigration(db, folder, version);
  } catch (error) {
    if (!(error instanceof LongviewError) || error.code !== 'disk-full') throw error;
  }
}

/** A step of ours fails on what isn't of the format that it says. */
function step(db: Database.Database, folder: string, known: readonly string[], version: number): void {
  try {
    db.exec(known[version]);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (known !== migrations || !/^SQLITE_(ERROR|CONSTRAINT|MISMATCH)/.test(code ?? '')) throw error;
    throw foreignLibrary(folder, `it says that it is of format ${version}, and is not (${message})`, error);
  }
}

function migrate(db: Database.Database, folder: string, known: readonly string[]): void {
  db.transaction(() => {
    // Another process may have migrated while this one waited for the lock.
    const from = checkedVersion(db, folder, known.length);
    for (let version = from; version < known.length; version++) {
      step(db, folder, known, version);
      db.pragma(`user_version = ${version + 1}`);
    }
    db.pragma(`application_id = ${applicationId}`);
  }).exclusive();
}
