import { badArgument } from '../protocol/errors.ts';
import { allocateFrequencies, type RotaryGeometry } from './frequencies.ts';
import type { PositionIds } from './layout.ts';

/** Rotary tables, row-major [tokens, R]: the R/2 angles' cosines (sines), twice. R is headDim x rotaryFraction. */
export interface RotaryTables {
  cos: Float32Array;
  sin: Float32Array;
}

/**
 * The cos and sin tables of a row of tokens, for the rotate-half convention
 * `q * cos + concat(-q[R/2:], q[:R/2]) * sin` on the first R channels of a head; the rest pass untouched. Angles are computed in float64 and cast at the end.
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
  const width = 2 * pairs;
  const cos = new Float32Array(tokens * width);
  const sin = new Float32Array(tokens * width);
  let fourth: Float64Array | undefined;
  for (let pair = 0; pair < pairs; pair++) {
    const axis = axes[pair];
    const positions = axis === 'h+w-t' ? (fourth ??= fourthRow(ids)) : ids[axis];
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

/** `vrope`'s fourth row, which the other three determine: the second diagonal pair has the sum of the first. */
function fourthRow({ t, h, w }: PositionIds): Float64Array {
  return t.map((time, i) => h[i] + w[i] - time);
}
