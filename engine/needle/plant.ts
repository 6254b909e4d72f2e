import { badArgument } from '../protocol/errors.ts';

/**
 * Where a needle goes in a haystack: 0 before everything, 1 after everything.
 * @param length how many frames (temporal patches) the haystack has.
 * @returns the index that the needle gets, from 0 to `length`.
 * @throws LongviewError `bad-argument` for a depth outside 0 to 1.
 */
export function depthIndex(length: number, depth: number): number {
  if (typeof depth !== 'number' || !(depth >= 0 && depth <= 1))
    throw badArgument('depth', 'a number from 0 to 1', depth);
  return Math.round(depth * length);
}

/**
 * A copy of a haystack with a needle planted at a depth; the haystack itself stays as it was.
 * Works on anything in time order: visual tokens, frames, times.
 */
export function plant<T>(haystack: readonly T[], needle: readonly T[], depth: number): T[] {
  const at = depthIndex(haystack.length, depth);
  return [...haystack.slice(0, at), ...needle, ...haystack.slice(at)];
}
