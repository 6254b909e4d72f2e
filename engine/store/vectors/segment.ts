import { crc32 } from 'node:zlib';
import type { Coder } from './coding.ts';
import {
  bins,
  blockRows,
  layoutOf,
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

  /** @param bytes of a row's code */
  constructor(bytes: number) {
    this.#layout = layoutOf(bytes);
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
  /** What a file keeps of it, in this order: lengths and codes, each for all rows. */
  readonly parts: readonly { bytes: Uint8Array; perRow: number }[];
  rows = 0;
  readonly #scanner: Scanner;
  readonly #codes: { codes: Uint8Array; lengths: Uint8Array };
  readonly #tables: Uint8Array;
  readonly #histogram: Uint32Array;
  readonly #scores: Uint16Array;
  readonly #list: Uint32Array;

  constructor(layout: Layout, module: WasmModule) {
    const { bytes, pages, tables, histogram, lengths, scores, codes, list } = layout;
    this.module = module;
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const { exports } = new WebAssembly.Instance(module, { host: { memory: this.memory } });
    this.#scanner = exports as Scanner;
    const { buffer } = this.memory;
    this.#codes = {
      codes: new Uint8Array(buffer, codes, segmentRows * bytes),
      lengths: new Uint8Array(buffer, lengths, segmentRows),
    };
    this.#tables = new Uint8Array(buffer, tables, bytes * 32);
    this.#histogram = new Uint32Array(buffer, histogram, bins);
    this.#scores = new Uint16Array(buffer, scores, segmentRows);
    this.#list = new Uint32Array(buffer, list, segmentRows);
    this.parts = [
      { bytes: this.#codes.lengths, perRow: 1 },
      { bytes: this.#codes.codes, perRow: bytes },
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
    return this.parts.reduce((crc, part) => crc32(rowsOf(part, 0, this.rows), crc), 0);
  }

  /** Takes a query in; scoring compares with it. */
  prepare({ tables }: { tables: Uint8Array }): void {
    this.#tables.set(tables);
    this.#histogram.fill(0);
  }

  /** Scores rows, and counts the scores. */
  score(offset: number, ranges: readonly Rows[]): void {
    for (const { from, past } of ranges) if (past > from) this.#scanner.scan(from, past, offset);
  }

  /** How often each score came up, [bins]: a view that the next query overwrites. */
  get histogram(): Uint32Array {
    return this.#histogram;
  }

  /** Lists the scored rows whose score is at least `least`. @returns how many */
  collect(ranges: readonly Rows[], least: number): number {
    let count = 0;
    for (const { from, past } of ranges)
      if (past > from) count = this.#scanner.collect(from, past, least, count);
    return count;
  }

  /** What was listed: a view that the next query overwrites. */
  listed(count: number): Uint32Array {
    return this.#list.subarray(0, count);
  }

  /** The score of a row that was scored. */
  scoreOf(row: number): number {
    return this.#scores[row];
  }
}

/** Bytes of a part that hold some rows: whole blocks, since the rows of one lie among each other. */
export function rowsOf({ bytes, perRow }: Segment['parts'][number], from: number, past: number): Uint8Array {
  const [first, end] = blocksOf(from, past);
  return bytes.subarray(first * perRow, end * perRow);
}

/** The rows of the blocks that hold some rows. */
export function blocksOf(from: number, past: number): [from: number, past: number] {
  return [from - (from % blockRows), Math.ceil(past / blockRows) * blockRows];
}
