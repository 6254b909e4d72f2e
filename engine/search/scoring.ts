import { queryVector } from './query-vector.ts';
import { numbersOf, type ModelNumbers } from './calibration.ts';
import { spread } from './select.ts';
import { similarities } from '../core/similarities.ts';
import type { BackgroundPrior } from './similarity.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { Model, TextEmbedder } from '../inference/types.ts';
import type { SearchStore } from './types.ts';

/** What one model's evidence is weighed with. */
export interface Scoring {
  numbers: ModelNumbers;
  /** What similarities of unrelated words and pictures look like in its space. */
  prior: BackgroundPrior;
}

/** Things of every day that have little to do with each other: most footage shows few of them. */
const everyday =
  `a kitchen, a street, a beach, a forest, a mountain, an office, a football match, a concert, a wedding, a dog, a cat,
  a horse, a bird, a fish, a car, a train, an airplane, a ship, a bicycle, a baby, an old man, a woman cooking, a crowd, a face,
  a hand, a book, a computer, a telephone, a table, a chair, a bed, a bottle, an apple, a cake, a flower, a tree, snow, fire,
  a clock, a map`
    .split(',')
    .map((words) => words.trim().replaceAll(/\s+/gu, ' '));

/** So many temporal patches, of so many videos, tell what is usual; they count as much as so many of the footage itself. */
const sampled = { patches: 400, videos: 16, worth: 40 };

/**
 * A model's numbers, and what is usual in its space: as its bundle says, else measured, by what the words of {@link everyday}
 * and some of the footage have in common.
 */
export async function scoringFor(
  model: Pick<Model, 'calibration' | 'queries' | 'text'>,
  store: Pick<SearchStore, 'patchTable'>,
  videos: readonly IndexedVideo[],
): Promise<Scoring> {
  const numbers = numbersOf(model);
  const prior = numbers.background ?? (await measured(model, store, videos));
  return { numbers, prior };
}

/** Where nothing can be measured (no words, no footage) nothing is told apart from anything. */
const unknown: BackgroundPrior = { mean: 0, deviation: 1, patches: sampled.worth };

const knownVectors = new WeakMap<TextEmbedder, Promise<Float32Array[]>>();

async function measured(
  { text, queries }: Pick<Model, 'queries' | 'text'>,
  store: Pick<SearchStore, 'patchTable'>,
  videos: readonly IndexedVideo[],
): Promise<BackgroundPrior> {
  const some = spread(
    videos.filter(({ patches }) => patches > 0),
    sampled.videos,
  );
  if (!text || some.length === 0) return unknown;
  return usual(await wordsOf(text, queries), patchesOf(store, some));
}

/** {@link everyday} in a model's space; embedded once. */
function wordsOf(text: TextEmbedder, queries: Model['queries']): Promise<Float32Array[]> {
  let vectors = knownVectors.get(text);
  if (!vectors) {
    vectors = Promise.all(everyday.map(async (words) => (await queryVector(text, words, queries))!));
    knownVectors.set(text, vectors);
    vectors.catch(() => knownVectors.delete(text));
  }
  return vectors;
}

/** What a frame encoder's similarities are like on some footage, as unrelated words tell. */
export interface Standard {
  /** Over all words and pictures. */
  mean: number;
  deviation: number;
  /**
   * How much better some words are found than most, 0 to 1: 0 for an encoder whose best matches are no further apart than
   * chance has them.
   */
  separation: number;
}

/**
 * Measures an encoder that nobody calibrated by what {@link everyday} words and the footage itself have in common in its space.
 * @param by what is compared with the footage: words, or pictures of the footage itself
 * @returns undefined where there are no words, or no footage that it looked at
 */
export async function standardOf(
  { text, queries }: Pick<Model, 'queries' | 'text'>,
  store: Pick<SearchStore, 'patchTable'>,
  videos: readonly IndexedVideo[],
  fingerprint: string,
  by: 'words' | 'pictures' = 'words',
): Promise<Standard | undefined> {
  const some = spread(
    videos.filter(
      (video) =>
        video.modelFingerprint === fingerprint ||
        video.others?.some((one) => one.modelFingerprint === fingerprint),
    ),
    sampled.videos,
  );
  if ((by === 'words' && !text) || some.length === 0) return undefined;
  const patches = patchesOf(store, some, fingerprint);
  if (patches.length < 2) return undefined;
  const asked = by === 'words' ? await wordsOf(text!, queries) : spread(patches, everyday.length);
  const rows = asked.map((one) =>
    patches.flatMap((patch) => (patch === one ? [] : [similarities(one, patch)[0]])),
  );
  const { mean, deviation } = momentsOf(rows.flat());
  const kept = Math.max(deviation, 1e-3);
  const best = rows.map((row) => (Math.max(...row) - mean) / kept).sort((a, b) => a - b);
  const apart = best[Math.floor(0.9 * best.length)] - best[best.length >> 1];
  // Of n pictures that have nothing to do with the words the best lie so far apart (Gumbel, 0.5 to 0.9).
  const chance = 1.88 / Math.sqrt(2 * Math.log(Math.max(patches.length, 3)));
  return { mean, deviation: kept, separation: Math.min(1, Math.max(0, apart / chance - 1)) };
}

/** Embeddings of an even choice of some videos' temporal patches, row-major. */
function patchesOf(
  store: Pick<SearchStore, 'patchTable'>,
  videos: readonly IndexedVideo[],
  fingerprint?: string,
): Float32Array[] {
  const each = Math.ceil(sampled.patches / videos.length);
  return videos.flatMap(({ id }) => {
    const { embeddings, embeddingSize: size, starts } = store.patchTable(id, fingerprint);
    const all = Array.from({ length: starts.length }, (_, patch) => patch);
    return spread(all, each).map((patch) => embeddings.subarray(patch * size, (patch + 1) * size));
  });
}

/** The mean over all words and pictures, how much a word's own similarities deviate from its mean, and the means from each other. */
function usual(words: readonly Float32Array[], patches: readonly Float32Array[]): BackgroundPrior {
  if (patches.length < 2) return unknown;
  const each = words.map((word) => momentsOf(patches.map((patch) => similarities(word, patch)[0])));
  const { mean, deviation: betweenWords } = momentsOf(each.map((one) => one.mean));
  const within = Math.sqrt(each.reduce((sum, { deviation }) => sum + deviation ** 2, 0) / each.length);
  return { mean, deviation: Math.max(within, 1e-3), patches: sampled.worth, betweenWords };
}

function momentsOf(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}
