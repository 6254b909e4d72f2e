import { dot } from '../../core/vectors.ts';
import { closeSync, constants, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

/** Where a row's embedding is from: a temporal patch of a run. */
export interface RowPlace {
  row: number;
  run: string;
  patch: number;
}

/** Rows that lie no further apart are read at once. */
const nearBy = 8;
const mostAtOnce = 128;
/** Bytes before a row's numbers: its check (int32) and its scale (float32). */
const head = 8;

/**
 * Embeddings in 8 bits a number, row after row in a file, to be read one by one: a few thousand take some milliseconds,
 * where the database takes fifteen times that. It is a cache: a row that isn't there, isn't whole or is of another
 * temporal patch is told apart by its check and has no similarity; who knows it writes it. Nothing here throws for a
 * disk that is full, gone or read-only: then nothing is there.
 */
export class RowFile {
  readonly #path: string;
  readonly #dimensions: number;
  readonly #stride: number;
  #file: number | undefined;
  readonly #bytes: Uint8Array;

  constructor(path: string, dimensions: number) {
    this.#path = path;
    this.#dimensions = dimensions;
    this.#stride = head + Math.ceil(dimensions / 4) * 4;
    this.#bytes = new Uint8Array(this.#stride * mostAtOnce);
  }

  /** Empties the file: its rows belong to codes that are gone. */
  clear(): void {
    this.#try((file) => ftruncateSync(file, 0));
  }

  /**
   * Keeps the embeddings of consecutive rows that are consecutive temporal patches of a run. @param embeddings
   * row-major
   */
  write({ row, run, patch }: RowPlace, embeddings: Float32Array): void {
    const count = embeddings.length / this.#dimensions;
    const bytes = new Uint8Array(count * this.#stride);
    const seed = seedOf(run);
    for (let index = 0; index < count; index++) {
      const from = index * this.#dimensions;
      this.#pack(embeddings.subarray(from, from + this.#dimensions), bytes, index, seed, patch + index);
    }
    this.#try((file) => {
      for (let done = 0; done < bytes.length;)
        done += writeSync(file, bytes, done, bytes.length - done, row * this.#stride + done);
    });
  }

  /**
   * Similarity of a query to some rows, within a few thousandths for unit vectors; NaN for rows that aren't there.
   * @param places ascending by row
   */
  similarities(query: Float32Array, places: readonly RowPlace[]): Float64Array {
    const found = new Float64Array(places.length).fill(NaN);
    this.#try((file) => {
      for (let first = 0; first < places.length;) {
        const start = places[first].row;
        let past = first + 1;
        while (
          past < places.length &&
          places[past].row - places[past - 1].row <= nearBy &&
          places[past].row - start < mostAtOnce
        )
          past++;
        const rows = places[past - 1].row - start + 1;
        const read = readSync(file, this.#bytes, 0, rows * this.#stride, start * this.#stride);
        for (; first < past; first++) {
          const index = places[first].row - start;
          if ((index + 1) * this.#stride <= read) found[first] = this.#dot(query, index, places[first]);
        }
      }
    });
    return found;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #pack(embedding: Float32Array, bytes: Uint8Array, index: number, seed: number, patch: number): void {
    let largest = 1e-12;
    for (const value of embedding) largest = Math.max(largest, Math.abs(value));
    const at = index * this.#stride;
    const numbers = new Int8Array(bytes.buffer, at + head, embedding.length);
    for (let i = 0; i < embedding.length; i++) numbers[i] = Math.round((embedding[i] / largest) * 127);
    new Float32Array(bytes.buffer, at + 4, 1)[0] = largest / 127;
    new Int32Array(bytes.buffer, at, 1)[0] = checkOf(this.#words(bytes, index), seed, patch);
  }

  #dot(query: Float32Array, index: number, { run, patch }: RowPlace): number {
    const at = index * this.#stride;
    const [check] = new Int32Array(this.#bytes.buffer, at, 1);
    if (check !== checkOf(this.#words(this.#bytes, index), seedOf(run), patch)) return NaN;
    const numbers = new Int8Array(this.#bytes.buffer, at + head, query.length);
    return dot(query, numbers, 0) * new Float32Array(this.#bytes.buffer, at + 4, 1)[0];
  }

  /** A row's scale and numbers. */
  #words(bytes: Uint8Array, index: number): Int32Array {
    return new Int32Array(bytes.buffer, index * this.#stride + 4, this.#stride / 4 - 1);
  }

  #try(work: (file: number) => void): void {
    try {
      this.#file ??= openOrMake(this.#path);
      work(this.#file);
    } catch {
      // A cache that can't be read or written is empty.
    }
  }
}

function openOrMake(path: string): number {
  // Never through a link: the library may be somebody else's.
  const { O_RDWR, O_CREAT, O_NOFOLLOW = 0 } = constants;
  return openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
}

let lastRun = '';
let lastSeed = 0;

/** A number for a run; the last one is remembered, since rows come run by run. */
function seedOf(run: string): number {
  if (run === lastRun) return lastSeed;
  let seed = 0x811c9dc5;
  for (let i = 0; i < run.length; i++) seed = Math.imul(seed ^ run.charCodeAt(i), 0x01000193);
  [lastRun, lastSeed] = [run, seed];
  return seed;
}

/** Depends on the run, the temporal patch and every bit of the row. */
function checkOf(words: Int32Array, seed: number, patch: number): number {
  let check = Math.imul(seed ^ patch, 0x9e3779b1) | 1;
  for (let i = 0; i < words.length; i++) check = Math.imul(check, 31) + words[i] + (check >>> 15);
  return check | 0;
}
