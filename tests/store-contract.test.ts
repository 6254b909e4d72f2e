/**
 * What finding and asking may rely on, held against the library itself and against the stand-in that their tests use, so
 * that a test that passes on the stand-in says something of the library.
 */
import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { similarities } from '../engine/core/similarities.ts';
import { textQuery } from '../engine/language/text-match.ts';
import { openStore, type KeepingPort, type StoredPatch } from '../engine/library/index.ts';
import type { AskResult } from '../engine/protocol/results.ts';
import type { SearchStore } from '../engine/search/types.ts';
import { facts, temporaryFolder } from './fixtures/library.ts';
import { madeKeeping } from './fixtures/made-keeping.ts';
import { MadeWorld, type MadeShot } from './fixtures/search.ts';

const box = [0.1, 0.2, 0.5, 0.6] as const;
const seen = (label: string, score: number) => ({
  label,
  score,
  box: [...box] as [number, number, number, number],
});

const footage: Record<string, MadeShot[]> = {
  first: [
    { shows: 'castle', seconds: 4 },
    { shows: 'dog', seconds: 3, seen: [seen('dog', 0.5), seen('cat', 0.25)] },
    { shows: 'boat', seconds: 5 },
  ],
  second: [
    { shows: 'dog', seconds: 2, seen: [seen('dog', 0.75)] },
    { shows: 'castle', seconds: 6 },
  ],
};

/** The stand-in with the footage in it. */
function standIn(): MadeWorld {
  const world = new MadeWorld(['castle', 'dog', 'boat']);
  for (const [name, shots] of Object.entries(footage)) world.add(name, shots);
  const line = { videoId: 'second', kind: 'said', start: 1, end: 2, text: 'What a castle that is' } as const;
  world.lines.push(line, { ...line, start: 3, end: 4, text: 'A boat, at last' });
  return world;
}

/** The library with the same in it. */
function library(t: TestContext): { store: SearchStore; id: (name: string) => string } {
  const world = standIn();
  const store = openStore(temporaryFolder(t));
  t.after(() => store.close());
  const ids = new Map<string, string>();
  for (const [name, shots] of Object.entries(footage)) {
    const table = world.deps.store.patchTable(name);
    const cuts = new Set(world.deps.store.cuts(name));
    const { videoId } = store.saveFile(`/films/${name}.mp4`, {
      ...{ contentHash: Buffer.from(name.padEnd(12, '.')).toString('hex'), sizeBytes: 1, codec: 'h264' },
      ...{ durationSec: table.starts.length, width: 64, height: 36, frameRate: 25 },
    });
    ids.set(name, videoId);
    const size = table.embeddingSize;
    const objects = world.deps.store.objects(name);
    const patches = Array.from(table.starts, (start, patch): StoredPatch => ({
      start,
      end: table.ends[patch],
      frameTimes: [start, start + 0.5],
      cutScores: [cuts.has(start) ? 1 : 0, 0],
      objects: [0, 1].map((frame) =>
        objects
          .filter((object) => object.patch === patch && object.frame === frame)
          .map(({ label, score, box: where }) => ({ label, score, box: [...where] })),
      ),
      tokens: world.deps.store.patchTokens(name, [patch])[0],
      embedding: table.embeddings.slice(patch * size, (patch + 1) * size),
    }));
    const pass = store.beginPass(videoId, {
      ...{ modelId: 'made', modelFingerprint: 'made-1', fps: 2, grid: [1, 1] as const },
      ...{ hiddenSize: 1, embeddingSize: size },
    });
    pass.append(patches);
    pass.complete(shots.reduce((sum, { seconds }) => sum + seconds, 0));
  }
  store.setText(
    ids.get('second')!,
    'beside',
    world.lines.map(({ videoId: _, ...line }) => line),
  );
  return { store, id: (name) => ids.get(name)! };
}

const query = (store: SearchStore, id: string, patch: number) => {
  const { embeddings, embeddingSize } = store.patchTable(id);
  return embeddings.slice(patch * embeddingSize, (patch + 1) * embeddingSize);
};
const rounded = (values: ArrayLike<number>) => Array.from(values, (value) => Math.round(value * 50) / 50);

function contract(
  what: string,
  make: (t: TestContext) => { store: SearchStore; id: (name: string) => string },
) {
  suite(`${what} keeps what search relies on:`, () => {
    test('videos, in the order in which they were indexed, with their lengths', (t) => {
      const { store, id } = make(t);
      assert.deepEqual(
        store
          .indexedVideos()
          .map((video) => [video.id, video.patches, video.durationSec, video.fps, video.path]),
        [
          [id('first'), 12, 12, 2, '/films/first.mp4'],
          [id('second'), 8, 8, 2, '/films/second.mp4'],
        ],
      );
      assert.equal(store.indexedVideos(), store.indexedVideos());
      assert.equal(store.videoFor('/films/second.mp4').id, id('second'));
      assert.throws(() => store.videoFor('nobody'), { code: 'video-not-in-library' });
      assert.equal(store.videoCount(), 2);
      assert.equal(store.indexedVideos()[0].reachedSec, undefined);
      assert.equal(store.series(id('first'), 'loudness'), undefined);
    });

    test('patches with their times and unit vectors, of one video and of all in one piece', (t) => {
      const { store, id } = make(t);
      const table = store.patchTable(id('second'));
      assert.deepEqual([...table.starts], [0, 1, 2, 3, 4, 5, 6, 7]);
      assert.deepEqual([...table.ends], [1, 2, 3, 4, 5, 6, 7, 8]);
      const own = similarities(query(store, id('second'), 0), table.embeddings);
      assert.deepEqual(rounded(own.subarray(0, 2)), [1, 1]);
      const all = store.libraryTable('made-1');
      assert.equal(all.rows, 20);
      assert.deepEqual(
        all.slices.map(({ videoId, firstRow, rows }) => [videoId, firstRow, rows]),
        [
          [id('first'), 0, 12],
          [id('second'), 12, 8],
        ],
      );
      const part = all.embeddings.subarray(12 * all.embeddingSize);
      assert.deepEqual(rounded(part), rounded(table.embeddings));
    });

    test('windows: cut to the video, with cuts, similarity and the objects that are asked for', (t) => {
      const { store, id } = make(t);
      const vector = query(store, id('first'), 4);
      const window = store.patchWindow(
        id('first'),
        { from: 3, past: 99 },
        { query: vector, labels: ['dog'] },
      );
      assert.deepEqual([window.from, window.past, [...window.starts][0]], [3, 12, 3]);
      assert.deepEqual(
        [...window.cuts].filter((cut) => cut >= 3),
        [4, 7],
      );
      assert.deepEqual(rounded(window.similarity.subarray(1, 4)), [1, 1, 1]);
      assert.ok(window.similarity[0] < 0.9);
      assert.deepEqual(
        window.objects.map(({ patch, frame, label }) => [patch, frame, label]),
        [4, 5, 6].flatMap((patch) => [0, 1].map((frame) => [patch, frame, 'dog'])),
      );
      const without = store.patchWindow(id('first'), { from: 0, past: 2 }, { query: undefined, labels: [] });
      assert.deepEqual([[...without.similarity], without.objects], [[0, 0], []]);
    });

    test('the nearest patches, best first, among all or some videos', (t) => {
      const { store, id } = make(t);
      const vector = query(store, id('second'), 0);
      const { patches, background } = store.nearest('made-1', vector, 5);
      assert.equal(patches.length, 5);
      assert.deepEqual(
        new Set(patches.map(({ videoId, patch }) => `${videoId} ${patch}`)),
        new Set([
          ...[4, 5, 6].map((patch) => `${id('first')} ${patch}`),
          ...[0, 1].map((patch) => `${id('second')} ${patch}`),
        ]),
      );
      assert.ok(background.mean < 0.9 && background.deviation > 0);
      const among = store.nearest('made-1', vector, 3, [id('second')]);
      assert.ok(among.patches.every(({ videoId }) => videoId === id('second')));
      const at = store.similarityAt('made-1', vector, [
        { videoId: id('first'), patch: 5 },
        { videoId: id('first'), patch: 0 },
      ]);
      assert.ok(at[0] > 0.98 && at[1] < 0.9);
    });

    test('objects: of one video, of many, and where they were seen best', (t) => {
      const { store, id } = make(t);
      assert.deepEqual(
        store
          .objects(id('second'))
          .map(({ patch, frame, label, score }) => [patch, frame, label, Math.round(score * 100)]),
        [0, 1].flatMap((patch) => [0, 1].map((frame) => [patch, frame, 'dog', 75])),
      );
      assert.equal(store.objects(id('first'), ['cat'], { from: 5, past: 6 }).length, 2);
      const both = store.objectsOf([id('first'), id('second')], ['dog']);
      assert.deepEqual([both.get(id('first'))!.length, both.get(id('second'))!.length], [6, 4]);
      const [best] = store.bestSeen('made-1', ['dog'], 5);
      assert.equal(best.videoId, id('second'));
      assert.deepEqual(store.cuts(id('first')), [4, 7]);
    });

    test('visual tokens by patch', (t) => {
      const { store, id } = make(t);
      assert.ok(store.hasTokens(id('first')));
      const tokens = store.patchTokens(id('first'), [7, 0]);
      assert.deepEqual(
        tokens.map((token) => rounded(token)),
        [[2], [0]],
      );
    });

    test('lines that hold some of the words, among all or some videos', (t) => {
      const { store, id } = make(t);
      const hits = store.textHits(textQuery('castle'), 5);
      assert.deepEqual(
        hits.map(({ videoId, start, text }) => [videoId, start, text]),
        [[id('second'), 1, 'What a castle that is']],
      );
      assert.deepEqual(store.textHits(textQuery('castle'), 5, [id('first')]), []);
      assert.equal(store.textHits(textQuery('castle boat'), 1).length, 1);
    });

    test('settings and answers', (t) => {
      const { store, id } = make(t);
      assert.equal(store.setting('x'), undefined);
      store.setSetting('x', { deep: [1] });
      assert.deepEqual(store.setting('x'), { deep: [1] });
      const key = {
        ...{ contentHash: 'c', indexRun: 'r', modelFingerprint: 'made-1' },
        ...{ question: 'q', gamma: 1, sampling: 'greedy' },
      };
      assert.equal(store.cachedAnswer(key), undefined);
      store.keepAnswer(key, answerOf(id('first')));
      assert.equal(store.cachedAnswer(key)?.answer, 'A castle.');
      assert.equal(store.cachedAnswer({ ...key, gamma: 0.5 }), undefined);
    });
  });
}

contract('the library', library);
contract('the stand-in', () => ({ store: standIn().deps.store, id: (name) => name }));

const stretch = (contentHash: string, start: number, end: number) => ({
  ...{ contentHash, start, end, title: 'a dog', path: `/films/${contentHash}.mp4` },
});

function keepingContract(what: string, make: (t: TestContext) => KeepingPort) {
  suite(`${what} keeps moments:`, () => {
    test('bins by name; one of a name, whatever its case', (t) => {
      const store = make(t);
      const [zoo, alps] = [store.makeBin('Zoo'), store.makeBin('alps')];
      assert.equal(store.makeBin('ZOO'), zoo);
      assert.deepEqual(
        store.bins().map(({ name, moments }) => [name, moments]),
        [
          ['alps', 0],
          ['Zoo', 0],
        ],
      );
      assert.equal(store.renameBin(alps, 'zoo'), false);
      assert.equal(store.renameBin(999, 'nowhere'), false);
      assert.equal(store.renameBin(zoo, 'zoo'), true);
      assert.deepEqual(
        store.bins().map(({ name }) => name),
        ['alps', 'zoo'],
      );
    });

    test('the same stretch of the same content once, in as many bins as one likes', (t) => {
      const store = make(t);
      const [one, two] = [store.makeBin('one'), store.makeBin('two')];
      const [first] = store.keep([stretch('c1', 1, 2.00049)], { addTo: two });
      const [again, other] = store.keep([stretch('c1', 1, 2), stretch('c2', 1, 2)], {
        ...{ addTo: one, addTags: ['dog', 'Dog', 'at night'] },
      });
      assert.equal(again, first);
      assert.notEqual(other, first);
      const [newest, oldest] = store.kept();
      assert.deepEqual([newest.number, newest.contentHash, newest.bins], [other, 'c2', [one]]);
      assert.deepEqual(
        [oldest.start, oldest.end, oldest.bins, oldest.tags],
        [1, 2, [one, two], ['at night', 'dog']],
      );
      assert.deepEqual(
        store.bins().map(({ moments }) => moments),
        [2, 1],
      );
    });

    test('what nothing holds any more goes; a favourite, a tag, a note or another bin holds it', (t) => {
      const store = make(t);
      const bin = store.makeBin('bin');
      const numbers = store.keep(
        [0, 1, 2, 3].map((start) => stretch('c', start, 9)),
        { addTo: bin },
      );
      store.changeKept([numbers[0]], { favourite: true });
      store.changeKept([numbers[1]], { addTags: ['tag'] });
      store.changeKept([numbers[2], 999], { note: 'a note' });
      store.removeBin(bin);
      const left = () => store.kept().map(({ number }) => number);
      assert.deepEqual(left(), numbers.slice(0, 3).reverse());
      store.changeKept(numbers, { favourite: false, removeTags: ['TAG'] });
      assert.deepEqual(left(), [numbers[2]]);
      store.forgetKept(numbers);
      assert.deepEqual([store.kept(), store.bins()], [[], []]);
    });
  });
}

keepingContract('the library', (t) => {
  const store = openStore(temporaryFolder(t));
  t.after(() => store.close());
  return store;
});
keepingContract('the stand-in', madeKeeping);

test('what is kept stays where a video is removed and found again', (t) => {
  const store = openStore(temporaryFolder(t));
  t.after(() => store.close());
  const film = facts('film');
  const { videoId } = store.saveFile('/films/a.mp4', film);
  const [number] = store.keep([stretch(film.contentHash, 1, 2)], { favourite: true });
  store.removeVideo(videoId);
  assert.equal(store.videoByContent(film.contentHash), undefined);
  assert.equal(store.kept()[0].number, number);
  store.saveFile('/elsewhere/b.mp4', film);
  assert.equal(store.videoByContent(film.contentHash)?.path, '/elsewhere/b.mp4');
  assert.equal(store.kept()[0].favourite, true);
});

function answerOf(videoId: string): AskResult {
  return {
    ...{ question: 'q', answer: 'A castle.', gamma: 1, model: 'made', cached: false },
    ...{ confidence: 0.8, confident: true, videoId, path: '/films/first.mp4' },
    evidence: [{ start: 1, end: 2, score: 0.5, reason: 'a castle' }],
    timing: { prefillMs: 1, decodeMs: 2, tokens: 3, totalMs: 4 },
    read: { patches: 4, ofPatches: 10 },
  };
}
