import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { facts, patch, settings, temporaryFolder, unit } from '../../../tests/fixtures/library.ts';
import { openStore, type Store } from '../index.ts';
import { noSmallDisk, smallDisk } from '../testing/small-disk.ts';
import { storeError } from './errors.ts';
import { keepReserve, releaseReserve } from './reserve.ts';

function addVideo(store: Store, name: string, patches = 200): string {
  const { videoId } = store.saveFile(`/films/${name}.mp4`, facts(name));
  const pass = store.beginPass(videoId, settings);
  for (let number = 0; number < patches; number += 20)
    pass.append(Array.from({ length: 20 }, (_, index) => patch(number + index)));
  pass.complete();
  return videoId;
}

/** A library of three videos on a disk without a free byte. */
function full(t: TestContext, isOpen: boolean) {
  const { folder, fill } = smallDisk(t, 24 * 2 ** 20);
  const library = join(folder, 'library');
  let store = openStore(library);
  const ids = ['a', 'b', 'c'].map((name) => addVideo(store, name));
  if (!isOpen) store.close();
  fill();
  if (!isOpen) store = openStore(library);
  t.after(() => store.close());
  return { store, ids, library };
}

suite('a disk without a free byte', { skip: noSmallDisk }, () => {
  for (const isOpen of [true, false])
    test(`leaves reading, finding and removing as they are, ${isOpen ? 'in a library that is open' : 'also after a start'}`, (t) => {
      const { store, ids } = full(t, isOpen);
      assert.equal(store.videos().length, 3);
      assert.equal(store.patchTable(ids[0]).starts.length, 200);
      assert.equal(store.patchTokens(ids[1], [7]).length, 1);
      assert.equal(store.libraryTable('made-1').rows, 600);
      assert.ok(store.nearest('made-1', unit(7), 3).patches.length > 0);
      assert.ok(store.bestSeen('made-1', ['dog'], 3).length > 0);
      assert.throws(
        () => {
          for (;;) store.setSetting('large', 'x'.repeat(2 ** 22));
        },
        { code: 'disk-full' },
      );
      for (const id of ids) store.removeVideo(id);
      assert.equal(store.videos().length, 0);
      store.close();
    });

  test('keeps everything that was there before an indexing was stopped by it', (t) => {
    const { store, ids, library } = full(t, true);
    assert.throws(
      () => {
        for (let number = 0; number < 1000; number++) addVideo(store, `more ${number}`, 2000);
      },
      { code: 'disk-full' },
    );
    store.close();
    const again = openStore(library);
    t.after(() => again.close());
    assert.deepEqual(again.faults(), []);
    for (const id of ids) assert.equal(again.patchTable(id).starts.length, 200);
    again.removeVideo(ids[0]);
    assert.ok(again.videos().every(({ id }) => id !== ids[0]));
  });

  test('is told as such, whatever SQLite calls it', (t) => {
    const { folder, fill } = smallDisk(t, 2 ** 20);
    fill();
    for (const code of [
      'SQLITE_IOERR_SHMSIZE',
      'SQLITE_IOERR_WRITE',
      'SQLITE_FULL',
      'ENOSPC',
      'SQLITE_IOERR_FSYNC',
    ]) {
      const error = storeError(Object.assign(new Error('disk I/O error'), { code }), folder);
      assert.equal((error as { code: string }).code, 'disk-full', code);
    }
  });
});

test('a disk with room that fails is told as such', (t) => {
  const error = storeError(
    Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_WRITE' }),
    temporaryFolder(t),
  );
  assert.equal((error as { code: string }).code, 'disk-failed');
});

test('the space that is kept for a full disk is given back once', (t) => {
  const folder = temporaryFolder(t);
  keepReserve(folder);
  assert.equal(releaseReserve(folder), true);
  assert.equal(releaseReserve(folder), false);
});
