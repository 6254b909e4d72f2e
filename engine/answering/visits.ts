import { logistic, objectLogOdds, type ModelNumbers } from '../search/calibration.ts';
import { track, type Sighting, type TrackingOptions } from '../vision/tracking.ts';
import { cosine, sumOfRows } from '../core/vectors.ts';
import type { Shot } from '../vision/shots.ts';
import type { PatchTable } from '../library/patch-types.ts';
import type { SeenObject } from '../core/frames.ts';

/** One thing's stay in the picture, from when it was first seen until it was last seen. */
export interface Visit {
  /** Seconds; where it is cut off by a shot's or the footage's edge, that edge. */
  start: number;
  end: number;
  /** First temporal patch, and one past the last. */
  first: number;
  past: number;
  /** The temporal patch in which the detector was surest. */
  peak: number;
  /** How sure the detector was that it is one of the kind: its third-best frame decides. */
  confidence: number;
  /** Its best score, and the class that it was seen as then. */
  best: number;
  label: string;
  frames: number;
  /** How much of it has each colour, packed, in each of those frames. */
  colours: readonly number[];
  /** How far from the picture's left side (0) to its right (1) its middle is, in each of them. */
  middles: readonly number[];
}

/** Two shots whose mean embeddings are at least so alike show the same view. By hand, not measured. */
const sameViewAt = 0.9;

/**
 * Visits of one kind of thing: its boxes followed over time (see {@link track}).
 * @param seen ascending by temporal patch and frame
 */
export function visitsOf(
  seen: readonly SeenObject[],
  table: PatchTable,
  shots: readonly Shot[],
  numbers: Pick<ModelNumbers, 'object'>,
  options: Omit<TrackingOptions, 'sameView'> = {},
): Visit[] {
  const patchAt = new Map<Sighting, number>();
  const objectOf = new Map<Sighting, SeenObject>();
  const shotOf = shotFinder(shots);
  const sightings = seen.map((object) => {
    const { patch, frame, box, score } = object;
    const [start, end] = [table.starts[patch], table.ends[patch]];
    const sighting = { time: frame === 0 ? start : (start + end) / 2, shot: shotOf(patch), box, score };
    patchAt.set(sighting, patch);
    objectOf.set(sighting, object);
    return sighting;
  });
  const means = new Map<number, Float64Array>();
  const mean = (shot: number) => {
    let known = means.get(shot);
    if (!known) means.set(shot, (known = lookOf(shots[shot], table)));
    return known;
  };
  const sameView = (a: number, b: number) => cosine(mean(a), mean(b)) >= sameViewAt;
  return track(sightings, { ...options, sameView }).map(({ sightings: own }) => {
    const patches = own.map((one) => patchAt.get(one)!);
    const best = own.reduce((a, b) => (b.score > a.score ? b : a));
    const sure = own.map(({ score }) => score).sort((a, b) => b - a);
    const [first, last] = [patches[0], patches.at(-1)!];
    return {
      start: table.starts[first],
      end: table.ends[last],
      first,
      past: last + 1,
      peak: patchAt.get(best)!,
      confidence: logistic(objectLogOdds(numbers, sure[Math.min(2, sure.length - 1)])),
      best: best.score,
      label: objectOf.get(best)!.label,
      frames: own.length,
      colours: own.map((one) => objectOf.get(one)!.colours ?? 0),
      middles: own.map(({ box: [left, , right] }) => (left + right) / 2),
    };
  });
}

/** Stretches during which at least one is in the picture: visits joined where they overlap or nearly so. */
export function presences(visits: readonly Visit[], bridge: number): Visit[] {
  const joined: Visit[] = [];
  for (const visit of visits.toSorted((a, b) => a.start - b.start)) {
    const before = joined.at(-1);
    if (!before || visit.start - before.end > bridge) {
      joined.push({ ...visit });
      continue;
    }
    const surer = visit.confidence > before.confidence ? visit : before;
    Object.assign(before, {
      end: Math.max(before.end, visit.end),
      past: Math.max(before.past, visit.past),
      peak: surer.peak,
      confidence: surer.confidence,
      frames: before.frames + visit.frames,
      colours: [...before.colours, ...visit.colours],
      middles: [...before.middles, ...visit.middles],
    });
  }
  return joined;
}

function shotFinder(shots: readonly Shot[]): (patch: number) => number {
  let at = 0;
  return (patch) => {
    while (at > 0 && patch < shots[at].first) at--;
    while (at + 1 < shots.length && patch >= shots[at].past) at++;
    return at;
  };
}

/** What a shot looks like: the direction of its mean. */
function lookOf(shot: Shot | undefined, { embeddings, embeddingSize: size }: PatchTable): Float64Array {
  return shot ? sumOfRows(embeddings, size, shot.first, shot.past) : new Float64Array(size);
}
