/** Bits of a block-quantised weight. */
export type QuantisedBits = 4 | 8;

/** Weights that share one scale (and zero point): the block size of every quantised matrix here. */
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
 * Quantises rows of a matrix symmetrically in blocks along a row: weight = scale * (q - 2^(bits-1)), which is
 * MatMulNBits without zero points. The value of largest magnitude gets the code at the end of the longer half
 * (as its sign decides the scale's), and for 4 bits the scale with the least squared error is chosen around it.
 */
export function quantiseRows(values: Float32Array, columns: number, bits: QuantisedBits): QuantisedRows {
  const rows = values.length / columns;
  const blocks = blocksOf(columns);
  const bytesPerBlock = (blockSize * bits) / 8;
  const packed = new Uint8Array(rows * blocks * bytesPerBlock);
  const scales = new Float32Array(rows * blocks);
  const codes = new Uint8Array(blockSize);
  for (let block = 0; block < rows * blocks; block++) {
    const row = Math.floor(block / blocks);
    const column = (block % blocks) * blockSize;
    const start = row * columns + column;
    const piece = values.subarray(start, start + Math.min(blockSize, columns - column));
    scales[block] = quantiseBlock(piece, bits, codes);
    pack(codes, bits, packed, block * bytesPerBlock);
  }
  return { packed, scales };
}

/** Fills `codes` (padding gets the code of zero). @returns the scale. */
function quantiseBlock(values: Float32Array, bits: QuantisedBits, codes: Uint8Array): number {
  const half = 2 ** (bits - 1);
  const end = largest(values) / -half;
  codes.fill(half);
  if (end === 0) return 0;
  const scale = bits === 4 ? leastError(values, end, half) : Math.fround(end);
  for (let i = 0; i < values.length; i++)
    codes[i] = half + clamp(Math.round((values[i] as number) / scale), half);
  return scale;
}

/** Shrinking the range a little clips the largest weight and spaces the others more finely. */
function leastError(values: Float32Array, end: number, half: number): number {
  let best = Math.fround(end);
  let bestError = Infinity;
  for (let step = 0; step <= 8; step++) {
    const scale = Math.fround(end * (1.08 - 0.04 * step));
    let error = 0;
    for (const value of values) {
      const difference = value - scale * clamp(Math.round(value / scale), half);
      error += difference * difference;
    }
    if (error < bestError) {
      bestError = error;
      best = scale;
    }
  }
  return best;
}

function clamp(code: number, half: number): number {
  return code < -half ? -half : code > half - 1 ? half - 1 : code;
}

/** The value of largest magnitude, with its sign. */
function largest(values: Float32Array): number {
  let found = 0;
  for (const value of values) if (Math.abs(value) > Math.abs(found)) found = value;
  return found;
}

function pack(codes: Uint8Array, bits: QuantisedBits, packed: Uint8Array, offset: number): void {
  if (bits === 8) {
    packed.set(codes, offset);
    return;
  }
  for (let i = 0; i < blockSize; i += 2)
    packed[offset + i / 2] = (codes[i] as number) | ((codes[i + 1] as number) << 4);
}
