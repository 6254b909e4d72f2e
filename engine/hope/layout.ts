import { positionVariants, type PositionVariant } from '../protocol/bundle.ts';
import { badArgument } from '../protocol/errors.ts';

/** Text of n tokens. */
export type TextSegment = readonly ['text', number];

/** A video (or, with t = 1, an image) of t x h x w visual tokens, counted after merging. */
export type VideoSegment = readonly ['video', number, number, number];

/** One segment of a sequence. */
export type Segment = TextSegment | VideoSegment;

/** A sequence as a list of segments, in order. */
export type Layout = readonly Segment[];

/** How positions are laid out. */
export interface PositionOptions {
  variant: PositionVariant;
  /** Factor on the temporal index of visual tokens; only `hope` uses it, all variants check it. */
  gamma: number;
}

/** Position ids of a row of tokens, one triple per token. Real numbers, not only integers. */
export interface PositionIds {
  /** Time, [tokens]. */
  t: Float64Array;
  /** Row, [tokens]. */
  h: Float64Array;
  /** Column, [tokens]. */
  w: Float64Array;
}

/** @returns the options, checked. @throws LongviewError `bad-argument` that quotes the wrong value. */
export function checkPositionOptions(options: PositionOptions): PositionOptions {
  checkVariant(options.variant);
  const { gamma } = options;
  if (typeof gamma !== 'number' || !Number.isFinite(gamma) || gamma <= 0) {
    throw badArgument('gamma', 'a finite number > 0', gamma);
  }
  return options;
}

/** @returns the variant, checked. @throws LongviewError `bad-argument`. */
export function checkVariant(variant: PositionVariant): PositionVariant {
  if (!positionVariants.includes(variant)) {
    throw badArgument('variant', `one of ${positionVariants.join(', ')}`, variant);
  }
  return variant;
}

/**
 * How many tokens a segment has. Text may be empty, a grid may not.
 * @throws LongviewError `bad-argument` for anything that is not a segment of whole, sensible sizes.
 */
export function segmentTokens(segment: Segment): number {
  const sizes = Array.isArray(segment) ? (segment.slice(1) as unknown[]) : [];
  const kind: unknown = Array.isArray(segment) ? segment[0] : undefined;
  const wanted = kind === 'text' ? 1 : kind === 'video' ? 3 : 0;
  const least = kind === 'text' ? 0 : 1;
  const sound = sizes.every((size) => Number.isSafeInteger(size) && (size as number) >= least);
  if (wanted === 0 || sizes.length !== wanted || !sound) {
    throw badArgument(
      'segment',
      '["text", n] with n >= 0 or ["video", t, h, w] with whole sizes >= 1',
      segment,
    );
  }
  const tokens = (sizes as number[]).reduce((product, size) => product * size, 1);
  if (tokens > 2 ** 31) throw badArgument('segment', 'at most 2^31 tokens', segment);
  return tokens;
}

/** How many tokens a layout has. @throws LongviewError `bad-argument`. */
export function layoutTokens(layout: Layout): number {
  if (!Array.isArray(layout)) throw badArgument('layout', 'a list of segments', layout);
  return (layout as Segment[]).reduce((sum, segment) => sum + segmentTokens(segment), 0);
}
