import {
  flatteningDistortion,
  semanticPreference,
  temporalPreference,
  type RotaryGeometry,
} from '../../engine/hope/index.ts';
import { positionVariants, type PositionVariant } from '../../engine/protocol/bundle.ts';

/** A model's rotary geometry with a name. */
export const geometries = {
  'Qwen2-VL': { headDim: 128, sections: [16, 24, 24], theta: 1_000_000 },
  // Of 64 pairs CoPE tapers 20; here as large a share.
  Longview: { headDim: 32, sections: [4, 6, 6], theta: 10_000, taper: 5 },
} as const;
export type GeometryName = keyof typeof geometries;

/** One variant at one geometry. */
export interface VariantPreference {
  geometry: GeometryName;
  variant: PositionVariant;
  /** Pairs that a distance in time turns (of the one-dimensional variants: all). */
  pairs: number;
  /** The least temporal sum over all distances, and the first distance that has it. */
  least: { sum: number; distance: number };
  /** The first distance at which the temporal sum is negative; null: at none. */
  firstFailure: number | null;
  /** The same in temporal patches of 9 x 16 tokens, as the variant counts them (gamma 0.75 where it scales). */
  firstFailurePatches: number | null;
  /**
   * The first distance (up to 100,000) at which the sum over all pairs is negative, the way the layout moves rows and
   * columns.
   */
  wholeFirstFailure: number | null;
  /** Share of the distances at which the temporal sum is negative. */
  failing: number;
  /** For the plot: distance, temporal sum there as a share of the pairs, and the least share up to there. */
  curve: { distance: number; share: number; leastShare: number }[];
}

/**
 * How far apart in id two neighbouring temporal patches of 9 x 16 tokens are: a second apart where seconds are
 * counted, at gamma
 * 0.75 where it scales, and in `m-rope-interleaved` each its own segment, without the text of its time.
 */
const idsPerPatch: Record<PositionVariant, number> = {
  rope: 144,
  'tad-rope': 145,
  'm-rope': 1,
  videorope: 2,
  hope: 0.75,
  'm-rope-time': 2,
  'm-rope-interleaved': 0.75 * 16,
  cope: 144,
  'cope-hard': 144,
  'soft-hope': 0.75,
  'videorope++': 2,
  v2pe: 16,
  vrope: 24,
};

/** The temporal sum of a variant over the distances 1 to `limit`. */
export function measureVariant(
  geometry: GeometryName,
  variant: PositionVariant,
  limit: number,
): VariantPreference {
  const rotary: RotaryGeometry = { variant, ...geometries[geometry] };
  const sum = temporalPreference(rotary);
  const pairs = Math.round(sum(0));
  const shown = new Set(plotted(limit));
  const least = { sum: Infinity, distance: 0 };
  let firstFailure: number | null = null;
  let failures = 0;
  const curve: VariantPreference['curve'] = [];
  for (let distance = 1; distance <= limit; distance++) {
    const value = sum(distance);
    if (value < least.sum) Object.assign(least, { sum: value, distance });
    if (value < 0) {
      failures++;
      firstFailure ??= distance;
    }
    if (shown.has(distance)) curve.push({ distance, share: value / pairs, leastShare: least.sum / pairs });
  }
  return {
    geometry,
    variant,
    pairs,
    least,
    firstFailure,
    firstFailurePatches: firstFailure && Math.ceil(firstFailure / idsPerPatch[variant]),
    wholeFirstFailure: wholeFailure(rotary, limit),
    failing: failures / limit,
    curve,
  };
}

/** All variants at all geometries. */
export function measureAll(limit: number): VariantPreference[] {
  return (Object.keys(geometries) as GeometryName[]).flatMap((geometry) =>
    positionVariants.map((variant) => measureVariant(geometry, variant, limit)),
  );
}

/** Proposition 3.1 by resolution: how far apart neighbours are in one row of tokens. */
export function distortions(): { grid: string; time: number; column: number; row: number }[] {
  const grids = [
    [1, 1],
    [2, 2],
    [4, 7],
    [9, 16],
    [18, 32],
    [36, 64],
  ] as const;
  return grids.map(([rows, columns]) => {
    const { t, h, w } = flatteningDistortion(rows, columns);
    return { grid: `${rows} x ${columns}`, time: t, column: h, row: w };
  });
}

/** How far to look for the whole sum's first failure: it comes early or it is not of interest. */
const wholeLimit = 100_000;

/** Time alone in m-rope; in the other layouts rows and columns carry it too; in one dimension there is no other. */
function wholeFailure(rotary: RotaryGeometry, limit: number): number | null {
  const still = rotary.variant === 'm-rope' || rotary.variant === 'm-rope-time';
  for (let t = 1; t <= Math.min(limit, wholeLimit); t++)
    if (semanticPreference(rotary, { t, h: still ? 0 : t, w: still ? 0 : t }).total < 0) return t;
  return null;
}

/** Whole distances from 1 to the limit, evenly spaced in their logarithm. */
function plotted(limit: number): number[] {
  const steps = 360;
  return Array.from({ length: steps + 1 }, (_, i) => Math.round(limit ** (i / steps)));
}
