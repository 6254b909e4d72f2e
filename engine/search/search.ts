import { calibration, logistic, sceneLogOdds, type ModelNumbers } from './calibration.ts';
import { isFull } from './clutter.ts';
import { witnessed } from './witnesses.ts';
import { ceilingOf, coverageOf, either, fuser, standout, type Coverage } from './fusion.ts';
import { shotsIn, type Excerpt, type Footage } from './footage.ts';
import { groupMoments, type Span } from './moments.ts';
import type { Hit } from './hit.ts';
import { fitterOf, type Fit } from './object-fit.ts';
import { bestSeen, labelsOf, objectScores } from './object-scores.ts';
import { reasonsText } from '../protocol/reasons.ts';
import { shotsOf, type Shot } from '../vision/shots.ts';
import { backgroundOf, type Background } from './similarity.ts';
import { visualExplanations } from './explanations.ts';
import { similarities } from '../core/similarities.ts';
import { TopK } from '../core/top-k.ts';
import type { SeenObject } from '../core/frames.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { WantedObject, WantedObjects } from '../language/parsed-query.ts';
import type { Scoring } from './scoring.ts';
import type { SearchStore } from './types.ts';

/** How many temporal patches the moments are grown from, for each moment that is wanted. */
const seedsPerMoment = 30;

/** A video, or a part of one; its temporal patches are numbered from 0. */
interface Part {
  video: IndexedVideo;
  starts: Float64Array;
  ends: Float64Array;
  /** Its first temporal patch in the video. */
  from: number;
  seen: readonly SeenObject[];
  /** What other frame encoders make of each temporal patch, in log-odds. */
  others: Float32Array | undefined;
  /** Writes what each temporal patch's cosine with the query is. */
  compare: (embedding: Float32Array, into: Float32Array) => void;
  shots: () => readonly Shot[];
}

interface Scored extends Part {
  similarity: Float32Array;
  fit: Fit;
  /** At least as long as the others. */
  object: Float32Array;
  scores: Float32Array;
}

/** What is looked for, and how what is found is weighed. */
export interface VisualQuery {
  wanted: WantedObjects;
  /** The query's unit vector; undefined where the bundle doesn't embed words. */
  embedding: Float32Array | undefined;
  /** How many moments. */
  limit: number;
  /** True where the embedding was taught a name for it, so that it may tell what a class stands for among others. */
  named?: boolean;
  /** What of the query nobody can confirm: it stays below the line, and is told as unsure. */
  unconfirmed?: readonly string[];
  scoring: Scoring;
}

/**
 * The moments that fit best, over all the footage.
 * @param elsewhere what the query's similarity is like, where the footage is only a part of what is searched
 */
export function search(
  store: SearchStore,
  footage: readonly Footage[] | readonly Excerpt[],
  { wanted, embedding, limit, scoring, unconfirmed = [], named = false }: VisualQuery,
  elsewhere?: Background,
): Hit[] {
  const coverage = coverageOf(wanted);
  const others = footage.some((one) => one.others !== undefined);
  if (coverage === 'none' && !embedding && !others) return [];
  const labels = labelsOf(wanted);
  const scored = evidenceIn(partsOf(store, footage, labels), wanted, embedding);
  const background = embedding
    ? (elsewhere ??
      backgroundOf(
        scored.map(({ similarity }) => similarity),
        scoring.prior,
      ))
    : { mean: 0, deviation: 1 };
  const fuse = fuser(coverage, background, scoring.numbers);
  const weighed = { coverage, wanted: wanted.objects, unconfirmed, named, fuse, background, scoring };
  for (const { scores, object, similarity, others } of scored)
    for (let i = 0; i < scores.length; i++) {
      const own = fuse({ object: object[i], similarity: similarity[i] });
      scores[i] = others ? either(own, others[i]) : own;
    }

  const nothing = fuse({ object: 0, similarity: background.mean });
  const sceneOf = ({ similarity }: Pick<Hit, 'similarity'>) =>
    logistic(sceneLogOdds(scoring.numbers, similarity, standout(similarity, background)));
  const full = new Map<string, boolean>();
  const isFullVideo = ({ id, patches }: IndexedVideo) => {
    if (!full.has(id)) full.set(id, isFull(store.objects(id), patches, scoring.numbers));
    return full.get(id)!;
  };
  const about = {
    ...{ coverage, wanted: wanted.objects, sceneOf },
    ...{ isFull: isFullVideo, numbers: scoring.numbers },
  };
  return bestSeeds(scored, limit * seedsPerMoment)
    .flatMap(({ one, seeds }) => {
      const video = { starts: one.starts, ends: one.ends, scores: one.scores, shots: one.shots() };
      return groupMoments(video, seeds, nothing, limit).map((span) =>
        placed(hitOf(one, span, weighed), one.from),
      );
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map((hit) => (others ? hit : witnessed(store, hit, about)))
    .sort((a, b) => b.score - a.score);
}

function partsOf(
  store: SearchStore,
  footage: readonly Footage[] | readonly Excerpt[],
  labels: readonly string[],
): Part[] {
  const whole = footage.filter((one) => 'table' in one).map(({ video }) => video.id);
  const known =
    labels.length > 0 && whole.length > 0
      ? store.objectsOf(whole, labels)
      : new Map<string, readonly SeenObject[]>();
  return footage.map((one) =>
    'table' in one ? wholePart(store, one, known.get(one.video.id) ?? []) : excerptPart(one),
  );
}

function wholePart(store: SearchStore, footage: Footage, seen: readonly SeenObject[]): Part {
  const { video, table } = footage;
  return {
    ...{ video, starts: table.starts, ends: table.ends, from: 0, seen, others: footage.others },
    compare: (embedding, into) => similarities(embedding, table.embeddings, into),
    shots: () => shotsIn(store, footage),
  };
}

function excerptPart({ video, window, others }: Excerpt): Part {
  const { from, starts, ends, cuts, similarity, objects } = window;
  return {
    ...{ video, starts, ends, from, others },
    seen: objects.map((object) => ({ ...object, patch: object.patch - from })),
    compare: (_, into) => into.set(similarity),
    shots: () => shotsOf(starts, ends, cuts),
  };
}

function evidenceIn(
  parts: readonly Part[],
  wanted: WantedObjects,
  embedding: Float32Array | undefined,
): Scored[] {
  // A library has tens of thousands of short videos: their numbers lie in a few arrays rather than in three each.
  const rows = parts.reduce((sum, { starts }) => sum + starts.length, 0);
  const similarity = new Float32Array(rows);
  const scores = new Float32Array(rows);
  const unseen = new Float32Array(parts.reduce((most, { starts }) => Math.max(most, starts.length), 0));
  let past = 0;
  return parts.map((part) => {
    const [first, patches] = [past, part.starts.length];
    past += patches;
    const own = similarity.subarray(first, past);
    if (embedding) part.compare(embedding, own);
    const fit = fitterOf(part.seen);
    return {
      ...part,
      fit,
      object: part.seen.length > 0 ? objectScores(wanted.objects, part.seen, patches, fit) : unseen,
      similarity: own,
      scores: scores.subarray(first, past),
    };
  });
}

/** The best temporal patches of all the footage, by video, best first. */
function bestSeeds(scored: readonly Scored[], count: number): { one: Scored; seeds: number[] }[] {
  const top = new TopK(count);
  const firstRow: number[] = [];
  let row = 0;
  for (const { scores } of scored) {
    firstRow.push(row);
    for (const score of scores) top.offer(score, row++);
  }
  const seeds = scored.map((): number[] => []);
  for (const { item } of top.best()) {
    const video = lastAtMost(firstRow, item);
    seeds[video].push(item - firstRow[video]);
  }
  return scored.map((one, i) => ({ one, seeds: seeds[i] })).filter((part) => part.seeds.length > 0);
}

/** Index of the last of ascending values that is at most `value`. */
function lastAtMost(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ascending[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A hit of a window, by the video's own temporal patch numbers. */
function placed(hit: Hit, from: number): Hit {
  return from === 0 ? hit : { ...hit, first: hit.first + from, past: hit.past + from, peak: hit.peak + from };
}

/** How a moment is weighed. */
interface Weighed {
  coverage: Coverage;
  wanted: readonly WantedObject[];
  unconfirmed: readonly string[];
  named: boolean;
  fuse: ReturnType<typeof fuser>;
  background: Background;
  scoring: Scoring;
}

function hitOf(
  one: Scored,
  span: Span,
  { coverage, wanted, unconfirmed, named, fuse, background, scoring: { numbers } }: Weighed,
): Hit {
  // One temporal patch may flicker: what two temporal patches say together counts, where the moment has two.
  const object = meanOfBestTwo(one.object, span);
  const similarity = meanOfBestTwo(one.similarity, span);
  const scene = sceneLogOdds(numbers, similarity, standout(similarity, background));
  const other = one.others && meanOfBestTwo(one.others, span);
  const own = fuse({ object, similarity });
  const score = other === undefined ? own : either(own, other);
  // Another encoder may know what the detector and the library's own don't.
  const ceiling = Math.max(
    Math.min(
      ceilingOf(coverage, { object, similarity }, background, numbers),
      ...(object > 0 ? wanted.map(({ chance = 1 }) => Math.max(chance, named ? logistic(scene) : 0)) : []),
      unconfirmed.length > 0 || isDetailUnseen(wanted, object, numbers) ? calibration.unconfirmed : 1,
    ),
    other === undefined ? 0 : logistic(other),
  );
  const seen = bestSeen(wanted, one.seen, span, numbers.object.counted, one.fit);
  const frames = 2 * (span.past - span.first);
  const source = coverage === 'covered' || object >= numbers.object.middle ? 'object' : 'scene';
  const byObject = source === 'object';
  const told = named && logistic(scene) >= calibration.confident;
  const explanations = visualExplanations({
    coverage,
    seen,
    frames,
    similarity,
    scene,
    wanted,
    byObject,
    unconfirmed,
    told,
  });
  return {
    ...span,
    score,
    video: one.video,
    confidence: Math.min(logistic(score), ceiling),
    ceiling,
    source,
    object,
    similarity,
    explanations,
    reason: reasonsText(explanations),
  };
}

/** A colour, a place, a way and a number are told by boxes alone: the embedding finds a blue motorcycle in a red one. */
function isDetailUnseen(
  wanted: readonly WantedObject[],
  object: number,
  { object: { middle } }: Pick<ModelNumbers, 'object'>,
): boolean {
  return (
    object < middle &&
    wanted.some(
      ({ colours = [], places = [], heading, count }) =>
        colours.length > 0 || places.length > 0 || heading !== undefined || count > 1,
    )
  );
}

function meanOfBestTwo(values: Float32Array, { first, past }: Span): number {
  const two = new TopK(2);
  for (let i = first; i < past; i++) two.offer(values[i], i);
  const best = two.best();
  return best.reduce((sum, { score }) => sum + score, 0) / best.length;
}
