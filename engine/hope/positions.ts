import { badArgument } from '../protocol/errors.ts';
import { layoutTokens, type Layout, type PositionIds, type PositionOptions } from './layout.ts';
import { PositionWalk } from './walk.ts';

/**
 * Position ids of a whole sequence.
 *
 * @param layout segments in order: `["text", n]` or `["video", t, h, w]` (token order t, then h, then w).
 * @returns ids per axis, [tokens] each, and `next`, where a generated token continues (by steps of 1,
 *   in `tad-rope` of 2).
 * @throws LongviewError `bad-argument` that quotes an unknown variant, an option out of its range, a list of
 *   secondsPerPatch that has not one entry for each visual segment, or a grid that is not whole numbers.
 */
export function positionIds(layout: Layout, options: PositionOptions): PositionIds & { next: number } {
  const walk = new PositionWalk(options);
  const tokens = layoutTokens(layout);
  checkSeconds(layout, options.secondsPerPatch);
  const ids = { t: new Float64Array(tokens), h: new Float64Array(tokens), w: new Float64Array(tokens) };
  let at = 0;
  for (const segment of layout) at = walk.takeInto(segment, ids, at);
  return { ...ids, next: walk.next };
}

function checkSeconds(layout: Layout, seconds: PositionOptions['secondsPerPatch']): void {
  if (!Array.isArray(seconds)) return;
  const visuals = layout.filter(([kind]) => kind === 'video').length;
  if (seconds.length === visuals) return;
  const expected = `one number, or a list of ${visuals}: one for each visual segment`;
  throw badArgument('secondsPerPatch', expected, seconds);
}

/** The ids of tokens `start` to `end` (exclusive) as views on the same memory, for tables made in chunks. */
export function sliceIds(ids: PositionIds, start: number, end: number): PositionIds {
  return { t: ids.t.subarray(start, end), h: ids.h.subarray(start, end), w: ids.w.subarray(start, end) };
}

/** Ids of text tokens that start at `next`, as plain RoPE has them. */
export function textIds(tokens: number, next = 0, step = 1): PositionIds {
  const ids = Float64Array.from({ length: tokens }, (_, k) => next + step * k);
  return { t: ids, h: ids, w: ids };
}
