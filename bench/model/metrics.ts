import type { Span } from '../../demo/questions.ts';
import { intersectionOverUnion } from '../../demo/questions.ts';

/** A share of right ones, and how many were judged. */
export interface Share {
  value: number;
  n: number;
}

/** Counts what is right, in all and by whatever each was labelled with. */
export class Tally {
  readonly #all: Share = { value: 0, n: 0 };
  readonly #by = new Map<string, Map<string, Share>>();

  /** @param right 0 to 1. @param labels such as { gamma: '0.5', style: 'noto' } */
  add(right: number | boolean, labels: Readonly<Record<string, string>> = {}): void {
    addTo(this.#all, Number(right));
    for (const [label, value] of Object.entries(labels)) {
      const shares = this.#by.get(label) ?? new Map<string, Share>();
      this.#by.set(label, shares);
      const share = shares.get(value) ?? { value: 0, n: 0 };
      shares.set(value, share);
      addTo(share, Number(right));
    }
  }

  get share(): Share {
    return mean(this.#all);
  }

  /** The shares by label and value. */
  get by(): Record<string, Record<string, Share>> {
    return Object.fromEntries(
      [...this.#by].map(([label, shares]) => [
        label,
        Object.fromEntries([...shares].map(([value, share]) => [value, mean(share)])),
      ]),
    );
  }
}

function addTo(share: Share, right: number): void {
  share.value += right;
  share.n++;
}

function mean({ value, n }: Share): Share {
  return { value: n > 0 ? value / n : NaN, n };
}

/**
 * How surely a right candidate is among the first k: 1 or 0, and in between where it ties with others, which any order
 * of the tied ones may put first.
 */
export function recallAt(
  k: number,
  scores: ArrayLike<number>,
  isRight: (candidate: number) => boolean,
): number {
  let best = -Infinity;
  for (let i = 0; i < scores.length; i++) if (isRight(i)) best = Math.max(best, scores[i]);
  let better = 0;
  let tied = 0;
  let rightTied = 0;
  for (let i = 0; i < scores.length; i++) {
    if (scores[i] > best) better++;
    else if (scores[i] === best) {
      tied++;
      if (isRight(i)) rightTied++;
    }
  }
  const places = Math.min(k - better, tied);
  if (places <= 0 || rightTied === 0) return 0;
  // 1 - P(all places among the tied ones go to wrong ones).
  let missed = 1;
  for (let i = 0; i < places; i++) missed *= Math.max(0, tied - rightTied - i) / (tied - i);
  return 1 - missed;
}

/** Whether one of the first k moments covers a true one: intersection over union of at least a half. */
export function hitAt(k: number, moments: readonly Span[], truth: readonly Span[]): boolean {
  return moments
    .slice(0, k)
    .some((moment) => truth.some((known) => intersectionOverUnion(moment, known) >= 0.5));
}

/** How much of a list of names another one has, in order: longest common subsequence by the expected length. */
export function shareInOrder(said: readonly string[], expected: readonly (readonly string[])[]): number {
  let above = new Array<number>(said.length + 1).fill(0);
  for (const names of expected) {
    const row = [0];
    for (const [i, name] of said.entries())
      row.push(names.includes(name) ? above[i] + 1 : Math.max(above[i + 1], row[i]));
    above = row;
  }
  return expected.length > 0 ? above[said.length] / expected.length : 1;
}
