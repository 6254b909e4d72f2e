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

/** How positions are laid out. An option that is left out has its default; one that is given is checked. */
export interface PositionOptions {
  variant: PositionVariant;
  /**
   * Factor on the temporal index of visual tokens: of `hope`, `soft-hope` and `m-rope-interleaved`, where it also
   * stretches what a visual segment takes up. The other variants check it and do nothing with it.
   */
  gamma: number;
  /**
   * `m-rope-time`: seconds from one temporal patch to the next (temporal patch size / sampled frames per second), for
   * all visual segments or one for each. Default 1.
   */
  secondsPerPatch?: number | readonly number[];
  /** `m-rope-time`: ids a second. Default 2. */
  tokensPerSecond?: number;
  /** `m-rope-interleaved`: rows and columns of visual tokens count from 0 in each frame. Default false. */
  spatialReset?: boolean;
  /** `v2pe`: what one frame's tokens span together. Default 16. */
  stride?: number;
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

/** Position options of which every one has its value. */
export type CheckedPositions = Required<PositionOptions>;

/** @returns the options, checked, with their defaults. @throws LongviewError `bad-argument` that quotes the wrong value. */
export function checkPositionOptions(options: PositionOptions): CheckedPositions {
  const { gamma, secondsPerPatch = 1, tokensPerSecond = 2, spatialReset = false, stride = 16 } = options;
  const variant = checkVariant(options.variant);
  checkPositive('gamma', gamma);
  checkPositive('tokensPerSecond', tokensPerSecond);
  checkPositive('stride', stride);
  if (typeof spatialReset !== 'boolean') throw badArgument('spatialReset', 'true or false', spatialReset);
  const seconds: unknown[] = Array.isArray(secondsPerPatch) ? Array.from(secondsPerPatch) : [secondsPerPatch];
  if (!seconds.every(isPositive)) {
    const expected = 'a finite number > 0, or a list of such, one for each visual segment';
    throw badArgument('secondsPerPatch', expected, secondsPerPatch);
  }
  const kept = Array.isArray(secondsPerPatch) ? seconds : secondsPerPatch;
  return { variant, gamma, secondsPerPatch: kept, tokensPerSecond, spatialReset, stride };
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function checkPositive(name: string, value: unknown): void {
  if (!isPositive(value)) throw badArgument(name, 'a finite number > 0', value);
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
