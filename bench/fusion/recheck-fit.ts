import { logistic, logOdds } from '../../engine/search/calibration.ts';
import { builtinCalibration } from '../../build/builtin-words.ts';
import type { Judged } from './gather.ts';

/** What the second look should count for one kind of evidence, and what that is worth. */
interface Weight {
  weight: number;
  moments: number;
  /** Mean log loss of the moments' probabilities: without a second look, with today's weight, with the fitted ones. */
  loss: { without: number; now: number; best: number };
}

/** The fit for moments that the detector saw, for those that only look like it, and for the order of the list. */
export interface Fit {
  object: Weight;
  scene: Weight;
  /** How much of the step may move a moment in the list, and the mean reciprocal rank without, with all, and with that. */
  order: { share: number; reciprocal: { without: number; all: number; best: number } };
}

type Moment = Judged['checked'][number] & { query: number };

const weights = [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1];
const shares = [0, 0.25, 0.5, 0.75, 1];
const folds = 5;
/** With fewer moments nothing is known: then the look moves nothing, which can't do harm. */
const fewest = 60;
/** A weight must be better by so much than none, on queries that it wasn't fitted on: the look can't do harm then. */
const margin = 0.002;

/**
 * Finds by how much the decoder's answer may move a moment: the weight with the least log loss, kept only where it
 * also helps on queries that were left out of its fitting.
 */
export function fitRecheck(judged: readonly Judged[]): Fit {
  const moments = judged.flatMap(({ checked }, query) => checked.map((one) => ({ ...one, query })));
  const object = fit(
    moments.filter(({ seen }) => seen),
    builtinCalibration.recheck.object,
  );
  const scene = fit(
    moments.filter(({ seen }) => !seen),
    builtinCalibration.recheck.scene,
  );
  const there = judged.filter((one) => one.there);
  return { object, scene, order: orderOf(there, { object: object.weight, scene: scene.weight }) };
}

function orderOf(there: readonly Judged[], weight: { object: number; scene: number }): Fit['order'] {
  const rank = (some: readonly Judged[], share: number) =>
    mean(some.map((one) => reciprocal(one, share, weight)));
  const most = (some: readonly Judged[]) => {
    const ranks = shares.map((share) => rank(some, share));
    return shares[ranks.indexOf(Math.max(...ranks))];
  };
  const left = Array.from({ length: folds }, (_, fold) => {
    const share = most(there.filter((_, i) => i % folds !== fold));
    return there.filter((_, i) => i % folds === fold).map((one) => rank([one], share));
  }).flat();
  const without = rank(there, 0);
  const best = mean(left);
  return {
    share: best > without + margin ? most(there) : 0,
    reciprocal: { without, all: rank(there, 1), best },
  };
}

/** One by the rank of the first right one among those that were looked at again, reordered. */
function reciprocal({ checked }: Judged, share: number, weight: { object: number; scene: number }): number {
  const { limit } = builtinCalibration.recheck;
  const moved = checked.map(({ score, yes, seen, right }) => {
    const odds = Math.min(limit, Math.max(-limit, logOdds(yes)));
    return { right, score: score + share * (seen ? weight.object : weight.scene) * odds };
  });
  const at = moved.sort((a, b) => b.score - a.score).findIndex(({ right }) => right);
  return at < 0 ? 0 : 1 / (at + 1);
}

function fit(moments: readonly Moment[], now: number): Weight {
  const out = (fold: number) => (moment: Moment) => moment.query % folds === fold;
  const left = Array.from({ length: folds }, (_, fold) => {
    const weight = least(moments.filter((moment) => !out(fold)(moment)));
    return moments.filter(out(fold)).map((moment) => lossOf(moment, weight));
  }).flat();
  const without = mean(moments.map((moment) => lossOf(moment, 0)));
  const best = mean(left);
  return {
    weight: moments.length >= fewest && best < without - margin ? least(moments) : 0,
    moments: moments.length,
    loss: { without, now: mean(moments.map((moment) => lossOf(moment, now))), best },
  };
}

function least(moments: readonly Moment[]): number {
  const losses = weights.map((weight) => mean(moments.map((moment) => lossOf(moment, weight))));
  return weights[losses.indexOf(Math.min(...losses))];
}

/** As recheck.ts moves it. */
function lossOf({ confidence, ceiling, yes, right }: Moment, weight: number): number {
  const { limit } = builtinCalibration.recheck;
  const step = weight * Math.min(limit, Math.max(-limit, logOdds(yes)));
  const chance = Math.min(ceiling, logistic(logOdds(confidence) + step));
  return -Math.log(Math.max(1e-6, right ? chance : 1 - chance));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
