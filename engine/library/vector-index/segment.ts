import { crc32 } from 'node:zlib';
import type { CodedQuery, Coder, CodeTable } from './coding.ts';
import { groupsOf, type Group } from './grouping.ts';
import {
  anyRadius,
  bins,
  blockRows,
  layoutOf,
  scanModule,
  segmentGroups,
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

/** Items from..past-1. */
export interface Range {
  from: number;
  past: number;
}

/** One step of a scan: the function that does it, and what that takes after the groups it is about. */
export type Step =
  | { does: 'scoreGroups'; values: readonly [offset: number, middle: number] }
  | { does: 'scoreRows'; values: readonly [offset: number, least: number, slack: number] }
  | { does: 'listRows'; values: readonly [leastRow: number, least: number, slack: number] };

/** What a file keeps of a segment: so many bytes for each row or group. */
export interface Part {
  bytes: Uint8Array;
  of: 'rows' | 'groups';
  each: number;
}

/** As many groups more than a quarter of the rows may there be where pictures change fast. */
const spareGroups = 16;

/**
 * The codes of up to {@link segmentRows} embeddings in memory, with what scans them. A group has the code of its mean,
 * its rows have codes of how they differ from what that says.
 */
export class Segment {
  readonly memory: WasmMemory;
  /** What scans it, for another thread to do the same. */
  readonly module: WasmModule;
  readonly parts: readonly Part[];
  rows = 0;
  groups = 0;
  readonly #scanner: Scanner;
  readonly #rowCodes: CodeTable;
  readonly #groupCodes: CodeTable;
  readonly #radii: Uint8Array;
  readonly #starts: Uint32Array;
  readonly #tables: Uint8Array;
  readonly #histograms: { groups: Uint32Array; rows: Uint32Array };
  readonly #scores: Uint16Array;
  readonly #list: Uint32Array;
  readonly #listed: Uint32Array;
  readonly #summed: Uint32Array;

  constructor(layout: Layout, module: WasmModule) {
    const { bytes, pages, tables, summed, rows, groups, list, listed } = layout;
    this.module = module;
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const { exports } = new WebAssembly.Instance(module, { host: { memory: this.memory } });
    this.#scanner = exports as Scanner;
    const { buffer } = this.memory;
    const codesOf = (place: { codes: number; lengths: number }, count: number) => ({
      codes: new Uint8Array(buffer, place.codes, count * bytes),
      lengths: new Uint8Array(buffer, place.lengths, count),
    });
    this.#rowCodes = codesOf(rows, segmentRows);
    this.#groupCodes = codesOf(groups, segmentGroups);
    this.#radii = new Uint8Array(buffer, groups.radii, segmentGroups);
    this.#starts = new Uint32Array(buffer, groups.starts, segmentGroups + 1);
    this.#tables = new Uint8Array(buffer, tables, bytes * 32);
    this.#histograms = {
      groups: new Uint32Array(buffer, groups.histogram, bins),
      rows: new Uint32Array(buffer, rows.histogram, bins),
    };
    this.#scores = new Uint16Array(buffer, rows.scores, segmentRows);
    this.#list = new Uint32Array(buffer, list, segmentRows);
    this.#listed = new Uint32Array(buffer, listed, 1);
    this.#summed = new Uint32Array(buffer, summed, 1);
    const starts = new Uint8Array(buffer, groups.starts + 4, segmentGroups * 4);
    this.parts = [
      { bytes: this.#rowCodes.lengths, of: 'rows', each: 1 },
      { bytes: this.#rowCodes.codes, of: 'rows', each: bytes },
      { bytes: this.#groupCodes.lengths, of: 'groups', each: 1 },
      { bytes: this.#groupCodes.codes, of: 'groups', each: bytes },
      { bytes: this.#radii, of: 'groups', each: 1 },
      // Where each group ends.
      { bytes: starts, of: 'groups', each: 4 },
    ];
  }

  get room(): number {
    return segmentRows - this.rows;
  }

  /** Codes `count` embeddings, row-major from `first` on. There must be room. */
  append(coder: Coder, embeddings: Float32Array, first: number, count: number): void {
    const size = coder.center.length;
    const before = this.rows;
    // One is under way that isn't counted yet.
    const mayBegin = (row: number) =>
      this.groups + 1 < Math.min(segmentGroups, (before + row) / 4 + spareGroups);
    for (const group of groupsOf(embeddings, size, { first, count }, mayBegin)) {
      const base = this.#begin(coder, group);
      for (const past = this.rows + group.rows; this.rows < past; this.rows++) {
        const at = (first + this.rows - before) * size;
        coder.encode(embeddings.subarray(at, at + size), this.#rowCodes, this.rows, base);
      }
      this.#starts[this.groups] = this.rows;
    }
  }

  /** @returns what the code of its mean says */
  #begin(coder: Coder, { mean, furthest }: Group): Float32Array {
    if (this.groups === segmentGroups) {
      // Thousands of videos of a temporal patch or two share the last group, which is looked at in any case.
      this.#radii[this.groups - 1] = anyRadius;
    } else {
      coder.encode(mean, this.#groupCodes, this.groups);
      this.#radii[this.groups] = coder.radius(mean, furthest);
      this.groups++;
    }
    return coder.decode(this.#groupCodes, this.groups - 1);
  }

  /** The groups that some rows are in. */
  groupsOf({ from, past }: Range): Range {
    return { from: this.groupOf(from), past: past > from ? this.groupOf(past - 1) + 1 : this.groupOf(from) };
  }

  /** The group that a row is in; how many there are for a row past the last. */
  groupOf(row: number): number {
    let [low, high] = [0, this.groups];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle + 1] <= row) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Mean square of the rows' distance from the codes of their groups' means; of every 16th row. */
  spread(): number {
    let [squares, count] = [0, 0];
    for (let row = 0; row < this.rows; row += 16, count++)
      squares += (this.#rowCodes.lengths[row] / 127) ** 2;
    return count > 0 ? squares / count : 0;
  }

  /** A number that tells whether the rows are still what they were. */
  checksum(): number {
    return this.parts.reduce((crc, part) => crc32(part.bytes.subarray(...this.placeOf(part, 0)), crc), 0);
  }

  /** The bytes of a part from an item on: whole blocks, since the codes of one lie among each other. */
  placeOf({ of, each }: Part, from: number): [first: number, past: number] {
    const past = Math.ceil(this[of] / blockRows) * blockRows;
    return [(from - (from % blockRows)) * each, past * each];
  }

  /** Takes a query in; scoring compares with it. */
  prepare({ tables }: Pick<CodedQuery, 'tables'>): void {
    this.#tables.set(tables);
    this.#summed[0] = 0;
    this.reset('scoreGroups');
    this.reset('scoreRows');
    this.reset('listRows');
  }

  /** Makes ready for a step to be done, or done again. */
  reset(step: Step['does']): void {
    if (step === 'scoreGroups') this.#histograms.groups.fill(0);
    else if (step === 'scoreRows') this.#histograms.rows.fill(0);
    else this.#listed[0] = 0;
  }

  /** Does a step for some groups. */
  do({ does, values }: Step, ranges: readonly Range[]): void {
    const work: (from: number, past: number, ...values: readonly number[]) => void = this.#scanner[does];
    for (const { from, past } of ranges) if (past > from) work(from, past, ...values);
  }

  /** How often each score came up, [bins]: a view that the next query overwrites. */
  histogram(of: 'rows' | 'groups'): Uint32Array {
    return this.#histograms[of];
  }

  /** What was listed: a view that the next query overwrites. */
  get listed(): Uint32Array {
    return this.#list.subarray(0, this.#listed[0]);
  }

  /** The score of a row that was scored. */
  scoreOf(row: number): number {
    return this.#scores[row];
  }
}
