import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import Database from 'better-sqlite3';
import { facts, patch, settings, temporaryFolder } from '../../../tests/fixtures/library.ts';
import { LibraryDatabase } from './database.ts';
import { openStore } from '../index.ts';
import { applicationId, libraryVersion, migrations } from './schema.ts';

/** A library as a Longview that knew only the first `version` migrations left it. */
function libraryOf(folder: string, version: number): void {
  new LibraryDatabase(folder, migrations.slice(0, version)).close();
}

function inspect<T>(folder: string, look: (db: Database.Database) => T): T {
  const db = new Database(join(folder, 'library.db'));
  try {
    return look(db);
  } finally {
    db.close();
  }
}

function schemaOf(folder: string): unknown[] {
  return inspect(folder, (db) =>
    db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all(),
  );
}

suite('a library from an earlier Longview', () => {
  for (let version = 0; version <= libraryVersion; version++) {
    test(`of format ${version} becomes what a new one is`, (t) => {
      const [old, fresh] = [temporaryFolder(t), temporaryFolder(t)];
      libraryOf(old, version);
      openStore(old).close();
      openStore(fresh).close();
      assert.deepEqual(schemaOf(old), schemaOf(fresh));
      assert.equal(
        inspect(old, (db) => db.pragma('user_version', { simple: true })),
        libraryVersion,
      );
    });
  }

  test('keeps its rows when a migration is added', (t) => {
    const folder = temporaryFolder(t);
    const store = openStore(folder);
    const { videoId } = store.saveFile('/films/a.mp4', facts('a'));
    store.close();
    const next = [...migrations, 'ALTER TABLE videos ADD COLUMN stars INTEGER NOT NULL DEFAULT 3'];
    const db = new LibraryDatabase(folder, next);
    assert.deepEqual(db.all('SELECT id, stars FROM videos'), [{ id: videoId, stars: 3 }]);
    db.close();
  });

  test('stays as it was when a migration fails in the middle', (t) => {
    const folder = temporaryFolder(t);
    openStore(folder).close();
    const before = schemaOf(folder);
    const next = [...migrations, 'CREATE TABLE extra (one INTEGER) STRICT; INSERT INTO nowhere VALUES (1)'];
    assert.throws(() => new LibraryDatabase(folder, next), /nowhere/);
    assert.deepEqual(schemaOf(folder), before);
    openStore(folder).close();
  });
});

suite('a library that cannot be opened', () => {
  test('says that a newer Longview made it, names the folder, and is not touched', (t) => {
    const folder = temporaryFolder(t);
    openStore(folder).close();
    inspect(folder, (db) => {
      db.pragma('journal_mode = DELETE');
      db.pragma(`user_version = ${libraryVersion + 1}`);
    });
    const before = readFileSync(join(folder, 'library.db'));
    assert.throws(
      () => openStore(folder),
      (error: { code: string; message: string; remedy: string }) =>
        error.code === 'library-too-new' &&
        error.message.includes(folder) &&
        /Update Longview/.test(error.remedy),
    );
    assert.deepEqual(readFileSync(join(folder, 'library.db')), before);
  });

  test('says that it is damaged where it is no database', (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'library.db'), 'This is not a database. '.repeat(500));
    assert.throws(() => openStore(folder), { code: 'library-damaged' });
  });

  test('says that it is damaged where its pages are', (t) => {
    const folder = temporaryFolder(t);
    const store = openStore(folder);
    const { videoId } = store.saveFile('/films/a.mp4', facts('a'));
    const run = store.beginRun(videoId, settings);
    for (let number = 0; number < 200; number++) run.append([patch(number)]);
    run.complete();
    store.close();
    const file = join(folder, 'library.db');
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4096);
    writeFileSync(file, bytes);
    assert.throws(
      () => {
        const damaged = openStore(folder);
        t.after(() => damaged.close());
        damaged.patchTable(videoId);
      },
      { code: 'library-damaged' },
    );
  });

  test("refuses somebody else's database", (t) => {
    const folder = temporaryFolder(t);
    inspect(folder, (db) => db.exec('CREATE TABLE theirs (one INTEGER)'));
    assert.throws(() => openStore(folder), { code: 'library-damaged' });
    inspect(folder, (db) => assert.equal(db.pragma('application_id', { simple: true }), 0));
  });

  test('says so where the folder is a file', (t) => {
    const file = join(temporaryFolder(t), 'library');
    writeFileSync(file, '');
    assert.throws(() => openStore(file), { code: 'permission-denied' });
    assert.throws(() => openStore(join(file, 'deeper')), { code: 'permission-denied' });
  });

  test(
    'says so where nothing may be written',
    { skip: process.getuid?.() === 0 && 'root may write anywhere' },
    (t) => {
      const folder = temporaryFolder(t);
      chmodSync(folder, 0o500);
      assert.throws(() => openStore(folder), { code: 'permission-denied' });
    },
  );

  test('says that the disk is full, and keeps what it had', (t) => {
    const folder = temporaryFolder(t);
    const db = new LibraryDatabase(folder);
    t.after(() => db.close());
    db.run("INSERT INTO settings VALUES ('kept', '1')");
    // SQLite answers SQLITE_FULL for a full disk and for this limit alike.
    db.all(`PRAGMA max_page_count = ${db.get<{ page_count: number }>('PRAGMA page_count')!.page_count}`);
    assert.throws(
      () => db.run('INSERT INTO settings VALUES (?, ?)', 'large', JSON.stringify('x'.repeat(1e6))),
      {
        code: 'disk-full',
      },
    );
    assert.deepEqual(db.all('SELECT key FROM settings'), [{ key: 'kept' }]);
  });

  test('says that another program is writing', (t) => {
    const folder = temporaryFolder(t);
    openStore(folder).close();
    const db = new LibraryDatabase(folder, migrations, 0);
    t.after(() => db.close());
    const other = new Database(join(folder, 'library.db'));
    t.after(() => other.close());
    other.exec('BEGIN IMMEDIATE');
    assert.throws(() => db.run("INSERT INTO settings VALUES ('a', '1')"), { code: 'library-locked' });
    assert.deepEqual(db.all('SELECT key FROM settings'), [], 'reading goes on');
  });
});

test('a library marks itself as ours and every table is strict', (t) => {
  const folder = temporaryFolder(t);
  openStore(folder).close();
  inspect(folder, (db) => {
    assert.equal(db.pragma('application_id', { simple: true }), applicationId);
    assert.equal(db.pragma('journal_mode', { simple: true }), 'wal');
    const tables = db.pragma('table_list') as {
      schema: string;
      name: string;
      type: string;
      strict: number;
    }[];
    for (const table of tables)
      if (table.type === 'table' && !table.name.startsWith('sqlite_'))
        assert.equal(table.strict, 1, table.name);
    assert.deepEqual(db.pragma('foreign_key_check'), []);
  });
});
