import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { belief } from './other-encoders.ts';
import { standardOf } from './scoring.ts';
import { logistic } from './calibration.ts';
import { standout } from './fusion.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { TextEmbedder } from '../inference/types.ts';

const size = 256;

/** A direction for each word, the same each time (mulberry32 of its letters). */
function direction(word: string): Float64Array {
  let state = [...word].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) | 0, 17);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296 - 0.5;
  };
  return Float64Array.from({ length: size }, next);
}

/** A space of words and pictures: how alike all of it is, and how much a picture is its word's. */
interface Space {
  common: number;
  likeness: number;
}

function unit(values: Float64Array): Float32Array {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}

function vector(word: string, kind: string, { common, likeness }: Space): Float32Array {
  const [own, noise, cone] = [direction(word), direction(`${kind} ${word}`), direction('cone')];
  return unit(own.map((value, i) => likeness * value + (1 - likeness) * noise[i] + common * cone[i]));
}

function encoder(space: Space, shown: readonly string[]) {
  const text: TextEmbedder = {
    embeddingSize: size,
    embed: async (texts) => texts.map((words) => vector(words.replace(/^a photo of /u, ''), 'word', space)),
  };
  const embeddings = new Float32Array(shown.length * size);
  shown.forEach((word, i) => embeddings.set(vector(word, `picture ${i}`, space), i * size));
  const times = Float64Array.from(shown, (_, i) => i);
  const store = {
    patchTable: () => ({
      starts: times,
      ends: times.map((time) => time + 1),
      embeddings,
      embeddingSize: size,
    }),
  };
  const video = { id: 'film', modelFingerprint: 'made', patches: shown.length } as IndexedVideo;
  return { text, store, videos: [video], embeddings };
}

const shown = [...Array.from({ length: 60 }, (_, i) => `thing ${i}`), 'a dog', 'a clock', 'snow', 'a cake'];

async function sureness(space: Space, query: string): Promise<number> {
  const { text, store, videos, embeddings } = encoder(space, shown);
  const standard = (await standardOf({ text, queries: undefined }, store, videos, 'made'))!;
  const [asked] = await text.embed([query]);
  const best = Math.max(
    ...shown.map((_, i) => asked.reduce((sum, value, d) => sum + value * embeddings[i * size + d], 0)),
  );
  return logistic(
    belief.slope * standout(best, standard) + belief.bias - belief.doubt * (1 - standard.separation),
  );
}

suite('an encoder that nobody calibrated', () => {
  for (const [name, space] of Object.entries({
    'whose cosines are large': { common: 0, likeness: 0.6 },
    'whose cosines lie close together, as in CLIP’s narrow cone': { common: 2, likeness: 0.6 },
  }))
    test(`${name} is sure of what is there and of nothing else`, async () => {
      for (const there of ['thing 3', 'thing 40', 'a dog'])
        assert.ok((await sureness(space, there)) > 0.6, there);
      for (const absent of ['a horse', 'nobody’s word', 'something else', 'a violin'])
        assert.ok((await sureness(space, absent)) < 0.3, `${absent} ${await sureness(space, absent)}`);
    });

  test('and knows nothing is sure of nothing', async () => {
    for (const query of ['thing 3', 'a dog', 'a horse'])
      assert.ok((await sureness({ common: 1, likeness: 0 }, query)) < 0.3, query);
  });

  test('can’t be judged without words or footage', async () => {
    const { text, store, videos } = encoder({ common: 0, likeness: 0.6 }, shown);
    assert.equal(await standardOf({ text: undefined, queries: undefined }, store, videos, 'made'), undefined);
    assert.equal(await standardOf({ text, queries: undefined }, store, [], 'made'), undefined);
    assert.ok(await standardOf({ text: undefined, queries: undefined }, store, videos, 'made', 'pictures'));
  });
});
