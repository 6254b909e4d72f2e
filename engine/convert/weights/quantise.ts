/** Bits of a block-quantised weight. */
export type QuantisedBits = 4 | 8;

/** Weights that share one scale: the block size of every quantised matrix here. */
export const blockSize = 32;

/** One piece of a quantised matrix in MatMulNBits' layout (com.microsoft). */
export interface QuantisedRows {
  /** [rows, blocks, blockSize * bits / 8]; of two 4-bit values in a byte the earlier one is the low half. */
  packed: Uint8Array;
  /** [rows, blocks] */
  scales: Float32Array;
}

/** Blocks that a row of `columns` weights has; the last may be partly padding. */
export function blocksOf(columns: number): number {
  return Math.ceil(columns / blockSize);
}

/**
 * Quantises rows of a matrix symmetrically in blocks along a row: weight = scale * (code - 2^(bits-1)), which is
 * MatMulNBits without zero points. The value of largest magnitude gets the code at the end of the longer half
 * (its sign decides the scale's); for 4 bits the scale with the least squared error is chosen around that one.
 */
export function quantiseRows(values: Float32Array, columns: number, bits: QuantisedBits): QuantisedRows {
  const rows = values.length / columns;
  const blocks = blocksOf(columns);
  const bytesPerBlock = (blockSize * bits) / 8;
  const packed = new Uint8Array(rows * blocks * bytesPerBlock);
  const scales = new Float32Array(rows * blocks);
  const codes = bits === 8 ? packed : new Uint8Array(blockSize);
  let block = 0;
  for (let row = 0; row < rows; row++) {
    const rowEnd = (row + 1) * columns;
    for (let start = row * columns; start < rowEnd; start += blockSize, block++) {
      const end = Math.min(start + blockSize, rowEnd);
      const scale = scaleOf(values, start, end, bits);
      scales[block] = scale;
      if (bits === 8) encode(values, start, end, scale, 128, packed, block * blockSize);
      else {
        encode(values, start, end, scale, 8, codes, 0);
        pack(codes, packed, block * bytesPerBlock);
      }
    }
  }
  return { packed, scales };
}

// The loops below run once per weight of a model (billions): no views, closures or iterators in them.

function scaleOf(values: Float32Array, start: number, end: number, bits: QuantisedBits): number {
  let largest = 0;
  let magnitude = 0;
  for (let i = start; i < end; i++) {
    const value = values[i];
    const size = value < 0 ? -value : value;
    if (size > magnitude) {
      magnitude = size;
      largest = value;
    }
  }
  if (magnitude === 0) return 0;
  if (bits === 8) return Math.fround(largest / -128);
  return leastErrorScale(values, start, end, largest / -8);
}

/**
 * Of three scales (a smaller one clips the largest weight and spaces the others more finely) the one with the
 * least squared error, then moved to the best scale for the codes that it gives. On normally distributed weights
 * the error is 4 % less than the plain scale's, 1 % more than the best scale's.
 */
function leastErrorScale(values: Float32Array, start: number, end: number, plain: number): number {
  let best = plain;
  let leastError = Infinity;
  for (let step = 0; step < 3; step++) {
    const scale = plain * (1 - 0.08 * step);
    const inverse = 1 / scale;
    let error = 0;
    let product = 0;
    let square = 0;
    for (let i = start; i < end; i++) {
      const value = values[i];
      // Of positive sums, cutting off rounds to nearest; negative ones are out of range.
      let code = ((value * inverse + 8.5) | 0) - 8;
      if (code > 7) code = 7;
      else if (code < -8) code = -8;
      const difference = value - scale * code;
      error += difference * difference;
      product += value * code;
      square += code * code;
    }
    if (error < leastError) {
      leastError = error;
      best = product / square;
    }
  }
  return Math.fround(best);
}

/** Writes a block's codes; padding gets the code of zero, `half`. */
function encode(
  values: Float32Array,
  start: number,
  end: number,
  scale: number,
  half: number,
  codes: Uint8Array,
  at: number,
): void {
  const inverse = scale === 0 ? 0 : 1 / scale;
  const top = 2 * half - 1;
  for (let i = start; i < end; i++) {
    const code = (values[i] * inverse + half + 0.5) | 0;
    codes[at + i - start] = code < 0 ? 0 : code > top ? top : code;
  }
  codes.fill(half, at + end - start, at + blockSize);
}

/** Puts two 4-bit codes into each byte. */
function pack(codes: Uint8Array, packed: Uint8Array, at: number): void {
  for (let i = 0; i < blockSize; i += 2) packed[at + i / 2] = codes[i] | (codes[i + 1] << 4);
}
