import type { WeightSource } from './source.ts';
import type { TensorBytes } from './plan.ts';
import { chunkBytes } from './plan.ts';
import { narrow } from './numbers.ts';

/** How weights that graphs compute with in floating point are stored. */
export type FloatType = 'float32' | 'float16';

/** Elements read at once: as float32 they fill one chunk. */
const chunkElements = chunkBytes / 4;

/** Reads named tensors one after another in bounded pieces of float32; a piece is overwritten by the next. */
export async function* readFloats(
  source: WeightSource,
  names: readonly string[],
  pieceElements = chunkElements,
): AsyncGenerator<Float32Array, void, undefined> {
  const buffer = new Float32Array(Math.min(pieceElements, Math.max(...names.map((n) => count(source, n)))));
  for (const name of names) {
    const elements = count(source, name);
    for (let start = 0; start < elements; start += buffer.length) {
      const piece = buffer.subarray(0, Math.min(buffer.length, elements - start));
      await source.read(name, start, piece);
      yield piece;
    }
  }
}

/** The bytes of named tensors one after another (so of their concatenation along the first axis). */
export function floatBytes(source: WeightSource, names: readonly string[], type: FloatType): TensorBytes {
  return async function* () {
    let half: Uint16Array | undefined;
    for await (const piece of readFloats(source, names)) {
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

function count(source: WeightSource, name: string): number {
  const shape = source.shape(name);
  if (shape === undefined) throw new Error(`no tensor ${name}`);
  return shape.reduce((product, size) => product * size, 1);
}
