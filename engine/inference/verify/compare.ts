import { argmax } from '../decoder/sampling.ts';

/** How one case compares: largest absolute differences (0 where a prompt has no pictures). */
export interface VerifiedCase {
  name: string;
  pixels: number;
  vision: number;
  positions: number;
  logits: number;
  /** Share of positions whose most probable next token is the same, 0 to 1. */
  argmaxAgreement: number;
  /** The greedy continuation is the same, token by token. */
  generatedEqual: boolean;
}

/** The worst of each over all cases. */
export type Worst = Omit<VerifiedCase, 'name'>;

/** Differences that are accepted at full precision. */
export const tolerance = { pixels: 1e-5, vision: 1e-3, positions: 1e-4, logits: 1e-3 };

/** Share of equal argmaxes that is accepted where weights are rounded. */
const agreement: Record<string, number> = { fp16: 0.99, int8: 0.99, mixed: 0.99, int4: 0.95 };

/** Arrays one after the other. */
export function joined(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

/** The largest absolute difference; infinite where lengths differ or something isn't a number. */
export function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < actual.length; i++) {
    const apart = Math.abs(actual[i] - expected[i]);
    if (!(apart <= worst)) worst = Number.isNaN(apart) ? Infinity : apart;
  }
  return worst;
}

/** Share of rows whose largest number stands at the same place. */
export function sameArgmax(actual: Float32Array, expected: Float32Array, vocabulary: number): number {
  const rows = expected.length / vocabulary;
  if (actual.length !== expected.length || rows === 0) return 0;
  let same = 0;
  for (let row = 0; row < rows; row++) {
    const [a, b] = [actual, expected].map((all) =>
      argmax(all.subarray(row * vocabulary, (row + 1) * vocabulary)),
    );
    if (a === b) same++;
  }
  return same / rows;
}

/** The worst of each over all cases. */
export function worstOf(cases: readonly VerifiedCase[]): Worst {
  const most = (key: 'pixels' | 'vision' | 'positions' | 'logits') =>
    Math.max(...cases.map((one) => one[key]));
  return {
    pixels: most('pixels'),
    vision: most('vision'),
    positions: most('positions'),
    logits: most('logits'),
    argmaxAgreement: Math.min(...cases.map((one) => one.argmaxAgreement)),
    generatedEqual: cases.every((one) => one.generatedEqual),
  };
}

/** Whether all of it is within what a precision may differ by. @param tokens of each case, which is what agreement is weighted by. */
export function accepted(
  precision: string,
  cases: readonly VerifiedCase[],
  tokens: readonly number[],
): boolean {
  const worst = worstOf(cases);
  if (worst.pixels > tolerance.pixels || worst.positions > tolerance.positions) return false;
  const share = agreement[precision];
  if (share !== undefined) {
    const all = tokens.reduce((sum, count) => sum + count, 0);
    const same = cases.reduce((sum, one, i) => sum + one.argmaxAgreement * tokens[i], 0);
    return same / all >= share;
  }
  return worst.vision <= tolerance.vision && worst.logits <= tolerance.logits && worst.generatedEqual;
}
