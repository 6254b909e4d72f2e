import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { facts, patch, settings, temporaryFolder, unit } from '../../../tests/fixtures/library.ts';
import { openStore, type PassSettings, type Store, type StoredPatch } from '../index.ts';

function index(
  store: Store,
  path: string,
  name: string,
  patches: StoredPatch[],
  how: Partial<PassSettings> = {},
) {
  const { videoId } = store.saveFile(path, facts(name, patches.length));
  const run = store.beginPass(videoId, { ...settings, ...how });
  run.append(patches);
  run.complete();
  return videoId;
}

function numbers(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

suite('an index in the library', () => {
  test('gives back what was put in', (t) => {
    const folder = temporaryFolder(t);
    const store = opened(t, folder);
    const id = index(store, '/films/a.mp4', 'a', [
      patch(0, { cutScores: [0, 0.9] }),
      patch(1, {
        cutScores: [0.7, 0],
        objects: [
          [],
          [
            { label: 'cat', score: 1, box: [0, 0, 1, 1] },
            { label: 'dog', score: 0.25, box: [0, 0, 0.5, 0.5] },
          ],
        ],
      }),
    ]);
    const table = store.patchTable(id);
    assert.deepEqual([...table.starts], [0, 1]);
    assert.deepEqual([...table.ends], [1, 2]);
    near(table.embeddings.subarray(4), unit(1), 1e-3);
    const tokens = store.patchTokens(id, [1, 0, 1]);
    near(tokens[0], patch(1).tokens, 0.01);
    near(tokens[1], patch(0).tokens, 0.01);
    assert.equal(tokens.length, 3);
    const dogs = store.objects(id, ['dog']);
    assert.deepEqual(
      dogs.map(({ patch: number, frame, label }) => [number, frame, label]),
      [
        [0, 0, 'dog'],
        [1, 1, 'dog'],
      ],
    );
    near(dogs[0].box, [0.1, 0.2, 0.3, 0.4], 1e-5);
    assert.deepEqual(
      store.objects(id).map((object) => object.label),
      ['dog', 'cat', 'dog'],
    );
    const both = store.objectsOf([id, 'nobody'], ['cat', 'dog']);
    assert.deepEqual([...both], [[id, store.objects(id, ['dog', 'cat'])]]);
    assert.deepEqual([...store.objectsOf([id], ['cow'])], []);
    assert.deepEqual(store.labels(id), [
      { label: 'dog', count: 2 },
      { label: 'cat', count: 1 },
    ]);
    assert.deepEqual(
      store.frames(id).map((frame) => frame.time),
      [0, 0.5, 1, 1.5],
    );
    assert.deepEqual(store.cuts(id), [0.5, 1]);
  });

  test('is searched as far as it goes, and the old one until the new one is whole', (t) => {
    const folder = temporaryFolder(t);
    const store = opened(t, folder);
    const { videoId } = store.saveFile('/films/a.mp4', facts('a'));
    const generation = store.generation();
    const first = store.beginPass(videoId, settings);
    assert.deepEqual(store.indexedVideos(), []);
    assert.throws(() => store.patchTable(videoId), { code: 'video-not-indexed' });
    first.append([patch(0)]);
    assert.deepEqual(
      store.indexedVideos().map(({ patches, reachedSec }) => [patches, reachedSec]),
      [[1, 1]],
    );
    assert.deepEqual([...store.patchTable(videoId).starts], [0]);
    assert.equal(store.objects(videoId).length, 1);
    assert.equal(store.libraryTable('made-1').rows, 0, 'only what is whole is kept in one piece');
    assert.equal(store.generation(), generation);
    first.complete();
    const [before] = store.indexedVideos();
    const second = store.beginPass(videoId, { ...settings, fps: 4 });
    second.append([patch(5), patch(6)]);
    assert.deepEqual(store.indexedVideos(), [before]);
    assert.deepEqual([...store.patchTable(videoId).starts], [0]);
    second.complete();
    assert.deepEqual([...store.patchTable(videoId).starts], [5, 6]);
    assert.notEqual(store.videoFor(videoId).indexRun, before.indexRun);
    assert.ok(store.generation() > generation + 1);
    assert.equal(readdirSync(join(folder, 'features')).length, 1, 'the old features are gone');
    assert.equal(readdirSync(join(folder, 'thumbnails')).length, 1, 'the old stills are gone');
  });

  test('can be taken up again after an interruption, with the same settings only', (t) => {
    const folder = temporaryFolder(t);
    const before = opened(t, folder);
    const { videoId } = before.saveFile('/films/a.mp4', facts('a'));
    before.beginPass(videoId, settings).append([patch(0), patch(1)]);
    before.close();
    const store = opened(t, folder);
    const [video] = store.videos();
    assert.equal(video.unfinished!.patches, 2);
    const again = store.beginPass(video.id, settings);
    assert.equal(again.resumedPatches, 2);
    again.append([patch(2)]);
    again.complete();
    assert.deepEqual([...store.patchTable(video.id).starts], [0, 1, 2]);
    near(store.patchTokens(video.id, [2])[0], patch(2).tokens, 0.02);
    const other = store.beginPass(video.id, { ...settings, fps: 1 });
    assert.equal(other.resumedPatches, 0);
  });

  test('starts afresh where the features of the interrupted run were deleted', (t) => {
    const folder = temporaryFolder(t);
    const store = opened(t, folder);
    const { videoId } = store.saveFile('/films/a.mp4', facts('a'));
    store.beginPass(videoId, settings).append([patch(0)]);
    rmSync(join(folder, 'features'), { recursive: true });
    const again = store.beginPass(videoId, settings);
    assert.equal(again.resumedPatches, 0);
  });

  test('outlives its features, and says so when they are asked for', (t) => {
    const folder = temporaryFolder(t);
    const store = opened(t, folder);
    const id = index(store, '/films/a.mp4', 'a', [patch(0)]);
    assert.equal(store.hasTokens(id), true);
    rmSync(join(folder, 'features'), { recursive: true });
    assert.equal(store.hasTokens(id), false);
    assert.throws(() => store.patchTokens(id, [0]), { code: 'video-not-indexed' });
    assert.equal(store.patchTable(id).starts.length, 1);
  });

  test('refuses patches of another size than the run', (t) => {
    const folder = temporaryFolder(t);
    const store = opened(t, folder);
    const { videoId } = store.saveFile('/films/a.mp4', facts('a'));
    const run = store.beginPass(videoId, settings);
    assert.throws(
      () => run.append([patch(0, { embedding: new Float32Array(3) })]),
      /embedding must be 4 numbers long, got 3/,
    );
    assert.throws(() => run.append([patch(0, { tokens: new Float32Array(7) })]), { code: 'bad-argument' });
    assert.throws(() => run.append([patch(0, { end: -1 })]), { code: 'bad-argument' });
    assert.equal(run.run.patches, 0);
  });

  test('refuses numbers of patches that it does not have', (t) => {
    const folder = temporaryFolder(t);
    const store = opened(t, folder);
    const id = index(store, '/films/a.mp4', 'a', [patch(0)]);
    assert.throws(() => store.patchTokens(id, [1]), { code: 'bad-argument' });
    assert.throws(() => store.patchTokens(id, [-1]), { code: 'bad-argument' });
  });
});

suite('the table of a whole library', () => {
  test('holds the videos of one bundle, is extended in place, and loses what is removed', (t) => {
    const folder = temporaryFolder(t);
    const store = opened(t, folder);
    const a = index(
      store,
      '/films/a.mp4',
      'a',
      numbers(3).map((n) => patch(n)),
    );
    index(store, '/films/x.mp4', 'x', [patch(0)], { modelFingerprint: 'other' });
    const first = store.libraryTable(settings.modelFingerprint);
    assert.equal(first.rows, 3);
    assert.equal(store.libraryTable(settings.modelFingerprint).embeddings.buffer, first.embeddings.buffer);
    const b = index(store, '/films/b.mp4', 'b', [patch(7), patch(8)]);
    const second = store.libraryTable(settings.modelFingerprint);
    assert.deepEqual([...second.starts], [0, 1, 2, 7, 8]);
    assert.deepEqual([...second.sliceOfRow], [0, 0, 0, 1, 1]);
    assert.deepEqual(
      second.slices.map(({ videoId, firstRow, rows }) => [videoId, firstRow, rows]),
      [
        [a, 0, 3],
        [b, 3, 2],
      ],
    );
    near(second.embeddings.subarray(4 * 4), unit(8), 1e-3);
    store.removeVideo(a);
    const third = store.libraryTable(settings.modelFingerprint);
    assert.deepEqual([...third.starts], [7, 8]);
    assert.deepEqual([...third.sliceOfRow], [0, 0]);
    near(third.embeddings, [...unit(7), ...unit(8)], 1e-3);
    assert.deepEqual([...second.starts], [0, 1, 2, 7, 8], 'tables that were handed out stay as they were');
    assert.deepEqual([...store.patchTable(b).starts], [7, 8]);
  });

  test('sees what another process adds', (t) => {
    const folder = temporaryFolder(t);
    const reader = opened(t, folder);
    const writer = opened(t, folder);
    assert.equal(reader.libraryTable(settings.modelFingerprint).rows, 0);
    index(writer, '/films/a.mp4', 'a', [patch(0)]);
    assert.equal(reader.libraryTable(settings.modelFingerprint).rows, 1);
  });

  test('is the same whether it grew or was read at once', (t) => {
    const folder = temporaryFolder(t);
    const store = opened(t, folder);
    for (let video = 0; video < 12; video++) {
      index(
        store,
        `/films/${video}.mp4`,
        `v${video}`,
        numbers(1 + (video % 5), video * 10).map((n) => patch(n)),
      );
      store.libraryTable(settings.modelFingerprint);
      if (video % 4 === 3) store.removeVideo(store.indexedVideos()[1].id);
    }
    const grown = store.libraryTable(settings.modelFingerprint);
    const fresh = opened(t, folder);
    assert.deepEqual({ ...fresh.libraryTable(settings.modelFingerprint) }, { ...grown });
  });
});

suite('removing a video', () => {
  test('takes its index, features, stills and answers, and nothing else', (t) => {
    const folder = temporaryFolder(t);
    const store = opened(t, folder);
    const a = index(store, '/films/a.mp4', 'a', [patch(0)]);
    const b = index(store, '/films/b.mp4', 'b', [patch(0)]);
    store.removeVideo(a);
    assert.throws(() => store.video(a), { code: 'video-not-in-library' });
    assert.deepEqual(
      store.indexedVideos().map((video) => video.id),
      [b],
    );
    assert.equal(readdirSync(join(folder, 'features')).length, 1);
    assert.equal(readdirSync(join(folder, 'thumbnails')).length, 1);
    assert.ok(store.hasTokens(b));
  });
});

test('a video that is removed while it is being indexed stays removed', (t) => {
  const folder = temporaryFolder(t);
  const store = opened(t, folder);
  const { videoId } = store.saveFile('/films/a.mp4', facts('a'));
  const run = store.beginPass(videoId, settings);
  run.append([patch(0)]);
  store.removeVideo(videoId);
  assert.throws(() => run.append([patch(1)]), { code: 'video-not-in-library' });
  assert.throws(() => run.complete(), { code: 'video-not-in-library' });
  run.discard();
  assert.deepEqual(store.videos(), []);
  assert.deepEqual(readdirSync(join(folder, 'features')), []);
});

suite('cleaning up', () => {
  test('deletes files that no index knows and keeps the others', (t) => {
    const folder = temporaryFolder(t);
    const store = opened(t, folder);
    const other = opened(t, folder);
    const id = index(store, '/films/a.mp4', 'a', [patch(0)]);
    const { videoId } = store.saveFile('/films/b.mp4', facts('b'));
    const unfinished = store.beginPass(videoId, settings);
    unfinished.append([patch(0)]);
    // A crash between the rows' deletion and the files': made by deleting the rows of another library's copy.
    const stray = temporaryFolder(t);
    const strayStore = opened(t, stray);
    index(strayStore, '/films/c.mp4', 'c', [patch(0)]);
    const [name] = readdirSync(join(stray, 'features'));
    copyFileSync(join(stray, 'features', name), join(folder, 'features', name));
    other.cleanUp();
    assert.equal(existsSync(join(folder, 'features', name)), false);
    assert.ok(store.hasTokens(id));
    unfinished.append([patch(1)]);
    unfinished.complete();
    assert.equal(store.patchTokens(videoId, [1]).length, 1);
  });
});

suite('the right to index a content', () => {
  test('belongs to one at a time; readers and other contents do not need it', (t) => {
    const folder = temporaryFolder(t);
    const store = opened(t, folder);
    const other = opened(t, folder);
    const claim = store.claim('a')!;
    assert.equal(other.claim('a'), undefined);
    assert.equal(store.claim('a'), undefined, 'not even twice in one process');
    assert.deepEqual(other.claimed(), ['a']);
    other.claim('b')!.release();
    assert.deepEqual(other.videos(), []);
    claim.release();
    other.claim('a')!.release();
    assert.deepEqual(store.claimed(), []);
  });

  test('is free again when its library is closed', (t) => {
    const folder = temporaryFolder(t);
    const gone = openStore(folder);
    gone.claim('a');
    gone.close();
    opened(t, folder).claim('a')!.release();
  });
});

function near(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (let index = 0; index < expected.length; index++)
    assert.ok(
      Math.abs(actual[index] - expected[index]) <= tolerance,
      `element ${index}: ${actual[index]} is not within ${tolerance} of ${expected[index]}`,
    );
}

function opened(t: TestContext, folder: string): Store {
  const store = openStore(folder);
  t.after(() => store.close());
  return store;
}
