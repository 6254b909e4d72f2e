import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { facts, patch, settings, temporaryFolder } from '../../../tests/fixtures/library.ts';
import { openStore } from '../../library/index.ts';
import { completePath } from './complete-path.ts';
import { ignoredBy } from './ignored.ts';
import { FolderService } from './index.ts';

const pace = { gatherMs: 20, steadyMs: 120, oldMs: 60_000, thereMs: 60, pollMs: 60_000, againMs: 60_000 };

/** A service that follows folders, with what it told. */
function following(t: TestContext) {
  const root = temporaryFolder(t);
  // What follows folders keeps no process alive.
  const alive = setInterval(() => undefined, 1000);
  t.after(() => clearInterval(alive));
  const films = join(root, 'films');
  mkdirSync(films);
  const store = openStore(join(root, 'library'));
  t.after(() => store.close());
  const service = new FolderService(() => store, pace);
  const found: string[] = [];
  let busy = false;
  let listed = 0;
  const waiting = new Set<() => void>();
  const moved = () => {
    for (const look of waiting) look();
  };
  const stop = service.followFolders({
    onFound: (paths) => {
      found.push(...paths);
      moved();
    },
    onLibrary: () => {
      listed++;
      moved();
    },
    onFolders: moved,
    isBusy: () => busy,
  });
  t.after(stop);
  /** Waits until something is true, looked at again whenever something was told. */
  const until = (isTrue: () => boolean | Promise<boolean>) =>
    new Promise<void>((done, fail) => {
      const look = () =>
        void Promise.resolve(isTrue()).then((now) => {
          if (!now) return;
          waiting.delete(look);
          done();
        }, fail);
      waiting.add(look);
      look();
    });
  const state = async () => (await service.folders()).folders[0];
  /** A film that was last written long ago. */
  const film = (name: string, content = name) => {
    const path = join(films, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
    utimesSync(path, 1e9, 1e9);
    return path;
  };
  const indexed = (path: string, name: string, modifiedMs: number) => {
    const { videoId } = store.saveFile(path, { ...facts(name), sizeBytes: name.length }, modifiedMs);
    const pass = store.beginPass(videoId, settings);
    pass.append([patch(0)]);
    pass.complete();
    return videoId;
  };
  return {
    ...{ root, films, store, service, found, until, state, film, indexed },
    listed: () => listed,
    setBusy: (now: boolean) => (busy = now),
  };
}

test('what lies in a folder and isn’t indexed as it is now is found, but nothing hidden, ignored or of another kind', async (t) => {
  const { films, service, found, until, state, film, indexed } = following(t);
  const known = film('known.mp4', 'known');
  indexed(known, 'known', 1e12);
  const changed = film('changed.mp4', 'changed now');
  indexed(changed, 'changed', 1e12);
  const deep = film('a/b/deep.mkv');
  film('.hidden/x.mp4');
  film('proxies/x.mp4');
  film('notes.txt');
  symlinkSync(films, join(films, 'a', 'circle'));
  await service.addFolder({ path: `${films}/`, ignore: ['Proxies'] });
  await until(() => found.length >= 2);
  assert.deepEqual(found.sort(), [deep, changed].sort());
  const told = await state();
  assert.deepEqual([told.path, told.state, told.videos], [films, 'watching', 3]);
  assert.deepEqual((await service.newFootage()).paths.sort(), [deep, changed].sort());
});

test('a file that comes is told of when it has been written to its end, and once', async (t) => {
  const { films, service, found, until, state } = following(t);
  await service.addFolder({ path: films });
  await until(async () => (await state()).state === 'watching');
  mkdirSync(join(films, 'new'));
  const path = join(films, 'new', 'copy.mp4');
  writeFileSync(path, 'a');
  const writing = setInterval(() => appendFileSync(path, 'more'), 40);
  await new Promise((wait) => setTimeout(wait, 400));
  assert.deepEqual(found, [], 'not while it grows');
  clearInterval(writing);
  await until(() => found.length > 0);
  await service.changeFolder({ path: films, rescan: true });
  await until(async () => (await state()).state === 'watching');
  assert.deepEqual(found, [path]);
});

test('what went is told, a moved file is found at its new place, and nothing leaves the library', async (t) => {
  const { films, store, service, found, until, state, film, indexed, listed } = following(t);
  const path = film('one.mp4', 'one');
  const id = indexed(path, 'one', 1e12);
  await service.addFolder({ path: films });
  await until(async () => (await state()).state === 'watching');
  renameSync(path, join(films, 'two.mp4'));
  await until(() => listed() > 0 && found.length > 0);
  assert.deepEqual(found, [join(films, 'two.mp4')]);
  assert.equal(store.video(id).id, id);
});

test('a drive that goes leaves everything as it is, and is looked through when it is back', async (t) => {
  const { root, films, store, service, found, until, state, film, indexed } = following(t);
  indexed(film('one.mp4', 'one'), 'one', 1e12);
  await service.addFolder({ path: films });
  await until(async () => (await state()).state === 'watching');
  renameSync(films, join(root, 'unplugged'));
  // The empty place where it was mounted is there.
  mkdirSync(films);
  await until(async () => (await state()).state === 'away');
  assert.deepEqual([store.videos().length, store.videos()[0].paths.length], [1, 1]);
  writeFileSync(join(root, 'unplugged', 'while-away.mp4'), 'new');
  utimesSync(join(root, 'unplugged', 'while-away.mp4'), 1e9, 1e9);
  rmSync(films, { recursive: true });
  renameSync(join(root, 'unplugged'), films);
  await until(async () => found.length > 0 && (await state()).state === 'watching');
  assert.deepEqual(found, [join(films, 'while-away.mp4')]);
});

test('while the folder is being indexed anyway, what is found waits', async (t) => {
  const { films, service, found, until, film, setBusy } = following(t);
  film('one.mp4');
  setBusy(true);
  await service.addFolder({ path: films });
  await new Promise((wait) => setTimeout(wait, 400));
  assert.deepEqual(found, []);
  setBusy(false);
  await until(() => found.length > 0);
});

test('a video that somebody removed doesn’t come back by itself; forgetting a folder forgets what lies in it alone', async (t) => {
  const { root, films, store, service, film, indexed, until, state, found } = following(t);
  const path = film('one.mp4', 'one');
  await service.addFolder({ path: films });
  await until(() => found.length > 0);
  service.leaveOut([path, join(root, 'elsewhere.mp4')]);
  assert.deepEqual((await service.newFootage({ path: films })).paths, []);
  service.takeBack([path]);
  assert.deepEqual((await service.newFootage({ path: films })).paths, [path]);
  indexed(path, 'one', 1e12);
  const other = indexed(join(root, 'other.mp4'), 'other', 1e12);
  await until(async () => (await state()).state === 'watching');
  await service.removeFolder({ path: films, forget: true });
  assert.deepEqual(
    store.videos().map(({ id }) => id),
    [other],
  );
  assert.deepEqual((await service.folders()).folders, []);
});

test('wrong folders are refused', async (t) => {
  const { service, film, films } = following(t);
  await assert.rejects(service.addFolder({ path: '/no/such/folder' }), { code: 'file-not-found' });
  await assert.rejects(service.addFolder({ path: film('a.mp4') }), { code: 'bad-argument' });
  await assert.rejects(service.changeFolder({ path: films, rescan: true }), { code: 'bad-argument' });
});

test('patterns leave out names anywhere, paths from the folder on, and whole folders', () => {
  const out = (patterns: string[], path: string) => ignoredBy(patterns)(path);
  assert.ok(out(['*.tmp.mp4'], 'a/b/x.TMP.mp4'));
  assert.ok(out(['Proxies/'], 'a/proxies'));
  assert.ok(!out(['proxies'], 'my proxies'));
  assert.ok(out(['raw/**'], 'raw/a/b.mov') && out(['raw/**'], 'raw') && !out(['raw/*'], 'a/raw/b'));
  assert.ok(out(['**/cache/*.mp4'], 'a/b/cache/x.mp4') && out(['**/cache/*.mp4'], 'cache/x.mp4'));
  assert.ok(out(['clip (1).mp4'], 'clip (1).mp4') && out(['take ?.mov'], 'take 3.mov'));
});

test('a path is completed with folders and videos, folders first, nothing hidden', async (t) => {
  const { films, film } = following(t);
  film('Berlin/a.mp4');
  film('berlin.mp4');
  film('.bert/a.mp4');
  film('bert.txt');
  const { entries, more } = await completePath(join(films, 'ber'));
  assert.deepEqual(
    [entries.map(({ name, folder }) => [name, folder]), more],
    [
      [
        ['Berlin', true],
        ['berlin.mp4', false],
      ],
      false,
    ],
  );
  assert.equal((await completePath(`${films}/`)).entries.length, 2);
  assert.deepEqual((await completePath('relative')).entries, []);
  assert.deepEqual((await completePath('/no/such/')).in, null);
});
