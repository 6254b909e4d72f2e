import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { textQuery } from '../../language/text-match.ts';
import Database from 'better-sqlite3';
import { facts, patch, settings, temporaryFolder } from '../../../tests/fixtures/library.ts';
import { LibraryDatabase } from './database.ts';
import { openStore } from '../index.ts';
import { packCuts, packEmbeddings, packObjects, packTimes } from '../packing.ts';
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

  test('of format 5 has its runs as tracks: nothing is lost, nothing is looked at again', (t) => {
    const folder = temporaryFolder(t);
    libraryOf(folder, 5);
    inspect(folder, (db) => {
      db.exec(`
        INSERT INTO videos VALUES (1, 'whole', 'h1', 10, 20, 1, 1, 25, 'h264', NULL, 5),
          (2, 'begun', 'h2', 10, 20, 1, 1, 25, 'h264', NULL, 5);
        INSERT INTO files VALUES (1, '/a.mp4', 1, 1, 1.0), (2, '/b.mp4', 1, 1, 1.0);
        INSERT INTO runs VALUES (7, 'r7', 1, 'complete', 'made', 'made-1', 2, 1, 2, 3, 4, 2, 11, 12);
        INSERT INTO runs VALUES (9, 'r9', 2, 'indexing', 'made', 'made-1', 2, 1, 2, 3, 4, 1, 13, NULL);
        INSERT INTO labels VALUES (1, 'dog');
        INSERT INTO thumbnails VALUES (7, 5, 'a.jpg');
        INSERT INTO texts VALUES (3, 1, 'said', 1, 2, 'en', 'Hello there');
        INSERT INTO text_index (rowid, words) VALUES (3, 'hello there');
        INSERT INTO text_sources VALUES (1, 'beside');
        INSERT INTO jobs VALUES ('/b.mp4', 1, 'running', NULL, 0.5, 1, NULL, 1, 1);
        INSERT INTO settings VALUES ('queue', '[{"request":{"paths":["/b.mp4"],"fps":0.5},"paused":true,"running":true}]');`);
      const put = db.prepare('INSERT INTO patch_batches VALUES (?, 0, ?, ?, ?, ?)');
      const patches = [patch(0), patch(1)];
      put.run(7, 2, packTimes(patches), packCuts(patches), packEmbeddings(patches, 4));
      put.run(9, 1, packTimes([patch(0)]), packCuts([patch(0)]), packEmbeddings([patch(0)], 4));
      const [objects] = packObjects(patches, 0);
      db.prepare('INSERT INTO object_batches VALUES (7, 0, 1, 2, ?, 0.5)').run(objects.bytes);
    });
    const store = openStore(folder);
    t.after(() => store.close());
    const [whole, begun] = [store.video('whole'), store.video('begun')];
    assert.deepEqual(
      whole.tracks.map(({ kind, extractor, version, state }) => [kind, extractor, version, state]),
      [
        ['shots', 'shots', '1', 'whole'],
        ['stills', 'stills', '1', 'whole'],
        ['objects', 'frames', 'made-1', 'whole'],
        ['embedding', 'frames', 'made-1', 'whole'],
        ['tokens', 'frames', 'made-1', 'whole'],
        ['captions', 'captions', '1', 'whole'],
      ],
    );
    assert.deepEqual(whole.tracks[3].coverage, [[0, 20, 2]]);
    assert.deepEqual([whole.index!.id, whole.index!.patches, whole.index!.startedAt], ['r7', 2, 11]);
    assert.deepEqual([begun.index, begun.unfinished!.id, begun.unfinished!.patches], [undefined, 'r9', 1]);
    assert.deepEqual([...store.patchTable('whole').starts], [0, 1]);
    assert.deepEqual(
      store.objects('whole').map((object) => object.label),
      ['dog', 'dog'],
    );
    assert.equal(store.bestSeen('made-1', ['dog'], 5).length, 1);
    assert.equal(store.thumbnails('whole')[0].time, 5);
    assert.equal(store.textSource('whole'), 'beside');
    assert.equal(store.textHits(textQuery('hello'), 5)[0].videoId, 'whole');
    assert.equal(store.beginPass('begun', settings).resumedPatches, 0, 'its visual tokens are not there');
    assert.deepEqual(store.requests(), [
      { request: { paths: ['/b.mp4'], fps: 0.5 }, paused: true, running: false },
    ]);
    assert.deepEqual(store.jobs()[0].settings, { fps: 0.5, force: true });
    store.removeVideo('whole');
    assert.deepEqual(store.textHits(textQuery('hello'), 5), []);
  });

  test('of format 6 has its lines indexed anew, and as they were when that is broken off', (t) => {
    const folder = temporaryFolder(t);
    libraryOf(folder, 6);
    inspect(folder, (db) => {
      db.exec(`
        INSERT INTO videos VALUES (1, 'v', 'h', 10, 20, 1, 1, 25, 'h264', NULL, 5);
        INSERT INTO files VALUES (1, '/a.mp4', 1, 1, 1.0);
        INSERT INTO tracks (num, id, video, kind, extractor, version, settings, state, items, started_at)
          VALUES (1, 't', 1, 'captions', 'captions', '1', '{}', 'whole', 2, 1);
        INSERT INTO lines VALUES (3, 1, 1, 'said', 1, 2, 'en', 'Call 555-0123 now', NULL),
          (4, 1, 1, 'said', 3, 4, 'en', 'It''s the best of times', NULL);
        INSERT INTO text_index (rowid, words) VALUES (3, 'call 555 0123 now'), (4, 'it the best of time');`);
    });
    const indexed = () =>
      inspect(folder, (db) =>
        db.prepare(`SELECT rowid FROM text_index WHERE text_index MATCH '"n5 n5 n0"' ORDER BY rowid`).all(),
      );
    const broken = [...migrations, 'INSERT INTO nowhere VALUES (1)'];
    assert.throws(() => new LibraryDatabase(folder, broken), /nowhere/);
    assert.deepEqual(indexed(), []);
    const old = inspect(folder, (db) =>
      db.prepare(`SELECT rowid FROM text_index WHERE text_index MATCH 'now' ORDER BY rowid`).all(),
    );
    assert.deepEqual(old, [{ rowid: 3 }]);
    const store = openStore(folder);
    t.after(() => store.close());
    const hits = (query: string) => store.textHits(textQuery(query), 5).map(({ text }) => text);
    assert.deepEqual(hits('5501'), ['Call 555-0123 now']);
    assert.deepEqual(hits('"best of times"'), ["It's the best of times"]);
    store.removeVideo('v');
    assert.deepEqual([hits('now'), indexed()], [[], []]);
  });

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
    const run = store.beginPass(videoId, settings);
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
