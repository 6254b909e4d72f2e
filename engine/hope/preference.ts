import type { PositionVariant } from '../protocol/bundle.ts';
import { badArgument } from '../protocol/errors.ts';
import { allocateFrequencies, type Axis, type RotaryGeometry } from './frequencies.ts';

/** An offset between a query and a key, in units of position ids. */
export interface Offset {
  t: number;
  /** Rows. */
  h: number;
  /** Columns. */
  w: number;
}

/** What is left of the preference for a similar key over an unrelated one. */
export interface SemanticPreference {
  /** Sum of cosines over the temporal pairs; at most their number. */
  temporal: number;
  /** Sum of cosines over the spatial pairs. */
  spatial: number;
  /** `2 * variance * (temporal + spatial)`: the query prefers the similar key while this is >= 0. */
  total: number;
}

/**
 * The paper's analysis of semantic preference: for keys and queries whose components have the given variance,
 * how much more a query's attention score favours a similar key than an unrelated one at an offset.
 * The one-dimensional variants (`rope`, `tad-rope`, `cope`, `cope-hard`, `v2pe`) have one coordinate, so their offset is
 * the same on all axes; in `vrope` t, h and w are rows of ids and not axes, and `temporal` is the first of them.
 *
 * Source: arXiv 2505.20444, section 3.
 * @throws LongviewError `bad-argument` for wrong geometry.
 */
export function semanticPreference(
  geometry: RotaryGeometry,
  offset: Offset,
  variance = 1,
): SemanticPreference {
  const { axes, frequencies } = allocateFrequencies(geometry);
  let temporal = 0;
  let spatial = 0;
  for (const [pair, axis] of axes.entries()) {
    const term = Math.cos(frequencies[pair] * along(offset, axis));
    if (axis === 't') temporal += term;
    else spatial += term;
  }
  return { temporal, spatial, total: 2 * variance * (temporal + spatial) };
}

function along(offset: Offset, axis: Axis): number {
  return axis === 'h+w-t' ? offset.h + offset.w - offset.t : offset[axis];
}

/** The variants in which time moves every row of ids, and so turns every pair that turns at all. */
const timeTurnsAll: readonly PositionVariant[] = ['rope', 'tad-rope', 'cope', 'cope-hard', 'v2pe', 'vrope'];

/**
 * The pairs that a distance in time turns, as a function: sum of `cos(theta_i * distance)` over them.
 * In the one-dimensional variants, and in `vrope`, whose every row carries time, it turns every pair.
 */
export function temporalPreference(geometry: RotaryGeometry): (distance: number) => number {
  const { axes, frequencies } = allocateFrequencies(geometry);
  const flat = timeTurnsAll.includes(geometry.variant);
  const turning = [...frequencies].filter((_, pair) => flat || axes[pair] === 't');
  return (distance) => turning.reduce((sum, frequency) => sum + Math.cos(frequency * distance), 0);
}

/**
 * The first whole distance in time, from 1 to `limit`, at which the temporal sum is negative.
 * @returns undefined when preference holds all the way.
 */
export function firstPreferenceFailure(geometry: RotaryGeometry, limit: number): number | undefined {
  if (!Number.isSafeInteger(limit) || limit < 1) throw badArgument('limit', 'a whole number >= 1', limit);
  const sum = temporalPreference(geometry);
  for (let distance = 1; distance <= limit; distance++) if (sum(distance) < 0) return distance;
  return undefined;
}

/**
 * Proposition 3.1: what flattening a video to one dimension does to tokens that are neighbours in the grid.
 * @returns the distance in the row of tokens between neighbours in a row, in a column and in time; 1 is undistorted.
 */
export function flatteningDistortion(rows: number, columns: number): Offset {
  return { t: rows * columns, h: columns, w: 1 };
}
