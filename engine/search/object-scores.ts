import { logistic, objectLogOdds, type ModelNumbers } from './calibration.ts';
import { fitterOf, fitting, type Fit } from './object-fit.ts';
import { areaOf, type Box } from '../core/boxes.ts';
import type { Colour } from '../protocol/colours.ts';
import type { Heading } from '../protocol/headings.ts';
import type { SeenObject } from '../core/frames.ts';
import type { WantedObject, WantedObjects } from '../language/parsed-query.ts';

/**
 * How surely each temporal patch shows all that is wanted, by the detector: per frame the score of the least sure of
 * the wanted things, the mean of the temporal patch's two frames, so that a flicker in one frame counts half.
 * [temporal patches]
 */
export function objectScores(
  wanted: readonly WantedObject[],
  seen: readonly SeenObject[],
  patches: number,
  fit: Fit = fitterOf(seen),
): Float32Array {
  const scores = new Float32Array(patches);
  if (wanted.length === 0) return scores;
  for (let i = 0; i < seen.length;) {
    const { patch, frame } = seen[i];
    let end = i;
    while (end < seen.length && seen[end].patch === patch && seen[end].frame === frame) end++;
    const here = seen.slice(i, end);
    const least = Math.min(...wanted.map((object) => frameScore(object, here, fit)));
    if (patch < patches) scores[patch] += least / 2;
    i = end;
  }
  return scores;
}

/** The score of the count-th best object that fits; 0 where there are fewer. */
function frameScore(wanted: WantedObject, seen: readonly SeenObject[], fit: Fit): number {
  const scores = seen.map((object) => object.score * fit(wanted, object));
  return scores.sort((a, b) => b - a)[wanted.count - 1] ?? 0;
}

/** What the detector saw of one label in a stretch of temporal patches. */
export interface Seen {
  label: string;
  /** The best score. */
  score: number;
  /** In how many sampled frames it was seen surely enough to be counted, and the most in one of them. */
  frames: number;
  most: number;
  /** What was asked for and is so. */
  colours?: readonly Colour[];
  heading?: Heading;
}

/** The labels that any of the things may have, each once. */
export function labelsOf({ objects }: Pick<WantedObjects, 'objects'>): string[] {
  return [...new Set(objects.flatMap(({ labels }) => labels))];
}

/**
 * What was seen of what is wanted in a stretch of temporal patches, best first.
 * @param counted the score from which on a frame is told as one that shows it
 */
export function bestSeen(
  wanted: readonly WantedObject[],
  seen: readonly SeenObject[],
  { first, past }: { first: number; past: number },
  counted: number,
  fit: Fit = fitterOf(seen),
): Seen[] {
  const inFrame = new Map<string, Map<number, number>>();
  const best = new Map<string, Pick<Seen, 'score' | 'colours' | 'heading'>>();
  for (const object of withoutParts(seen.filter(({ patch }) => patch >= first && patch < past))) {
    const { patch, frame, label, score } = object;
    const what = patch >= first && patch < past && wanted.find((one) => fit(one, object) >= fitting);
    if (!what) continue;
    const { colours = [], heading } = what;
    best.set(label, {
      score: Math.max(score, best.get(label)?.score ?? 0),
      ...(colours.length > 0 && { colours }),
      ...(heading && { heading }),
    });
    if (score < counted) continue;
    const frames = inFrame.get(label) ?? new Map<number, number>();
    const key = patch * 2 + frame;
    frames.set(key, (frames.get(key) ?? 0) + 1);
    inFrame.set(label, frames);
  }
  return [...best]
    .map(([label, what]) => {
      const counts = [...(inFrame.get(label)?.values() ?? [])];
      return { label, ...what, frames: counts.length, most: Math.max(0, ...counts) };
    })
    .sort((a, b) => b.score - a.score);
}

/**
 * The most objects seen at once: the largest number that two frames agree on, with the temporal patch of the better
 * one and how sure the detector was of the least sure of them. A video of one frame needs no second.
 */
export function mostAtOnce(
  seen: readonly SeenObject[],
  numbers: Pick<ModelNumbers, 'object'>,
): { count: number; patch: number; certainty: number } {
  const least = numbers.object.middle;
  const frames = new Map<string, { patch: number; scores: number[] }>();
  for (const { patch, frame, score } of seen) {
    if (score < least) continue;
    const key = `${patch}.${frame}`;
    const at = frames.get(key) ?? { patch, scores: [] };
    at.scores.push(score);
    frames.set(key, at);
  }
  const byCount = [...frames.values()].sort((a, b) => b.scores.length - a.scores.length);
  const second = byCount[1] ?? byCount[0];
  if (!second) return { count: 0, patch: 0, certainty: 0 };
  const count = second.scores.length;
  const certainty = (scores: readonly number[]) => scores.toSorted((a, b) => b - a)[count - 1];
  const best = byCount
    .filter(({ scores }) => scores.length >= count)
    .sort((a, b) => certainty(b.scores) - certainty(a.scores))[0];
  return { count, patch: best.patch, certainty: logistic(objectLogOdds(numbers, certainty(best.scores))) };
}

/** This share of a box. */
const part = 0.5;

/**
 * What was seen, frame by frame, without what lies for the most part in a surer one of the same class, or around it: that is its
 * head, or it and its shadow.
 */
export function withoutParts(seen: readonly SeenObject[]): SeenObject[] {
  const frames = Map.groupBy(seen, ({ patch, frame, label }) => `${patch} ${frame} ${label}`);
  return [...frames.values()].flatMap((own) =>
    own.filter((one) => !own.some((other) => other.score > one.score && shares(one.box, other.box))),
  );
}

function shares(one: Box, other: Box): boolean {
  const wide = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
  const high = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  return wide > 0 && high > 0 && wide * high > part * Math.min(areaOf(one), areaOf(other));
}
