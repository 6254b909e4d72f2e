import { logistic, objectLogOdds, type ModelNumbers } from '../search/calibration.ts';
import { track, turnsAtEdge, type Sighting, type Track, type TrackingOptions } from '../vision/tracking.ts';
import { colours, shareOf, type Colour } from '../protocol/colours.ts';
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
  /** How sure the detector was that it is one of the kind: its third-best frame decides, of a short visit its second-best. */
  confidence: number;
  /** Its best score, and the class that it was seen as then. */
  best: number;
  label: string;
  frames: number;
  /** How much of it has each colour, packed, in each of those frames. */
  colours: readonly number[];
  /** How far from the picture's left side (0) to its right (1) its middle is, in each of them. */
  middles: readonly number[];
  /** How often it turned back at the very edge of the picture: somebody who looks alike may have come in there instead. */
  turns: number;
}

/** A part of fewer sightings is a flicker. */
const leastSightings = 3;

/** What drives by is seen in few frames, and whole in fewer. */
const shortVisit = 7;

/** Who turns back at the edge with fewer colours in common than this is somebody else. By hand, on made crossings. */
export const sameColours = 0.75;

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
    const { patch, frame, box, score, colours: measured = 0 } = object;
    const [start, end] = [table.starts[patch], table.ends[patch]];
    const sighting = {
      time: frame === 0 ? start : (start + end) / 2,
      shot: shotOf(patch),
      box,
      score,
      colours: measured,
    };
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
  const least = options.least ?? leastSightings;
  const tracks = track(sightings, { ...options, sameView }).flatMap((one) => partedAtEdge(one, least));
  return tracks.map(({ sightings: own, turns }) => {
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
      confidence: logistic(objectLogOdds(numbers, sure[own.length < shortVisit ? 1 : 2] ?? sure.at(-1)!)),
      best: best.score,
      label: objectOf.get(best)!.label,
      frames: own.length,
      colours: own.map((one) => objectOf.get(one)!.colours ?? 0),
      middles: own.map(({ box: [left, , right] }) => (left + right) / 2),
      turns,
    };
  });
}

/** A track, parted where it turns back at the edge in other colours; where the colours are alike nobody can tell. */
function partedAtEdge(one: Track, least: number): (Track & { turns: number })[] {
  const parts: (Track & { turns: number })[] = [];
  let from = 0;
  let turns = 0;
  for (const at of turnsAtEdge(one)) {
    const [before, after] = [one.sightings.slice(from, at), one.sightings.slice(at)];
    if (Math.min(before.length, after.length) < least) continue;
    if (likenessOf(before.map(coloursOf), after.map(coloursOf)) >= sameColours) {
      turns++;
      continue;
    }
    parts.push({ sightings: before, turns });
    from = at;
    turns = 0;
  }
  return [...parts, { sightings: one.sightings.slice(from), turns }];
}

const coloursOf = ({ colours = 0 }: Sighting): number => colours;

/** Which share of their colours two have in common, on average over their sightings; 1 where nobody measured. */
export function likenessOf(one: readonly number[], other: readonly number[]): number {
  const [a, b] = [one, other].map((some) => some.filter((packed) => packed > 0));
  if (a.length === 0 || b.length === 0) return 1;
  const mean = (some: readonly number[], colour: Colour) =>
    some.reduce((sum, packed) => sum + shareOf(packed, colour), 0) / some.length;
  return colours.reduce((sum, colour) => sum + Math.min(mean(a, colour), mean(b, colour)), 0);
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
      turns: before.turns + visit.turns,
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
