import type { TensorBytes } from './plan.ts';
import { chunkBytes } from './plan.ts';
import { mixerSize, rotate } from './rotate.ts';
import type { WeightSource } from './source.ts';
import { readFloats } from './tensors.ts';

/** A matrix of 8-bit weights with one scale for each output, as two tensors that are produced one after the other. */
export interface WholeRows {
  /** int8 [inputs, outputs]: the order that integer products want, which is not the checkpoint's. */
  codes: TensorBytes;
  /** float32 [outputs]; they are known once the codes have been made. */
  scales: TensorBytes;
}

/**
 * Plans the quantisation of named matrices that lie one after another, each [outputs_i, inputs]. Every output's weights
 * are rotated in groups (weights/rotate.ts; activations must be too) and share one scale, the largest becoming 127.
 * Turning the matrix around takes memory of its quantised size (68 MB for the largest of the 7B model's).
 */
export function wholeRows(
  weights: WeightSource,
  names: readonly string[],
  inputs: number,
  outputs: number,
): WholeRows {
  let scales: Float32Array | undefined;
  return {
    codes: async function* () {
      const made = new Float32Array(outputs);
      const turned = new Int8Array(inputs * outputs);
      let row = 0;
      const rows = Math.max(1, Math.floor(chunkBytes / 4 / inputs));
      for await (const piece of readFloats(weights, names, rows * inputs)) {
        rotate(piece, mixerSize(inputs));
        quantiseInto(piece, inputs, row, made, turned, outputs);
        row += piece.length / inputs;
      }
      scales = made;
      const bytes = new Uint8Array(turned.buffer);
      for (let start = 0; start < bytes.length; start += chunkBytes)
        yield bytes.subarray(start, Math.min(bytes.length, start + chunkBytes));
    },
    scales: function* () {
      if (scales === undefined) throw new Error(`the scales of ${names[0]} are asked for before its codes`);
      yield new Uint8Array(scales.buffer);
      scales = undefined;
    },
  };
}

// Runs once per weight of a model (billions): no views, closures or iterators in it.
function quantiseInto(
  values: Float32Array,
  inputs: number,
  firstRow: number,
  scales: Float32Array,
  turned: Int8Array,
  outputs: number,
): void {
  const rows = values.length / inputs;
  for (let row = 0; row < rows; row++) {
    let largest = 0;
    for (let i = row * inputs; i < (row + 1) * inputs; i++) {
      const size = values[i] < 0 ? -values[i] : values[i];
      if (size > largest) largest = size;
    }
    const scale = Math.fround(largest / 127);
    scales[firstRow + row] = scale;
    const inverse = scale === 0 ? 0 : 1 / scale;
    for (let i = row * inputs; i < (row + 1) * inputs; i++) values[i] *= inverse;
  }
  // Down the columns, so that what is written lies together.
  for (let column = 0; column < inputs; column++) {
    const at = column * outputs + firstRow;
    for (let row = 0; row < rows; row++) {
      // Of positive sums, cutting off rounds to nearest.
      turned[at + row] = ((values[row * inputs + column] + 128.5) | 0) - 128;
    }
  }
}
