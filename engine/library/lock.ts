import { join } from 'node:path';
import Database from 'better-sqlite3';
import { LongviewError } from '../protocol/errors.ts';
import { storeError } from './sqlite/errors.ts';

/**
 * Takes the right to write indexes into a library. It is a lock of the operating system (through SQLite, which
 * knows how on every platform), so it goes when the process goes, however it goes; readers don't need it.
 * @throws LongviewError `library-locked` where another indexing holds it.
 */
export function lockForIndexing(folder: string): { release(): void } {
  let db: Database.Database | undefined;
  try {
    const opened = (db = new Database(join(folder, 'indexing.lock'), { timeout: 0 }));
    opened.exec('BEGIN EXCLUSIVE');
    return {
      release() {
        opened.close();
      },
    };
  } catch (error) {
    db?.close();
    if (!/^SQLITE_(BUSY|LOCKED)/.test(String((error as { code?: unknown }).code)))
      throw storeError(error, folder);
    throw new LongviewError(
      'library-locked',
      `Another Longview is indexing into the library in ${folder}.`,
      'Wait until it is done or stop it, then index again; searching works meanwhile.',
      { cause: error, details: { folder } },
    );
  }
}
