import { dot } from '../../core/vectors.ts';
import { TopK } from '../../core/top-k.ts';
import { CodeScan } from './code-scan.ts';
import { Coder, mostDimensions } from './coding.ts';
import { CodeFile, type Codes } from './index-file.ts';
import { RowFile, type RowPlace } from './row-file.ts';
import { segmentRows } from './scan-module.ts';
import { SegmentMaker, type Range } from './segment.ts';

/** A run whose embeddings are to be found. */
export interface CodedRun {
  id: string;
  patches: number;
}

/** A temporal patch among the nearest. */
export interface Near {
  run: string;
  patch: number;
  /** Within a few thousandths, for unit vectors. */
  similarity: number;
}

/** Rows whose mean the codes are made around. */
const centerRows = 20_000;
/**
 * So many of the best by their codes are compared in eight bits: that many times the number wanted, and at least as
 * many as leave hardly one of the nearest out. That grows with the root of the library, and with the square of how far
 * rows lie from the means of their groups, which is what their codes can be wrong by.
 */
const reread = { times: 2, least: 800, ofRoot: 2.2 };
/** Dead rows cost a look each; with more of them than living ones the codes are made anew. */
const mostDead = 0.5;

/**
 * Finds the temporal patches whose embeddings are nearest to a query's among millions: by two bits of every number,
 * first of the means of neighbouring temporal patches that are alike, then of the temporal patches where a mean is
 * promising, on two cores where there are two; and by eight bits of what scored best, from a file. Videos are
 * appended; those that went are passed over.
 */
export class VectorIndex {
  readonly #path: string;
  readonly #file: CodeFile;
  readonly #embeddingsOf: (run: CodedRun, first: number, count: number) => Float32Array;
  #codes: Codes | undefined;
  #coder: Coder | undefined;
  #rowFile: RowFile | undefined;
  readonly #scan = new CodeScan();
  /** Mean square of the rows' distance from the codes of their groups' means. */
  #spread = 1;
  /** By living run. */
  #firstRows = new Map<string, number>();
  /** All groups that living runs are in, by segment. */
  #living: Range[][] = [];

  /**
   * @param path of the file of codes; the rows lie beside it
   * @param embeddingsOf reads temporal patches of a run, row-major
   */
  constructor(path: string, embeddingsOf: (run: CodedRun, first: number, count: number) => Float32Array) {
    this.#path = path;
    this.#file = new CodeFile(path);
    this.#embeddingsOf = embeddingsOf;
  }

  /** Whether embeddings of this size can be coded. */
  static takes(dimensions: number): boolean {
    return dimensions > 0 && dimensions <= mostDimensions;
  }

  /** Bytes of memory that the codes take. */
  get bytes(): number {
    return (this.#codes?.segments ?? []).reduce((sum, { memory }) => sum + memory.buffer.byteLength, 0);
  }

  /** Makes it hold just these runs: reads its file at first, appends what is new, marks what went. */
  update(runs: readonly CodedRun[]): void {
    if (!this.#codes) this.#open(runs);
    const living = new Map(runs.map((run) => [run.id, run]));
    let changed = false;
    for (const slice of this.#codes!.slices) {
      const dead = living.get(slice.run)?.patches !== slice.rows;
      changed ||= dead !== slice.dead;
      slice.dead = dead;
    }
    const dead = this.#rows(({ dead }) => dead);
    if (dead > mostDead * this.#rows(() => true)) this.#start(runs);
    const known = new Set(this.#codes!.slices.filter(({ dead }) => !dead).map(({ run }) => run));
    const firstRow = this.#rows(() => true);
    for (const run of runs) if (!known.has(run.id)) this.#append(run);
    if (changed || this.#rows(() => true) > firstRow) this.#save(firstRow);
    this.#firstRows = this.#placesOfRuns();
    this.#living = this.#ranges(undefined);
    this.#spread = meanOf(this.#codes!.segments.map((segment) => segment.spread()));
  }

  /**
   * The temporal patches that are nearest, best first.
   * @param among runs to look in; all where absent
   */
  nearest(query: Float32Array, count: number, among?: ReadonlySet<string>): Near[] {
    const { times, least, ofRoot } = reread;
    const root = Math.sqrt(this.#rows(() => true));
    const looked = Math.max(least, times * count, Math.round(ofRoot * root * this.#spread));
    const ranges = among ? this.#ranges(among) : this.#living;
    const rows = this.#scan.nearest(this.#codes!.segments, ranges, this.#coder!.query(query), looked);
    const best = new TopK(count);
    const places = this.#placesOf(rows.sort(), among);
    this.#similarities(query, places).forEach((similarity, index) => best.offer(similarity, index));
    return best
      .best()
      .map(({ item, score }) => ({ run: places[item].run, patch: places[item].patch, similarity: score }));
  }

  /** Similarity of a query to temporal patches of a run, within a few thousandths for unit vectors. */
  similarities({ id }: CodedRun, { from, past }: Range, query: Float32Array): Float32Array {
    const firstRow = this.#firstRows.get(id);
    if (firstRow === undefined) throw new RangeError(`no run ${id}`);
    const places = Array.from({ length: past - from }, (_, index) => ({
      ...{ row: firstRow + from + index, run: id, patch: from + index },
    }));
    return Float32Array.from(this.#similarities(query, places));
  }

  /** Similarity of a query to single temporal patches, in their order. */
  similaritiesAt(query: Float32Array, places: readonly { run: string; patch: number }[]): Float64Array {
    const rows = places.map(({ run, patch }, order) => {
      const firstRow = this.#firstRows.get(run);
      if (firstRow === undefined) throw new RangeError(`no run ${run}`);
      return { row: firstRow + patch, run, patch, order };
    });
    rows.sort((a, b) => a.row - b.row);
    const found = this.#similarities(query, rows);
    const inOrder = new Float64Array(places.length);
    rows.forEach(({ order }, index) => (inOrder[order] = found[index]));
    return inOrder;
  }

  /** @param places ascending by row */
  #similarities(query: Float32Array, places: readonly RowPlace[]): Float64Array {
    const rowFile = this.#rows8();
    const similarities = rowFile.similarities(query, places);
    for (const [index, place] of places.entries()) {
      if (!Number.isNaN(similarities[index])) continue;
      const { run, patch } = place;
      const patches = this.#codes!.slices.find((slice) => slice.run === run)!.rows;
      const embedding = this.#embeddingsOf({ id: run, patches }, patch, 1);
      rowFile.write(place, embedding);
      similarities[index] = dot(query, embedding, 0);
    }
    return similarities;
  }

  /** Where rows are from, without those of runs that were not to be looked in. @param rows ascending */
  #placesOf(rows: Uint32Array, among: ReadonlySet<string> | undefined): RowPlace[] {
    const { slices } = this.#codes!;
    const places: RowPlace[] = [];
    let [slice, first] = [0, 0];
    for (const row of rows) {
      while (row >= first + slices[slice].rows) first += slices[slice++].rows;
      const { run, dead } = slices[slice];
      if (!dead && (!among || among.has(run))) places.push({ row, run, patch: row - first });
    }
    return places;
  }

  #rows8(): RowFile {
    return (this.#rowFile ??= new RowFile(`${this.#path}.rows`, this.#codes!.center.length));
  }

  /** Ends the second thread. */
  async close(): Promise<void> {
    this.#rowFile?.close();
    this.#rowFile = undefined;
    await this.#scan.close();
  }

  #open(runs: readonly CodedRun[]): void {
    this.#codes = this.#file.read((dimensions) => new SegmentMaker(Math.ceil(dimensions / 64) * 16));
    if (this.#codes) this.#coder = new Coder(this.#codes.center);
    else this.#start(runs);
  }

  /** Nothing coded yet, around the mean of the first embeddings. */
  #start(runs: readonly CodedRun[]): void {
    let sum = new Float64Array(0);
    let rows = 0;
    for (const run of runs) {
      const count = Math.min(run.patches, centerRows - rows);
      if (count <= 0) continue;
      const some = this.#embeddingsOf(run, 0, count);
      const size = some.length / count;
      if (sum.length === 0) sum = new Float64Array(size);
      for (let i = 0; i < some.length; i++) sum[i % size] += some[i];
      rows += count;
    }
    const center = Float32Array.from(sum, (value) => value / rows);
    this.#scan.forget();
    this.#codes = { center, slices: [], segments: [] };
    this.#coder = new Coder(center);
    this.#rowFile?.close();
    this.#rowFile = undefined;
    if (VectorIndex.takes(center.length)) this.#rows8().clear();
  }

  #append(run: CodedRun): void {
    const { segments, slices } = this.#codes!;
    const firstRow = this.#rows(() => true);
    let maker: SegmentMaker | undefined;
    for (let first = 0; first < run.patches;) {
      let segment = segments.at(-1);
      if (!segment || segment.room === 0) {
        maker ??= new SegmentMaker(this.#coder!.bytes);
        segments.push((segment = maker.make()));
      }
      const count = Math.min(segment.room, run.patches - first, 8192);
      const embeddings = this.#embeddingsOf(run, first, count);
      segment.append(this.#coder!, embeddings, 0, count);
      this.#rows8().write({ row: firstRow + first, run: run.id, patch: first }, embeddings);
      first += count;
    }
    slices.push({ run: run.id, rows: run.patches, dead: false });
  }

  /** A disk that is full or can't be written costs the file, not the search. */
  #save(firstRow: number): void {
    try {
      this.#file.write(this.#codes!, firstRow);
    } catch {
      try {
        this.#file.remove();
      } catch {
        // Its checksums will tell.
      }
    }
  }

  #rows(which: (slice: { dead: boolean }) => boolean): number {
    return this.#codes!.slices.reduce((sum, slice) => sum + (which(slice) ? slice.rows : 0), 0);
  }

  #placesOfRuns(): Map<string, number> {
    const places = new Map<string, number>();
    let first = 0;
    for (const { run, rows, dead } of this.#codes!.slices) {
      if (!dead) places.set(run, first);
      first += rows;
    }
    return places;
  }

  /** Groups with living rows to look at, by segment, neighbours joined. */
  #ranges(among: ReadonlySet<string> | undefined): Range[][] {
    const { segments, slices } = this.#codes!;
    const ranges = segments.map((): Range[] => []);
    let first = 0;
    for (const { run, rows, dead } of slices) {
      const past = first + rows;
      if (!dead && (!among || among.has(run)))
        for (let from = first; from < past;) {
          const number = Math.floor(from / segmentRows);
          const start = number * segmentRows;
          const end = Math.min(past, start + segmentRows);
          const groups = segments[number].groupsOf({ from: from - start, past: end - start });
          const last = ranges[number].at(-1);
          if (last && last.past >= groups.from) last.past = groups.past;
          else ranges[number].push(groups);
          from = end;
        }
      first = past;
    }
    return ranges;
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
