import { crc32 } from 'node:zlib';
import type { Coder } from './coding.ts';
import {
  bins,
  layoutOf,
  mostRefined,
  scanModule,
  segmentRows,
  type Layout,
  type Scanner,
} from './scan-module.ts';

/** What of WebAssembly is used here; its types come with the DOM's only, which nothing of the engine should see. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => WasmModule;
  Memory: new (size: { initial: number; maximum: number; shared: true }) => WasmMemory;
  Instance: new (module: WasmModule, imports: { host: { memory: WasmMemory } }) => { exports: object };
};
interface WasmModule {
  readonly [kind: symbol]: never;
}
interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
}

/** Makes segments for embeddings of one size; the machine code is compiled once. */
export class SegmentMaker {
  readonly #layout: Layout;
  readonly #module: WasmModule;

  constructor(words: number) {
    this.#layout = layoutOf(words);
    this.#module = new WebAssembly.Module(scanModule(this.#layout));
  }

  make(): Segment {
    return new Segment(this.#layout, this.#module);
  }
}

/** Rows from..past-1. */
export interface Rows {
  from: number;
  past: number;
}

/** The codes of up to {@link segmentRows} embeddings in memory, with what scans them. */
export class Segment {
  readonly memory: WasmMemory;
  /** What scans it, for another thread to do the same. */
  readonly module: WasmModule;
  /** What a file keeps of it, in this order: lengths, signs, sizes, each for all rows. */
  readonly parts: readonly { bytes: Uint8Array; perRow: number }[];
  rows = 0;
  readonly #scanner: Scanner;
  readonly #codes: { signs: Uint32Array; sizes: Uint32Array; lengths: Uint8Array };
  readonly #query: Uint32Array;
  readonly #histogram: Uint32Array;
  readonly #list: Uint32Array;
  readonly #estimates: Int32Array;

  constructor(layout: Layout, module: WasmModule) {
    const { words, pages, query, histogram, lengths, signs, sizes, list, estimates } = layout;
    this.module = module;
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const { exports } = new WebAssembly.Instance(module, { host: { memory: this.memory } });
    this.#scanner = exports as Scanner;
    const { buffer } = this.memory;
    this.#codes = {
      signs: new Uint32Array(buffer, signs, segmentRows * words * 2),
      sizes: new Uint32Array(buffer, sizes, segmentRows * words * 2),
      lengths: new Uint8Array(buffer, lengths, segmentRows),
    };
    this.#query = new Uint32Array(buffer, query, 1024);
    this.#histogram = new Uint32Array(buffer, histogram, bins);
    this.#list = new Uint32Array(buffer, list, mostRefined);
    this.#estimates = new Int32Array(buffer, estimates, mostRefined);
    const plane = segmentRows * words * 8;
    this.parts = [
      { bytes: this.#codes.lengths, perRow: 1 },
      { bytes: new Uint8Array(buffer, signs, plane), perRow: words * 8 },
      { bytes: new Uint8Array(buffer, sizes, plane), perRow: words * 8 },
    ];
  }

  get room(): number {
    return segmentRows - this.rows;
  }

  /** Codes `count` embeddings, row-major from `first` on. There must be room. */
  append(coder: Coder, embeddings: Float32Array, first: number, count: number): void {
    const size = coder.center.length;
    for (let index = 0; index < count; index++) {
      const at = (first + index) * size;
      coder.encode(embeddings.subarray(at, at + size), this.#codes, this.rows + index);
    }
    this.rows += count;
  }

  /** A number that tells whether the rows are still what they were. */
  checksum(): number {
    return this.parts.reduce(
      (crc, { bytes, perRow }) => crc32(bytes.subarray(0, this.rows * perRow), crc),
      0,
    );
  }

  /** Takes a query in; scoring and refining compare with it. */
  prepare({ planes }: { planes: Uint32Array }): void {
    this.#query.set(planes);
    this.#histogram.fill(0);
  }

  /** Scores rows, and counts the scores. */
  score(sum: number, ranges: readonly Rows[]): void {
    for (const { from, past } of ranges) if (past > from) this.#scanner.scan(from, past, sum);
  }

  /** How often each score came up, [bins]: a view that the next query overwrites. */
  get histogram(): Uint32Array {
    return this.#histogram;
  }

  /** Lists the scored rows whose score is at least `least`, with an estimate of each by all bits. @returns how many */
  refine(sum: number, ranges: readonly Rows[], least: number): number {
    let count = 0;
    for (const { from, past } of ranges)
      if (past > from) count = this.#scanner.collect(from, past, least, count);
    if (count > 0) this.#scanner.refine(count, sum);
    return count;
  }

  /** What refining listed; estimates are comparable among segments. Views that the next query overwrites. */
  refined(count: number): { rows: Uint32Array; estimates: Int32Array } {
    return { rows: this.#list.subarray(0, count), estimates: this.#estimates.subarray(0, count) };
  }
}
