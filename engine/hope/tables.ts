import { badArgument } from '../protocol/errors.ts';
import { allocateFrequencies, type RotaryGeometry } from './frequencies.ts';
import type { PositionIds } from './layout.ts';

/** Rotary tables, row-major [tokens, headDim]: the d/2 angles' cosines (sines), twice. */
export interface RotaryTables {
  cos: Float32Array;
  sin: Float32Array;
}

/**
 * The cos and sin tables of a row of tokens, for the rotate-half convention
 * `q * cos + concat(-q[d/2:], q[:d/2]) * sin`. Angles are computed in float64 and cast at the end.
 * Rows don't depend on each other: tables of a slice of ids equal the same rows of the whole.
 *
 * @throws LongviewError `bad-argument` for wrong geometry (see {@link allocateFrequencies}) or ids of unequal
 *   length.
 */
export function rotaryTables(ids: PositionIds, geometry: RotaryGeometry): RotaryTables {
  const { axes, frequencies } = allocateFrequencies(geometry);
  const tokens = ids.t.length;
  if (ids.h.length !== tokens || ids.w.length !== tokens) {
    throw badArgument('ids', 'three rows of equal length', [tokens, ids.h.length, ids.w.length]);
  }
  const pairs = axes.length;
  const width = geometry.headDim;
  const cos = new Float32Array(tokens * width);
  const sin = new Float32Array(tokens * width);
  for (let pair = 0; pair < pairs; pair++) {
    const positions = ids[axes[pair]];
    const frequency = frequencies[pair];
    for (let token = 0, at = pair; token < tokens; token++, at += width) {
      const angle = positions[token] * frequency;
      const c = Math.cos(angle);
      const s = Math.sin(angle);
      cos[at] = c;
      cos[at + pairs] = c;
      sin[at] = s;
      sin[at + pairs] = s;
    }
  }
  return { cos, sin };
}
