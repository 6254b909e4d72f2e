import type { PositionVariant } from '../protocol/bundle.ts';
import { badArgument } from '../protocol/errors.ts';
import { checkVariant } from './layout.ts';

/** A head's rotary geometry. */
export interface RotaryGeometry {
  variant: PositionVariant;
  /** Width of a head, d; there are d/2 rotary pairs. */
  headDim: number;
  /** How many pairs (t, h, w) get; they sum to d/2. */
  sections: readonly [number, number, number] | readonly number[];
  /** Base of the frequencies: pair i has theta^(-2i/d). */
  theta: number;
}

/** The axes of a position. */
export type Axis = 't' | 'h' | 'w';

/** Which axis drives each rotary pair, and how fast it turns (radians per step; 0: not at all). */
export interface FrequencyAllocation {
  axes: Axis[];
  frequencies: Float64Array;
}

/**
 * Shares a head's rotary pairs out between time, rows and columns.
 *
 * `rope`, `tad-rope` and `m-rope` give t, h and w one run of pairs each, from the highest frequency down.
 * `videorope` and `hope` alternate rows and columns over the higher frequencies and leave the lowest to time;
 * `hope` then sets those to zero (hybrid frequency allocation), so that no distance in time turns a key away.
 *
 * @throws LongviewError `bad-argument` for an unknown variant, an odd or non-positive headDim, sections that
 *   don't sum to headDim / 2, or a theta that is not finite and > 0.
 */
export function allocateFrequencies(geometry: RotaryGeometry): FrequencyAllocation {
  const { variant, headDim, theta } = geometry;
  checkVariant(variant);
  if (!Number.isSafeInteger(headDim) || headDim <= 0 || headDim % 2 !== 0) {
    throw badArgument('headDim', 'an even whole number > 0', headDim);
  }
  if (typeof theta !== 'number' || !Number.isFinite(theta) || theta <= 0) {
    throw badArgument('theta', 'a finite number > 0', theta);
  }
  const [temporal, rows] = checkSections(geometry.sections, headDim / 2);
  const pairs = headDim / 2;
  const hybrid = variant === 'videorope' || variant === 'hope';
  const axes = Array.from({ length: pairs }, (_, i): Axis => {
    if (!hybrid) return i < temporal ? 't' : i < temporal + rows ? 'h' : 'w';
    if (i >= pairs - temporal) return 't';
    return i % 2 === 0 ? 'h' : 'w';
  });
  const frequencies = Float64Array.from(axes, (axis, i) =>
    variant === 'hope' && axis === 't' ? 0 : theta ** ((-2 * i) / headDim),
  );
  return { axes, frequencies };
}

function checkSections(sections: readonly number[], pairs: number): [number, number, number] {
  const sound =
    Array.isArray(sections) &&
    sections.length === 3 &&
    sections.every((size: unknown) => Number.isSafeInteger(size) && (size as number) >= 0) &&
    (sections as number[]).reduce((sum, size) => sum + size, 0) === pairs;
  if (!sound)
    throw badArgument('sections', `three whole numbers that sum to headDim / 2 = ${pairs}`, sections);
  return sections as unknown as [number, number, number];
}
