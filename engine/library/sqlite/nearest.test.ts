import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { facts, patch, settings, temporaryFolder } from '../../../tests/fixtures/library.ts';
import { openStore, type Store } from '../index.ts';
import { similarities } from '../../core/similarities.ts';

const size = 8;

/** A unit vector that turns slowly within a shot of ten temporal patches, and is another one in the next. */
function embedding(video: number, number: number): Float32Array {
  const shot = Math.floor(number / 10);
  const row = Float32Array.from(
    { length: size },
    (_, i) => Math.sin(1 + video * 3.1 + shot * (i + 1.7) + i * i) + 0.02 * Math.cos(number * (i + 1)),
  );
  const length = Math.hypot(...row);
  return row.map((value) => value / length);
}

/**
 * A store with videos of 100 temporal patches each; every 20th temporal patch shows a cat, every tenth begins a shot.
 */
function library(t: TestContext, videos: number): { store: Store; ids: string[]; folder: string } {
  const folder = temporaryFolder(t);
  const store = openStore(folder);
  t.after(() => store.close());
  const ids = Array.from({ length: videos }, (_, video) => {
    const { videoId } = store.saveFile(`/films/${video}.mp4`, facts(`film ${video}`, 100));
    const run = store.beginPass(videoId, { ...settings, embeddingSize: size });
    const patches = Array.from({ length: 100 }, (_, number) =>
      patch(number, {
        embedding: embedding(video, number),
        cutScores: [number % 10 === 0 ? 0.9 : 0, 0],
        objects: [
          number % 20 === 7 ? [{ label: 'cat', score: 0.5 + video / 10, box: [0, 0, 1, 1] }] : [],
          [],
        ],
      }),
    );
    for (let first = 0; first < patches.length; first += 32) run.append(patches.slice(first, first + 32));
    run.complete();
    return videoId;
  });
  return { store, ids, folder };
}

test('the nearest patches are those that comparing everything finds', (t) => {
  const { store, ids } = library(t, 3);
  const query = embedding(1, 34);
  const all = ids.flatMap((videoId) =>
    [...similarities(query, store.patchTable(videoId).embeddings)].map((similarity, number) => ({
      ...{ videoId, patch: number, similarity },
    })),
  );
  all.sort((a, b) => b.similarity - a.similarity);
  const { patches, background } = store.nearest('made-1', query, 10);
  assert.deepEqual(
    patches.map(({ videoId, patch: number }) => `${videoId} ${number}`),
    all.slice(0, 10).map(({ videoId, patch: number }) => `${videoId} ${number}`),
  );
  patches.forEach(({ similarity }, i) => assert.ok(Math.abs(similarity - all[i].similarity) < 1e-6));
  const mean = all.reduce((sum, { similarity }) => sum + similarity, 0) / all.length;
  assert.ok(Math.abs(background.mean - mean) < 0.02, `${background.mean} is not ${mean}`);
  assert.ok(store.nearest('made-1', query, 10, [ids[2]]).patches.every(({ videoId }) => videoId === ids[2]));
});

test('a video that goes is not among the nearest any more, and one that comes is', (t) => {
  const { store, ids } = library(t, 3);
  const query = embedding(1, 34);
  assert.equal(store.nearest('made-1', query, 1).patches[0].videoId, ids[1]);
  store.removeVideo(ids[1]);
  const rest = store.nearest('made-1', query, 300).patches;
  assert.equal(rest.length, 200);
  assert.ok(rest.every(({ videoId }) => videoId !== ids[1]));
  const { videoId } = store.saveFile('/films/new.mp4', facts('new'));
  const run = store.beginPass(videoId, { ...settings, embeddingSize: size });
  run.append([patch(0, { embedding: query })]);
  run.complete();
  assert.deepEqual(
    store.nearest('made-1', query, 1).patches.map((one) => [one.videoId, one.patch]),
    [[videoId, 0]],
  );
});

test('a window has the times, cuts, objects and similarities of its patches', (t) => {
  const { store, ids } = library(t, 2);
  const query = embedding(0, 50);
  const window = store.patchWindow(ids[1], { from: 25, past: 75 }, { query, labels: ['cat', 'dog'] });
  const { starts, ends, embeddings } = store.patchTable(ids[1]);
  assert.deepEqual([window.from, window.past], [25, 75]);
  assert.deepEqual([...window.starts], [...starts.subarray(25, 75)]);
  assert.deepEqual([...window.ends], [...ends.subarray(25, 75)]);
  similarities(query, embeddings)
    .subarray(25, 75)
    .forEach((similarity, i) => assert.ok(Math.abs(similarity - window.similarity[i]) < 5e-3));
  assert.deepEqual(
    window.objects.map(({ patch: number, label }) => [number, label]),
    [
      [27, 'cat'],
      [47, 'cat'],
      [67, 'cat'],
    ],
  );
  const inside = (cut: number) => cut >= 25 && cut < 75;
  assert.deepEqual(window.cuts.filter(inside), store.cuts(ids[1]).filter(inside));
  const end = store.patchWindow(ids[0], { from: -5, past: 500 }, { query: undefined, labels: [] });
  assert.deepEqual([end.from, end.past, end.objects.length], [0, 100, 0]);
  assert.ok(end.similarity.every((value) => value === 0));
});

test('where labels were seen best comes first, with what else was seen there', (t) => {
  const { store, ids } = library(t, 3);
  const seen = store.bestSeen('made-1', ['cat'], 4);
  assert.equal(seen.length, 4);
  assert.equal(seen[0].videoId, ids[2]);
  assert.deepEqual(
    new Set(
      seen.filter(({ videoId }) => videoId === ids[2]).flatMap(({ objects }) => objects.map((o) => o.patch)),
    ),
    new Set([7, 27, 47, 67, 87]),
  );
  assert.ok(store.bestSeen('made-1', ['cat'], 9, [ids[0]]).every(({ videoId }) => videoId === ids[0]));
  assert.deepEqual(store.bestSeen('made-1', ['cow'], 4), []);
});

test('single patches are compared in the order in which they are asked for', (t) => {
  const { store, ids } = library(t, 2);
  const query = embedding(0, 3);
  const places = [
    { videoId: ids[1], patch: 40 },
    { videoId: ids[0], patch: 3 },
    { videoId: ids[0], patch: 99 },
  ];
  const found = store.similarityAt('made-1', query, places);
  places.forEach(({ videoId, patch: number }, i) => {
    const exact = similarities(query, store.patchTable(videoId).embeddings)[number];
    assert.ok(Math.abs(found[i] - exact) < 5e-3);
  });
});
