import { Random } from '../../demo/sample/random.ts';
/** One query's list, judged. */
export interface JudgedFind {
  /** What it asks for is somewhere. */
  there: boolean;
  confident: boolean;
  /** For each listed moment, best first: its confidence, and whether it shows what was asked for. */
  moments: readonly { confidence: number; right: boolean }[];
}

/** Figures of a set of queries; shares of those that they are about, undefined where there are none. */
export interface FindFigures {
  /** The right moment first, and among the first five, of what is there. */
  first: number | undefined;
  five: number | undefined;
  /** First, right and confident, of what is there. */
  sure: number | undefined;
  /** Confident of what isn't there. */
  falseAlarms: number | undefined;
  /** Expected calibration error of the first moments' confidences. */
  calibrationError: number | undefined;
}

/** Overlap that makes a moment right: that of moment retrieval's R@1 at IoU 0.5. */
export const enoughIoU = 0.5;

/** Measures a set. */
export function figuresOf(judged: readonly JudgedFind[]): FindFigures {
  const there = judged.filter((one) => one.there);
  const absent = judged.filter((one) => !one.there);
  return {
    first: share(there, ({ moments }) => moments.at(0)?.right === true),
    five: share(there, ({ moments }) => moments.slice(0, 5).some(({ right }) => right)),
    sure: share(there, ({ moments, confident }) => confident && moments.at(0)?.right === true),
    falseAlarms: share(absent, ({ confident }) => confident),
    calibrationError: calibrationError(
      judged.flatMap(({ moments }) => (moments.length > 0 ? [moments[0]] : [])),
    ),
  };
}

function share<T>(all: readonly T[], is: (one: T) => boolean): number | undefined {
  return all.length === 0 ? undefined : all.filter(is).length / all.length;
}

const bins = 10;

/** Mean distance of confidence and accuracy over ten even bins, weighed by how many lie in each (Guo et al., 2017). */
export function calibrationError(
  sure: readonly { confidence: number; right: boolean }[],
): number | undefined {
  if (sure.length === 0) return undefined;
  const byBin = Map.groupBy(sure, ({ confidence }) => Math.min(bins - 1, Math.floor(confidence * bins)));
  let error = 0;
  for (const some of byBin.values()) {
    const confidence = some.reduce((sum, one) => sum + one.confidence, 0) / some.length;
    const accuracy = some.filter(({ right }) => right).length / some.length;
    error += (some.length / sure.length) * Math.abs(confidence - accuracy);
  }
  return error;
}

/** The middle 95 % of a figure over so many sets of as many queries, drawn with replacement. */
export function interval(
  judged: readonly JudgedFind[],
  figure: (figures: FindFigures) => number | undefined,
  { draws = 1000, seed = 1 } = {},
): [number, number] | undefined {
  const random = new Random(seed);
  const values: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const some = judged.map(() => random.pick(judged));
    const value = figure(figuresOf(some));
    if (value !== undefined) values.push(value);
  }
  if (values.length === 0) return undefined;
  values.sort((a, b) => a - b);
  const at = (part: number) => values[Math.min(values.length - 1, Math.floor(part * values.length))];
  return [at(0.025), at(0.975)];
}

/** What was measured of a set, as it is kept: [value, low, high] of each figure. */
export type Kept = Record<keyof FindFigures, [number, number, number] | null>;

/** Figures with their intervals. */
export function keptOf(judged: readonly JudgedFind[]): Kept {
  const figures = figuresOf(judged);
  const names = Object.keys(figures) as (keyof FindFigures)[];
  return Object.fromEntries(
    names.map((name) => {
      const value = figures[name];
      const around = interval(judged, (one) => one[name]);
      const rounded = (x: number) => Math.round(x * 1000) / 1000;
      return [name, value === undefined || !around ? null : [value, ...around].map(rounded)];
    }),
  ) as Kept;
}

/** Higher is better, but for these. */
const lowerIsBetter: ReadonlySet<keyof FindFigures> = new Set(['falseAlarms', 'calibrationError']);

/** Figures that are worse than those kept by more than chance explains: outside the kept interval. */
export function dropped(before: Kept, now: Kept): (keyof FindFigures)[] {
  return (Object.keys(now) as (keyof FindFigures)[]).filter((name) => {
    const [old, value] = [before[name], now[name]];
    if (!old || !value) return false;
    return lowerIsBetter.has(name) ? value[0] > old[2] + 1e-9 : value[0] < old[1] - 1e-9;
  });
}
