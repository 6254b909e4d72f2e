import type { Span } from './types.ts';

/** Share of the time that either covers which both cover (intersection over union), 0 to 1. */
export function overlap([a, b]: Span, [c, d]: Span): number {
  const both = Math.max(0, Math.min(b, d) - Math.max(a, c));
  const either = b - a + (d - c) - both;
  return either > 0 ? both / either : 0;
}

/** The largest overlap of a moment with any of the right ones. */
export function bestOverlap(moment: Span, truth: readonly Span[]): number {
  return truth.reduce((best, one) => Math.max(best, overlap(moment, one)), 0);
}

/**
 * Recall at rank 1: whether the first moment overlaps a right one by at least `threshold`. With several right ones the
 * one that fits best counts, as in QVHighlights' own evaluation.
 */
export function hitFirst(found: readonly Span[], truth: readonly Span[], threshold: number): boolean {
  return found.length > 0 && bestOverlap(found[0], truth) >= threshold;
}

/** The rank, from 1, of the first moment that overlaps a right one by at least `threshold`; Infinity where none does. */
export function rankOf(found: readonly Span[], truth: readonly Span[], threshold: number): number {
  const index = found.findIndex((moment) => bestOverlap(moment, truth) >= threshold);
  return index < 0 ? Infinity : index + 1;
}

/** QVHighlights' thresholds: 0.5, 0.55, … 0.95. */
export const averagedThresholds: readonly number[] = Array.from({ length: 10 }, (_, i) => (50 + 5 * i) / 100);

/** Of how many moments QVHighlights' mAP takes account. */
export const countedMoments = 10;

/**
 * The average precision of one query's moments (best first) at one threshold: the area under the interpolated
 * precision-recall curve, each right moment being found once, by the best-ranked moment that overlaps it most among
 * those still free, the later of two that it overlaps as much (ActivityNet's detection measure, which QVHighlights takes
 * per query). Held against QVHighlights' own evaluation on 600 made queries: equal at every threshold.
 */
export function averagePrecision(found: readonly Span[], truth: readonly Span[], threshold: number): number {
  if (truth.length === 0) return 0;
  const free = new Set(truth.keys());
  let right = 0;
  const curve = found.slice(0, countedMoments).map((moment, index) => {
    const candidates = [...truth.keys()]
      .map((which) => ({ which, shared: overlap(moment, truth[which]) }))
      .filter(({ shared }) => shared >= threshold)
      .sort((a, b) => b.shared - a.shared || b.which - a.which);
    const taken = candidates.find(({ which }) => free.delete(which));
    if (taken) right++;
    return { precision: right / (index + 1), recall: right / truth.length };
  });
  // Interpolated: at each recall the best precision that is reached there or further on.
  let area = 0;
  let ahead = 0;
  for (let i = curve.length - 1; i >= 0; i--) {
    ahead = Math.max(ahead, curve[i].precision);
    area += ahead * (curve[i].recall - (i > 0 ? curve[i - 1].recall : 0));
  }
  return area;
}

/** The mean of {@link averagePrecision} over {@link averagedThresholds}. */
export function meanAveragePrecision(found: readonly Span[], truth: readonly Span[]): number {
  return mean(averagedThresholds.map((threshold) => averagePrecision(found, truth, threshold))) ?? 0;
}

/** Arithmetic mean; null of nothing. */
export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The middle value, or the mean of the two in the middle; null of nothing. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** The smallest value that at least `share` of all are no greater than (nearest rank); null of nothing. */
export function percentile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
