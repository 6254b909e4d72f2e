import { blockRows, tableMost } from './scan-module.ts';

/** The largest embedding that the scan's scores have room for. */
export const mostDimensions = 1024;

/**
 * The value of a number by its sign and whether it is large. Levels and threshold are the best of four for normally
 * distributed numbers (Max 1960): 0.45 and 1.51 deviations, parted at 0.98.
 */
const levels = { small: 0.4528, large: 1.51 };
/** A number is large from so many deviations on. */
const largeFrom = 0.9816;

/** How far a vector is from its code, as a share of its length: of normally distributed numbers, from Max. */
const codeError = 0.343;
/**
 * A group is passed over where even a row that adds so many deviations to its mean's score wouldn't do. Of the best row
 * of each group of real footage 98 of 100 add less; a deviation is what a random direction of that length adds.
 */
const slackDeviations = 3;

/** Where codes are kept. */
export interface CodeTable {
  codes: Uint8Array;
  /** Of the vectors, in 127ths. */
  lengths: Uint8Array;
}

/** A query as codes are compared with it. */
export interface CodedQuery {
  tables: Uint8Array;
  /** What undoes the tables' lift in a sum. */
  offset: number;
  /** What a group's radius is worth in scores, in 256ths. */
  slack: number;
}

/**
 * Turns embeddings into codes of two bits a dimension, and queries into what codes are compared with.
 *
 * After a random rotation the numbers of any vector are nearly normally distributed, so a sign tells most of each
 * (correlation 0.80) and a sign with one bit of size nearly all (0.94). After Gao & Long, RaBitQ (SIGMOD 2024), which
 * takes one bit; the second spares reading thousands of vectors from disk.
 */
export class Coder {
  /** Dimensions after padding to whole words of 64 bits. */
  readonly size: number;
  /** Bytes of a code. */
  readonly bytes: number;
  readonly center: Float32Array;
  readonly #signs: readonly Float32Array[];
  readonly #block: number;
  readonly #turned: Float32Array;
  readonly #spare: Float32Array;

  /** @param center what is subtracted from every embedding: about the mean of all */
  constructor(center: Float32Array) {
    this.center = center;
    this.size = Math.ceil(center.length / 64) * 64;
    this.bytes = this.size / 4;
    this.#block = largestPower(this.size);
    this.#signs = Array.from({ length: 3 }, (_, round) => randomSigns(this.size, round + 1));
    this.#turned = new Float32Array(this.size);
    this.#spare = new Float32Array(this.size);
  }

  /**
   * Codes one embedding, or how it differs from another one's code.
   * @param at its row in `codes` (blocks of rows, byte by byte) and `lengths`
   * @param base what {@link decode} says of that other one
   */
  encode(embedding: Float32Array, { codes, lengths }: CodeTable, at: number, base?: Float32Array): void {
    const turned = this.#turn(embedding, true);
    let squares = 0;
    for (let i = 0; i < turned.length; i++) {
      if (base) turned[i] -= base[i];
      squares += turned[i] * turned[i];
    }
    const length = Math.sqrt(squares);
    const large = (largeFrom * length) / Math.sqrt(this.size);
    let place = placeOf(at, this.bytes);
    for (let first = 0; first < this.size; first += 4, place += blockRows) {
      let code = 0;
      for (let i = 0; i < 4; i++) {
        const value = turned[first + i];
        if (value > 0) code |= 1 << (2 * i);
        if (value > large || value < -large) code |= 2 << (2 * i);
      }
      codes[place] = code;
    }
    lengths[at] = lengthByte(length);
  }

  /** What a code says of a vector, rotated and without the centre, [size]. */
  decode({ codes, lengths }: CodeTable, at: number): Float32Array {
    const scale = lengths[at] / 127 / Math.sqrt(this.size);
    const decoded = new Float32Array(this.size);
    let place = placeOf(at, this.bytes);
    for (let first = 0; first < this.size; first += 4, place += blockRows)
      for (let i = 0; i < 4; i++) decoded[first + i] = scale * levelOf((codes[place] >> (2 * i)) & 3);
    return decoded;
  }

  /**
   * How far the rows of a group may be from what the code of their mean says, as a byte.
   * @param furthest distance of a row from the mean
   */
  radius(mean: Float32Array, furthest: number): number {
    let squares = 0;
    for (let i = 0; i < mean.length; i++) squares += (mean[i] - this.center[i]) ** 2;
    return lengthByte(Math.hypot(furthest, codeError * Math.sqrt(squares)));
  }

  /**
   * What the codes are compared with: for every pair of numbers a table of what each of its 16 codes adds to the product,
   * in bytes, all lifted so that none is negative.
   */
  query(embedding: Float32Array): CodedQuery {
    const turned = this.#turn(embedding, false);
    const length = Math.hypot(...turned);
    let widest = 1e-12;
    for (let i = 0; i < this.size; i += 2)
      widest = Math.max(widest, Math.abs(turned[i]) + Math.abs(turned[i + 1]));
    const scale = tableMost / (2 * levels.large * widest);
    const tables = new Uint8Array(this.size * 8);
    let lifted = 0;
    for (let i = 0; i < this.size; i += 2) {
      const [a, b] = [turned[i] * scale, turned[i + 1] * scale];
      const least = -levels.large * (Math.abs(a) + Math.abs(b));
      lifted += least;
      for (let code = 0; code < 16; code++)
        tables[i * 8 + code] = Math.round(a * levelOf(code & 3) + b * levelOf(code >> 2) - least);
    }
    return { tables, offset: Math.round(lifted), slack: Math.round(slackDeviations * length * scale) };
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

/** Where the first byte of a code lies. */
function placeOf(at: number, bytes: number): number {
  const inBlock = at % blockRows;
  return (at - inBlock) * bytes + inBlock;
}

/** A unit vector less a mean is at most 2 long. */
function lengthByte(length: number): number {
  return Math.min(255, Math.round(length * 127));
}

function levelOf(code: number): number {
  const size = code & 2 ? levels.large : levels.small;
  return code & 1 ? size : -size;
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
