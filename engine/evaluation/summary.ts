import {
  averagePrecision,
  hitFirst,
  mean,
  meanAveragePrecision,
  median,
  percentile,
  rankOf,
} from './moment-metrics.ts';
import type { ChoiceMeasures, Latency, MomentMeasures } from '../protocol/evaluation.ts';
import type { ChoiceTask, MomentTask, Span } from './types.ts';

/** What finding gave for one task. */
export interface MomentOutcome {
  task: MomentTask;
  /** Best first. */
  found: readonly Span[];
  /** False: the engine said that there is no confident match. */
  confident: boolean;
  latencyMs: number;
  /** Until the list before the re-check, where there was one. */
  firstLatencyMs?: number;
}

/** What asking gave for one task. */
export interface ChoiceOutcome {
  task: ChoiceTask;
  /** Index of the option that was chosen; undefined where the answer names none, or several. */
  chosen: number | undefined;
  latencyMs: number;
}

/** The least overlap that counts as found, for ranks. */
const foundAt = 0.5;

/**
 * Measures of finding. R@1, mAP and ranks are over the queries that have a right answer, with the engine's list as it
 * is, confident or not; precision and recall of "not here" are over all, an absent thing being the positive case.
 */
export function measureMoments(outcomes: readonly MomentOutcome[]): MomentMeasures {
  const present = outcomes.filter(({ task }) => task.moments.length > 0);
  const over = (measure: (found: readonly Span[], truth: readonly Span[]) => number) =>
    mean(present.map(({ found, task }) => measure(found, task.moments))) ?? 0;
  const recall = (threshold: number) => over((found, truth) => Number(hitFirst(found, truth, threshold)));
  const precision = (threshold: number) => over((found, truth) => averagePrecision(found, truth, threshold));
  const rank = median(present.map(({ found, task }) => rankOf(found, task.moments, foundAt)));
  const some = present.length > 0;
  return {
    queries: outcomes.length,
    present: present.length,
    recallAt1: some ? { 'iou0.3': recall(0.3), 'iou0.5': recall(0.5), 'iou0.7': recall(0.7) } : null,
    map: some
      ? { average: over(meanAveragePrecision), 'iou0.5': precision(0.5), 'iou0.75': precision(0.75) }
      : null,
    medianRank: rank === null || rank === Infinity ? null : rank,
    notHere: notHere(outcomes),
    latencyMs: latency(outcomes.map(({ latencyMs }) => latencyMs)),
    firstLatencyMs: latency(outcomes.flatMap(({ firstLatencyMs }) => firstLatencyMs ?? [])),
  };
}

function notHere(outcomes: readonly MomentOutcome[]): MomentMeasures['notHere'] {
  const absent = outcomes.filter(({ task }) => task.moments.length === 0).length;
  const said = outcomes.filter(({ confident }) => !confident);
  const right = said.filter(({ task }) => task.moments.length === 0).length;
  return {
    absent,
    said: said.length,
    right,
    precision: said.length > 0 ? right / said.length : null,
    recall: absent > 0 ? right / absent : null,
  };
}

/** Measures of multiple-choice questions; an answer that names no option is wrong. */
export function measureChoices(outcomes: readonly ChoiceOutcome[]): ChoiceMeasures {
  const isRight = ({ task, chosen }: ChoiceOutcome) => chosen === task.answer;
  const accuracy = (some: readonly ChoiceOutcome[]) => mean(some.map((one) => Number(isRight(one))));
  const groups = [...Map.groupBy(outcomes, ({ task }) => task.group)]
    .map(([group, some]) => ({ group, questions: some.length, accuracy: accuracy(some) ?? 0 }))
    .sort((a, b) => a.group.localeCompare(b.group, 'en', { numeric: true }));
  return {
    questions: outcomes.length,
    right: outcomes.filter(isRight).length,
    accuracy: accuracy(outcomes),
    chance: mean(outcomes.map(({ task }) => 1 / task.options.length)),
    unmatched: outcomes.filter(({ chosen }) => chosen === undefined).length,
    macroAccuracy: mean(groups.map((group) => group.accuracy)),
    groups,
    latencyMs: latency(outcomes.map(({ latencyMs }) => latencyMs)),
  };
}

function latency(values: readonly number[]): Latency | null {
  if (values.length === 0) return null;
  const at = (share: number) => percentile(values, share)!;
  return { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), max: at(1) };
}
