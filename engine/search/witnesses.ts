import { calibration, logOdds, type ModelNumbers } from './calibration.ts';
import { areaOf, boxOverlap } from '../core/boxes.ts';
import { reasonsText, type Why } from '../protocol/reasons.ts';
import { fitterOf, fitting } from './object-fit.ts';
import type { Coverage } from './fusion.ts';
import type { Hit } from './hit.ts';
import type { SeenObject } from '../core/frames.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { WantedObject } from '../language/parsed-query.ts';
import type { SearchStore } from './types.ts';

/**
 * When one witness's word isn't enough. Measured on the fitting half of the clips of `bench -- trust`.
 * - rival: where another class is seen in the same box, surer by so much than this one anywhere, in this share of the frames, the
 *   box is that.
 * - large: what fills this share of the picture should look like its name; the detector alone, with a score below `sure`, isn't
 *   believed where the embedding gives it less than `looks`.
 * - plain: a name by the embedding alone is believed in shots of single things. In recordings that aren't made of such, where the
 *   detector sees something else in this share of the frames, with this score, it must be so sure of it.
 * - agrees: with this probability the embedding bears the detector out.
 */
const doubts = {
  rival: { by: 0.05, share: 0.5, overlap: 0.55 },
  large: { area: 0.15, sure: 0.6, looks: 0.5 },
  plain: { score: 0.45, share: 0.5, sure: 0.9 },
  agrees: 0.5,
} as const;

/** What is known of a query when its moments are doubted. */
export interface Doubted {
  coverage: Coverage;
  wanted: readonly WantedObject[];
  /** The probability that the scene is what is wanted, by its similarity. */
  sceneOf: (hit: Pick<Hit, 'similarity'>) => number;
  /** Whether a whole recording is no film of single things, see {@link isFull}. */
  isFull: (video: IndexedVideo) => boolean;
  numbers: Pick<ModelNumbers, 'cluttered'>;
}

/** Holds a moment against what else was seen in it: where its witnesses disagree, it is no surer than a guess. */
export function witnessed(store: Pick<SearchStore, 'objects'>, hit: Hit, about: Doubted): Hit {
  // Only where it is told as sure anything depends on it; a model that sees everywhere alike needs no second witness.
  if (about.numbers.cluttered === undefined || hit.confidence < calibration.confident) return hit;
  const seen = store.objects(hit.video.id, undefined, { from: hit.first, past: hit.past });
  const doubtful =
    hit.object > 0 && hit.source === 'object'
      ? isDoubtedObject(hit, seen, about)
      : isDoubtedScene(hit, seen, about) && about.isFull(hit.video);
  return doubtful ? lowered(hit, about) : hit;
}

function isDoubtedObject(hit: Hit, seen: readonly SeenObject[], about: Doubted): boolean {
  const { wanted, coverage, sceneOf } = about;
  const fit = fitterOf(seen);
  const own = seen.filter((one) => wanted.some((what) => fit(what, one) >= fitting));
  // Where the embedding agrees they are two against one.
  if (own.length === 0 || sceneOf(hit) >= doubts.agrees) return false;
  const labels = new Set(wanted.flatMap((what) => what.labels));
  const best = bestByFrame(own);
  const top = Math.max(...best.map(({ score }) => score));
  const beats = (other: SeenObject) => !labels.has(other.label) && other.score >= top + doubts.rival.by;
  const beaten = best.filter((one) =>
    seen.some(
      (other) =>
        frameOf(other) === frameOf(one) &&
        beats(other) &&
        boxOverlap(other.box, one.box) >= doubts.rival.overlap,
    ),
  );
  if (beaten.length >= doubts.rival.share * best.length) return true;
  const mean = (of: (one: SeenObject) => number) => best.reduce((sum, one) => sum + of(one), 0) / best.length;
  // Words beside the thing (a colour, a number) make a picture less like the whole.
  const plainly =
    coverage === 'covered' && wanted.every(({ colours = [], count }) => colours.length === 0 && count === 1);
  return (
    plainly &&
    mean(({ score }) => score) < doubts.large.sure &&
    mean(({ box }) => areaOf(box)) >= doubts.large.area &&
    sceneOf(hit) < doubts.large.looks &&
    !labels.has(unmistaken)
  );
}

/** Nobody but the embedding says so, and something else is seen there. */
function isDoubtedScene(hit: Hit, seen: readonly SeenObject[], { wanted, sceneOf }: Doubted): boolean {
  const labels = new Set(wanted.flatMap((what) => what.labels));
  const frames = new Set(
    seen.filter(({ label, score }) => score >= doubts.plain.score && !labels.has(label)).map(frameOf),
  );
  const full = frames.size >= doubts.plain.share * 2 * (hit.past - hit.first);
  return full && sceneOf(hit) < doubts.plain.sure;
}

/** People look like nothing else that a detector knows, and like no one thing to an embedding. */
const unmistaken = 'person';

function bestByFrame(seen: readonly SeenObject[]): SeenObject[] {
  const best = new Map<number, SeenObject>();
  for (const one of seen) if (one.score > (best.get(frameOf(one))?.score ?? 0)) best.set(frameOf(one), one);
  return [...best.values()];
}

const frameOf = ({ patch, frame }: SeenObject): number => 2 * patch + frame;

function lowered(hit: Hit, { wanted }: Doubted): Hit {
  const words = wanted.find(({ words }) => words !== undefined)?.words;
  const doubt: Why[] = words === undefined ? [] : [{ code: 'unsure', of: 'class', words }];
  const told = hit.explanations.some(({ code }) => code === 'unsure');
  const explanations = told ? hit.explanations : [...hit.explanations, ...doubt];
  const ceiling = Math.min(hit.ceiling, calibration.unconfirmed);
  const confidence = Math.min(hit.confidence, ceiling);
  // It stays behind what nobody doubts.
  const score = Math.min(hit.score, logOdds(confidence));
  return { ...hit, score, ceiling, confidence, explanations, reason: reasonsText(explanations) };
}
