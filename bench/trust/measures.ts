import type { Outcome } from './judge.ts';

/** Claims whose confidence lies between two bounds. */
export interface Bin {
  from: number;
  to: number;
  n: number;
  /** Mean confidence, and the share that is right. */
  confidence: number;
  right: number;
}

const bins = 10;

/** Claims by their confidence, in ten bins of equal width. */
export function reliability(outcomes: readonly Outcome[]): Bin[] {
  const claims = outcomes.filter(({ confidence }) => confidence !== undefined);
  return Array.from({ length: bins }, (_, i) => {
    const own = claims.filter(({ confidence }) => Math.min(bins - 1, Math.floor(confidence! * bins)) === i);
    const mean = (of: (one: Outcome) => number) =>
      own.length === 0 ? 0 : own.reduce((sum, one) => sum + of(one), 0) / own.length;
    return {
      ...{ from: i / bins, to: (i + 1) / bins, n: own.length },
      confidence: mean((one) => one.confidence!),
      right: mean(({ right }) => Number(right)),
    };
  });
}

/** Expected calibration error: how far, on average, a claim's confidence is from the share of its bin that is right. */
export function calibrationError(outcomes: readonly Outcome[]): number {
  const all = reliability(outcomes);
  const n = all.reduce((sum, bin) => sum + bin.n, 0);
  return all.reduce((sum, bin) => sum + (bin.n * Math.abs(bin.confidence - bin.right)) / Math.max(1, n), 0);
}

/** A share of so many. */
export interface Share {
  n: number;
  of: number;
}

/** What is printed of a set of outcomes. */
export interface Trust {
  claims: number;
  /** Of what is told as sure, what is right. */
  precision: Share;
  /** Of what is absent or can't be answered, what is told as sure all the same. */
  bluffs: Share;
  /** Of what the model can know, what is told as sure. */
  coverage: Share;
  calibrationError: number;
}

const share = (some: readonly Outcome[], is: (one: Outcome) => boolean): Share => ({
  n: some.filter(is).length,
  of: some.length,
});

/** Whether nothing should be claimed: it isn't there, or nobody can tell. That something isn't there may be told. */
function isEmpty({ truth }: Outcome): boolean {
  return truth.is === 'absent' || truth.is === 'cannot' || truth.is === 'no';
}

/** Measures outcomes. */
export function trustIn(outcomes: readonly Outcome[]): Trust {
  return {
    claims: outcomes.filter(({ confidence }) => confidence !== undefined).length,
    precision: share(
      outcomes.filter(({ confident }) => confident),
      ({ right }) => right,
    ),
    bluffs: share(outcomes.filter(isEmpty), ({ confident, right }) => confident && !right),
    coverage: share(
      outcomes.filter(({ knowable }) => knowable),
      ({ confident }) => confident,
    ),
    calibrationError: calibrationError(outcomes),
  };
}

/** Confident and wrong. */
export function confidentErrors(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.filter(({ confident, right }) => confident && !right);
}
