import { largeFrom, queryBits } from './scan-module.ts';

/** The largest embedding that the scan's scores have room for. */
export const mostDimensions = 1024;

/**
 * Turns embeddings into codes of two bits a dimension, and queries into what codes are compared with.
 *
 * After a random rotation the numbers of any vector are nearly normally distributed, so a sign tells most of each
 * (correlation 0.80) and a sign with one bit of size nearly all (0.94). The query keeps four bits a number. After
 * Gao & Long, RaBitQ (SIGMOD 2024), which takes one bit; the second spares reading thousands of vectors from disk.
 */
export class Coder {
  /** Dimensions after padding to whole words of 64 bits. */
  readonly size: number;
  readonly words: number;
  readonly center: Float32Array;
  readonly #signs: readonly Float32Array[];
  readonly #block: number;
  readonly #turned: Float32Array;
  readonly #spare: Float32Array;

  /** @param center what is subtracted from every embedding: about the mean of all */
  constructor(center: Float32Array) {
    this.center = center;
    this.size = Math.ceil(center.length / 64) * 64;
    this.words = this.size / 64;
    this.#block = largestPower(this.size);
    this.#signs = Array.from({ length: 3 }, (_, round) => randomSigns(this.size, round + 1));
    this.#turned = new Float32Array(this.size);
    this.#spare = new Float32Array(this.size);
  }

  /**
   * Codes one embedding.
   * @param at its row in `signs` and `sizes` (32-bit words) and `lengths`
   */
  encode(
    embedding: Float32Array,
    { signs, sizes, lengths }: { signs: Uint32Array; sizes: Uint32Array; lengths: Uint8Array },
    at: number,
  ): void {
    const turned = this.#turn(embedding, true);
    let squares = 0;
    for (let i = 0; i < turned.length; i++) squares += turned[i] * turned[i];
    const length = Math.sqrt(squares);
    const large = (largeFrom * length) / Math.sqrt(this.size);
    const first = at * this.words * 2;
    for (let word = 0; word < this.words * 2; word++) {
      let sign = 0;
      let size = 0;
      for (let bit = 0; bit < 32; bit++) {
        const value = turned[word * 32 + bit];
        if (value > 0) sign |= 1 << bit;
        if (value > large || value < -large) size |= 1 << bit;
      }
      signs[first + word] = sign;
      sizes[first + word] = size;
    }
    // A unit vector less a mean is at most 2 long.
    lengths[at] = Math.min(255, Math.round(length * 127));
  }

  /** A query's bit planes, plane after plane, and the sum of its numbers. */
  query(embedding: Float32Array): { planes: Uint32Array; sum: number } {
    const turned = this.#turn(embedding, false);
    let most = 1e-12;
    for (const value of turned) most = Math.max(most, Math.abs(value));
    const planes = new Uint32Array(queryBits * this.words * 2);
    let sum = 0;
    turned.forEach((value, index) => {
      const number = Math.round((value / most) * 7);
      sum += number;
      for (let bit = 0; bit < queryBits; bit++)
        if ((number >> bit) & 1) planes[bit * this.words * 2 + (index >> 5)] |= 1 << (index & 31);
    });
    return { planes, sum };
  }

  /** Rotates: three rounds of random signs, Hadamard transforms of blocks, and a shuffle that mixes the blocks. */
  #turn(embedding: Float32Array, centred: boolean): Float32Array {
    let [from, to] = [this.#turned, this.#spare];
    const { length } = this.center;
    for (let i = 0; i < this.size; i++)
      from[i] = i < length ? embedding[i] - (centred ? this.center[i] : 0) : 0;
    const blocks = this.size / this.#block;
    for (const signs of this.#signs) {
      for (let i = 0; i < this.size; i++) from[i] *= signs[i];
      for (let first = 0; first < this.size; first += this.#block) hadamard(from, first, this.#block);
      if (blocks === 1) continue;
      let at = 0;
      for (let block = 0; block < blocks; block++)
        for (let i = block; i < this.size; i += blocks) to[at++] = from[i];
      [from, to] = [to, from];
    }
    return from;
  }
}

/** The largest power of two that divides a number. */
function largestPower(value: number): number {
  return value & -value;
}

/** In place, of length keeping scale. */
function hadamard(values: Float32Array, first: number, length: number): void {
  for (let half = 1; half < length; half *= 2)
    for (let start = first; start < first + length; start += 2 * half)
      for (let i = start; i < start + half; i++) {
        const a = values[i];
        const b = values[i + half];
        values[i] = a + b;
        values[i + half] = a - b;
      }
  const scale = 1 / Math.sqrt(length);
  for (let i = first; i < first + length; i++) values[i] *= scale;
}

/** The same on every machine: codes on disk depend on them. */
function randomSigns(size: number, seed: number): Float32Array {
  let state = seed * 7919;
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 31 ? 1 : -1;
  });
}
