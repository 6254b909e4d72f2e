import { badCheckpoint } from '../checkpoint/problems.ts';
import type { WeightSource } from './source.ts';
import type { TensorBytes } from './plan.ts';
import { chunkBytes } from './plan.ts';
import { narrow } from './numbers.ts';

/** How weights that graphs compute with in floating point are stored. */
export type FloatType = 'float32' | 'float16';

/** Elements read at once: as float32 they fill one chunk. */
const chunkElements = chunkBytes / 4;

/** Weights beyond this become infinite in half precision. */
const largestHalf = 65_519;

/**
 * Reads named tensors one after another in bounded pieces of float32; a piece is overwritten by the next.
 * @throws LongviewError `bad-checkpoint` at a weight that is no number or larger than `limit`.
 */
export async function* readFloats(
  source: WeightSource,
  names: readonly string[],
  pieceElements = chunkElements,
  limit = 3.4028234663852886e38,
): AsyncGenerator<Float32Array, void, undefined> {
  const buffer = new Float32Array(Math.min(pieceElements, Math.max(...names.map((n) => count(source, n)))));
  for (const name of names) {
    const elements = count(source, name);
    for (let start = 0; start < elements; start += buffer.length) {
      const piece = buffer.subarray(0, Math.min(buffer.length, elements - start));
      await source.read(name, start, piece);
      requireUsable(name, piece, limit);
      yield piece;
    }
  }
}

/** The bytes of named tensors one after another (so of their concatenation along the first axis). */
export function floatBytes(source: WeightSource, names: readonly string[], type: FloatType): TensorBytes {
  return async function* () {
    let half: Uint16Array | undefined;
    const limit = type === 'float16' ? largestHalf : undefined;
    for await (const piece of readFloats(source, names, undefined, limit)) {
      if (type === 'float32') {
        yield new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
        continue;
      }
      half ??= new Uint16Array(piece.length);
      if (half.length < piece.length) half = new Uint16Array(piece.length);
      const rounded = half.subarray(0, piece.length);
      narrow(piece, rounded);
      yield new Uint8Array(rounded.buffer, rounded.byteOffset, rounded.byteLength);
    }
  };
}

function requireUsable(name: string, values: Float32Array, limit: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value <= limit && value >= -limit) continue;
    throw badCheckpoint(
      Number.isFinite(value)
        ? `${name} holds ${value}, which half precision can't; choose another precision`
        : `${name} holds a value that is no number (${value})`,
      { tensor: name },
    );
  }
}

function count(source: WeightSource, name: string): number {
  const shape = source.shape(name);
  if (shape === undefined) throw new Error(`no tensor ${name}`);
  return shape.reduce((product, size) => product * size, 1);
}
