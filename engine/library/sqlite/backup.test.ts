import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { facts, patch, settings, temporaryFolder } from '../../../tests/fixtures/library.ts';
import { openStore, restoreLibrary, type Store } from '../index.ts';
import { LibraryDatabase } from './database.ts';
import { libraryVersion, migrations } from './schema.ts';

function addVideo(store: Store, name: string, patches = 40): string {
  const { videoId } = store.saveFile(`/films/${name}.mp4`, facts(name));
  const pass = store.beginPass(videoId, settings);
  for (let number = 0; number < patches; number += 20)
    pass.append(Array.from({ length: 20 }, (_, index) => patch(number + index)));
  writeFileSync(join(pass.thumbnailFolder, '000000.jpg'), `still of ${name}`);
  pass.setThumbnails([{ time: 0, file: '000000.jpg' }]);
  pass.complete();
  return videoId;
}

function opened(t: TestContext, folder = temporaryFolder(t)): Store {
  const store = openStore(folder);
  t.after(() => store.close());
  return store;
}

const namesOf = (store: Store) =>
  store
    .videos()
    .map(({ path }) => path)
    .sort();

suite('a backup', () => {
  test('is one file that only its owner reads, holds what is in the log too, and is restored elsewhere', async (t) => {
    const store = opened(t);
    const id = addVideo(store, 'a');
    const target = join(temporaryFolder(t), 'copy.db');
    const made = await store.backup(target);
    assert.deepEqual([made.path, made.videos, made.files], [target, 1, 0]);
    assert.equal(made.bytes, statSync(target).size);
    if (process.platform !== 'win32') assert.equal(statSync(target).mode & 0o777, 0o600);
    const folder = temporaryFolder(t);
    assert.deepEqual(restoreLibrary(folder, target), { videos: 1, files: 0, replaced: undefined });
    const restored = opened(t, folder);
    assert.deepEqual(restored.videos(), store.videos());
    assert.deepEqual(restored.patchTable(id), store.patchTable(id));
    assert.deepEqual(restored.faults(), []);
    assert.throws(() => restored.patchTokens(id, [0]), { code: 'video-not-indexed' });
  });

  test('with its files loses nothing', async (t) => {
    const store = opened(t);
    const id = addVideo(store, 'a');
    const target = join(temporaryFolder(t), 'copy.db');
    assert.equal((await store.backup(target, true)).files, 2);
    const folder = temporaryFolder(t);
    assert.equal(restoreLibrary(folder, target).files, 2);
    const restored = opened(t, folder);
    assert.deepEqual(restored.patchTokens(id, [0, 39]), store.patchTokens(id, [0, 39]));
    assert.equal(readFileSync(restored.thumbnails(id)[0].path, 'utf8'), 'still of a');
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('restoring')),
      [],
    );
  });

  test('is consistent while something is written', async (t) => {
    const folder = temporaryFolder(t);
    const [store, other] = [opened(t, folder), opened(t, folder)];
    addVideo(store, 'a', 400);
    const target = join(temporaryFolder(t), 'copy.db');
    const making = store.backup(target);
    for (let number = 0; number < 20; number++) {
      addVideo(number % 2 === 0 ? other : store, `more ${number}`);
      await new Promise(setImmediate);
    }
    await making;
    const into = temporaryFolder(t);
    restoreLibrary(into, target);
    assert.deepEqual(opened(t, into).faults(), []);
  });

  test('takes nobody’s place, and says what is wrong with a folder', async (t) => {
    const store = opened(t);
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'there'), 'precious');
    await assert.rejects(store.backup(join(folder, 'there')), { code: 'file-exists' });
    await assert.rejects(store.backup(join(folder, 'nowhere', 'copy.db')), { code: 'file-not-found' });
    assert.deepEqual(readdirSync(folder), ['there']);
  });

  test('is made before a migration, and the last three are kept', (t) => {
    const folder = temporaryFolder(t);
    for (let version = 1; version <= libraryVersion; version++) {
      new LibraryDatabase(folder, migrations.slice(0, version)).close();
      const made = readdirSync(join(folder, version > 1 ? 'backups' : ''));
      if (version > 1) assert.equal(made.length, Math.min(3, version - 1));
    }
    const names = readdirSync(join(folder, 'backups')).sort();
    assert.match(names[2], new RegExp(`format${libraryVersion - 1}\\.db$`));
    const [oldest] = names;
    const db = new Database(join(folder, 'backups', oldest), { readonly: true });
    assert.equal(db.pragma('user_version', { simple: true }), libraryVersion - 3);
    db.close();
    if (process.platform !== 'win32') {
      assert.equal(statSync(join(folder, 'backups', oldest)).mode & 0o777, 0o600);
      assert.equal(statSync(join(folder, 'backups')).mode & 0o777, 0o700);
    }
    const into = temporaryFolder(t);
    restoreLibrary(into, join(folder, 'backups', oldest));
    opened(t, into);
  });

  test('is made once a week where there is something to lose', async (t) => {
    const folder = temporaryFolder(t);
    const store = opened(t, folder);
    assert.equal(await store.backupWeekly(), undefined, 'an empty library');
    addVideo(store, 'a');
    const first = await store.backupWeekly();
    assert.ok(first);
    assert.equal(await store.backupWeekly(), undefined, 'this week has one');
    const eightDaysAgo = Date.now() / 1000 - 8 * 24 * 3600;
    utimesSync(first, eightDaysAgo, eightDaysAgo);
    assert.notEqual(await store.backupWeekly(), undefined);
    assert.equal(readdirSync(join(folder, 'backups')).length, 2);
  });
});

suite('restoring', () => {
  test('keeps what was there aside, as a library of its own', async (t) => {
    const folder = temporaryFolder(t);
    const store = openStore(folder);
    addVideo(store, 'a');
    const target = join(temporaryFolder(t), 'copy.db');
    await store.backup(target, true);
    const late = addVideo(store, 'late');
    store.close();
    const { replaced } = restoreLibrary(folder, target);
    const restored = opened(t, folder);
    assert.deepEqual(namesOf(restored), ['/films/a.mp4']);
    restored.cleanUp();
    const before = opened(t, replaced);
    assert.deepEqual(namesOf(before), ['/films/a.mp4', '/films/late.mp4']);
    assert.equal(before.patchTokens(late, [39]).length, 1);
    assert.deepEqual(before.faults(), []);
  });

  test('is refused while somebody has the library open, and changes nothing', async (t) => {
    const folder = temporaryFolder(t);
    const store = opened(t, folder);
    addVideo(store, 'a');
    const target = join(temporaryFolder(t), 'copy.db');
    await store.backup(target);
    addVideo(store, 'b');
    assert.throws(() => restoreLibrary(folder, target), { code: 'library-locked' });
    assert.deepEqual(namesOf(store), ['/films/a.mp4', '/films/b.mp4']);
    assert.deepEqual(
      readdirSync(folder).filter((name) => /^re(stor|plac)/.test(name)),
      [],
    );
  });

  test('takes the place of a damaged library', async (t) => {
    const folder = temporaryFolder(t);
    const store = openStore(folder);
    addVideo(store, 'a');
    const target = join(temporaryFolder(t), 'copy.db');
    await store.backup(target);
    store.close();
    writeFileSync(join(folder, 'library.db'), 'no database '.repeat(1000));
    const { replaced } = restoreLibrary(folder, target);
    assert.ok(existsSync(join(replaced!, 'library.db')));
    assert.deepEqual(namesOf(opened(t, folder)), ['/films/a.mp4']);
  });

  test('refuses what is no backup, is newer, is cut or leads out of the library', async (t) => {
    const store = opened(t);
    addVideo(store, 'a');
    const folder = temporaryFolder(t);
    const target = join(folder, 'copy.db');
    await store.backup(target, true);
    const changed = (name: string, sql: string) => {
      const file = join(folder, name);
      writeFileSync(file, readFileSync(target));
      chmodSync(file, 0o600);
      const db = new Database(file);
      db.pragma('ignore_check_constraints = ON');
      db.exec(sql);
      db.close();
      return file;
    };
    const text = join(folder, 'text');
    writeFileSync(text, 'Dear diary');
    writeFileSync(join(folder, 'short.db'), readFileSync(target).subarray(0, 20_000));
    mkdirSync(join(folder, 'folder'));
    const wrong: [string, string][] = [
      [join(folder, 'nowhere'), 'file-not-found'],
      [text, 'library-damaged'],
      [join(folder, 'short.db'), 'library-damaged'],
      [changed('newer', `PRAGMA user_version = ${libraryVersion + 1}`), 'library-too-new'],
      [changed('negative', 'PRAGMA user_version = -1'), 'library-damaged'],
      [changed('theirs', 'PRAGMA application_id = 7'), 'library-damaged'],
      [changed('cut', 'UPDATE patch_batches SET times = substr(times, 1, 9)'), 'library-damaged'],
      ...[
        '../../outside',
        '/etc/outside',
        'features/../../outside.tokens',
        'library.db',
        'thumbnails/../a.jpg',
      ].map((path, index): [string, string] => [
        changed(`path${index}`, `UPDATE backup_files SET path = '${path}' WHERE path LIKE 'features%'`),
        'library-damaged',
      ]),
    ];
    const into = temporaryFolder(t);
    const before = openStore(into);
    addVideo(before, 'precious');
    before.close();
    for (const [file, code] of wrong) {
      assert.throws(() => restoreLibrary(into, file), { code }, file);
      assert.deepEqual(
        readdirSync(into).filter((name) => /^re(stor|plac)/.test(name)),
        [],
      );
    }
    assert.deepEqual(namesOf(opened(t, into)), ['/films/precious.mp4']);
  });
});
