import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { MadeWorld } from '../../tests/fixtures/search.ts';
import { coverageOf } from './fusion.ts';
import { find } from './find.ts';
import { parseQuery } from '../language/parsed-query.ts';
import { scoringFor } from './scoring.ts';
import { genericNumbers } from './calibration.ts';
import type { TextEmbedder } from '../inference/types.ts';

/** Vectors of a space in which everything is a little alike, as in CLIP's: matches lie at 0.3, the rest around 0.15. */
const size = 2048;
function vectorOf(text: string, kind: 'word' | 'picture'): Float32Array {
  // A caption lies where its words do.
  const word = text.replace(/^a photo of /u, '');
  const vector = new Float32Array(size);
  let state = [...`${kind} ${word}`].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 65_521, 7);
  for (let i = 0; i < 20; i++) state = (state * 48_271) % 2_147_483_647;
  const noise = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5;
  for (let i = 10; i < size; i++) vector[i] = noise();
  const own = words.indexOf(word);
  const rest = (own >= 0 ? 0.7 : 0.85) / vector.reduce((sum, value) => sum + value * value, 0);
  for (let i = 10; i < size; i++) vector[i] *= Math.sqrt(rest);
  vector[0] = Math.sqrt(0.15);
  if (own >= 0) vector[1 + own] = Math.sqrt(0.15);
  return vector;
}
const words = ['camel', 'guitar', 'tent', 'owl', 'piano'];

/** A world whose model is an imported pair: no detector, no numbers of its own, small cosines. */
function pair(shots: readonly string[]): MadeWorld {
  const world = new MadeWorld(words);
  world.calibration = undefined;
  world.vocabulary = undefined;
  world.labels = [];
  world.known = { dog: ['dog'], camel: ['camel'] };
  world.space = vectorOf;
  return world.add(
    'film',
    shots.map((shows) => ({ shows, seconds: 6 })),
  );
}

const shown = (i: number) => [`street ${i}`, 'camel', `house ${i}`, 'tent', `room ${i}`][i % 5];
const film = Array.from({ length: 30 }, (_, i) => shown(i));

suite('a bundle without numbers of its own', () => {
  test('is sure of what stands out, though its cosines are small', async () => {
    const world = pair(film);
    const { moments, confident } = await find(world.deps, { query: 'camel', refine: false });
    const [best] = moments;
    const looks = best.why?.find((one) => one.code === 'looks-like');
    assert.ok(looks && looks.similarity < 0.32, `${looks?.similarity}`);
    assert.ok(confident && best.confidence > 0.6, `${best.confidence}`);
    assert.equal(Math.floor(best.start / 6) % 5, 1);
    assert.equal(looks.level, 'high');
  });

  test('is sure of it too where the footage shows nothing else', async () => {
    const world = pair(['camel', 'camel', 'camel']);
    const { confident } = await find(world.deps, { query: 'camel', refine: false });
    assert.ok(confident);
  });

  test('is not sure of what isn’t there', async () => {
    const world = pair(film);
    for (const query of ['piano', 'owl', 'a submarine']) {
      const { confident, moments } = await find(world.deps, { query, refine: false });
      assert.ok(!confident, `${query}: ${moments[0]?.confidence}`);
    }
  });
});

suite('a bundle without a detector', () => {
  test('has no opinion on objects', async () => {
    const { wanted } = parseQuery('a dog', { labels: [] });
    assert.deepEqual(wanted.objects, []);
    assert.equal(coverageOf(wanted), 'none');
    const world = pair(film);
    const { moments } = await find(world.deps, { query: 'a dog' });
    for (const { why = [], reason } of moments) {
      assert.ok(why.every(({ code }) => code !== 'not-seen' && code !== 'saw'));
      assert.doesNotMatch(reason, /seen here/);
    }
  });
});

suite('a detector of some classes', () => {
  test('knows these and no others, by all their names', () => {
    const labels = ['person', 'car'];
    assert.deepEqual(parseQuery('a woman', { labels }).wanted.objects[0].labels, ['person']);
    assert.equal(coverageOf(parseQuery('a taxi', { labels }).wanted), 'covered');
    assert.equal(coverageOf(parseQuery('a dog', { labels }).wanted), 'none');
    const vehicle = parseQuery('a vehicle', { labels }).wanted;
    assert.deepEqual(vehicle.objects[0].labels, ['car']);
    assert.equal(coverageOf(vehicle), 'partly', 'a car is one kind of vehicle');
  });

  test('is asked for classes of its own by their names', () => {
    const { wanted } = parseQuery('two forklifts', { labels: ['Forklift', 'pallet'] });
    assert.deepEqual(wanted.objects[0].labels, ['Forklift']);
    assert.equal(wanted.objects[0].count, 2);
    assert.equal(wanted.covered, true);
  });
});

suite('queries', () => {
  test('are worded as the bundle asks for it', async () => {
    const asked: string[] = [];
    const text: TextEmbedder = {
      embeddingSize: 1,
      embed: async (texts) => {
        asked.push(...texts);
        return texts.map(() => Float32Array.of(1));
      },
    };
    const world = new MadeWorld(['camel']).add('film', [{ shows: 'camel', seconds: 4 }]);
    const model = await world.deps.model.open();
    const deps = {
      ...world.deps,
      model: {
        ...world.deps.model,
        open: async () => ({
          ...model,
          text: {
            ...text,
            embeddingSize: 2,
            embed: async (texts: readonly string[]) => (
              await text.embed(texts),
              texts.map(() => Float32Array.of(1, 0))
            ),
          },
          queries: { templates: ['This is a photo of {query}.', '{query}$&'] },
        }),
      },
    };
    await find(deps, { query: 'show me a camel on the left', refine: false });
    assert.deepEqual(asked, ['This is a photo of a camel.', 'a camel$&']);
  });
});

test('what is usual is measured where the bundle doesn’t say', async () => {
  const world = pair(film);
  const model = await world.deps.model.open();
  const videos = world.videos.map(({ video }) => video);
  const { numbers, prior } = await scoringFor(model, world.deps.store, videos);
  assert.deepEqual(numbers, { ...genericNumbers, background: undefined });
  assert.ok(Math.abs(prior.mean - 0.15) < 0.05, `${prior.mean}`);
  assert.ok(prior.deviation > 0.005 && prior.deviation < 0.05, `${prior.deviation}`);
  const none = await scoringFor({ ...model, text: undefined }, world.deps.store, videos);
  assert.deepEqual([none.prior.mean, none.prior.deviation], [0, 1]);
});
