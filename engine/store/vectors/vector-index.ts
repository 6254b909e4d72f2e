import { TopK } from '../top-k.ts';
import { CodeFile, type Codes } from './index-file.ts';
import { Coder, mostDimensions } from './coding.ts';
import { bins, segmentRows } from './scan-module.ts';
import { RowFile, type RowPlace } from './row-file.ts';
import { ScanHelper, type Step, type Task } from './scan-helper.ts';
import { SegmentMaker, type Rows, type Segment } from './segment.ts';

/** A run whose embeddings are to be found. */
export interface CodedRun {
  id: string;
  patches: number;
}

/** A patch among the nearest. */
export interface Near {
  run: string;
  patch: number;
  /** Within a few thousandths, for unit vectors. */
  similarity: number;
}

/** Rows whose mean the codes are made around. */
const centerRows = 20_000;
/**
 * So many of the best by their codes are compared in eight bits: that many times the number wanted, and at least as many
 * as leave hardly one of the nearest out, which grows with the root of the library.
 */
const reread = { times: 2, least: 1500, ofRoot: 1.8 };
/** Segments from which on a second thread is worth its start. */
const helpedSegments = 4;
/** Dead rows cost a look each; with more of them than living ones the codes are made anew. */
const mostDead = 0.5;

/**
 * Finds the patches whose embeddings are nearest to a query's among millions: two bits of every number in
 * one scan, on two cores where there are two, and eight bits of what scored best, from a file. 97 to 99 bytes of memory and
 * 490 of disk a patch at 384 dimensions. Videos are appended; those that went are passed over.
 */
export class VectorIndex {
  readonly #path: string;
  readonly #file: CodeFile;
  readonly #embeddingsOf: (run: CodedRun, first: number, count: number) => Float32Array;
  #codes: Codes | undefined;
  #coder: Coder | undefined;
  #rowFile: RowFile | undefined;
  #helper: ScanHelper | undefined;
  /** So many segments the helper knows. */
  #lent = 0;

  /**
   * @param path of the file of codes; the rows lie beside it
   * @param embeddingsOf reads patches of a run, row-major
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
  }

  /**
   * The patches that are nearest, best first.
   * @param among runs to look in; all where absent
   */
  nearest(query: Float32Array, count: number, among?: ReadonlySet<string>): Near[] {
    const { times, least, ofRoot } = reread;
    const looked = Math.max(least, times * count, Math.round(ofRoot * Math.sqrt(this.#rows(() => true))));
    const rows = this.#nearestByCodes(query, looked, among);
    const best = new TopK(count);
    const places = this.#placesOf(rows.sort());
    const rowFile = this.#rows8();
    const similarities = rowFile.similarities(query, places);
    for (const [index, { row, run, patch }] of places.entries()) {
      if (!Number.isNaN(similarities[index])) continue;
      const patches = this.#codes!.slices.find((slice) => slice.run === run)!.rows;
      const embedding = this.#embeddingsOf({ id: run, patches }, patch, 1);
      rowFile.write({ row, run, patch }, embedding);
      similarities[index] = dot(query, embedding);
    }
    similarities.forEach((similarity, index) => best.offer(similarity, index));
    return best
      .best()
      .map(({ item, score }) => ({ run: places[item].run, patch: places[item].patch, similarity: score }));
  }

  /** Rows, in no order. */
  #nearestByCodes(query: Float32Array, count: number, among: ReadonlySet<string> | undefined): Uint32Array {
    const { segments } = this.#codes!;
    const coded = this.#coder!.query(query);
    const tasks = this.#ranges(among)
      .map((ranges, number) => ({ number, ranges }))
      .filter(({ ranges }) => ranges.length > 0);
    for (const { number } of tasks) segments[number].prepare(coded);
    this.#together({ kind: 'score', offset: coded.offset }, tasks);
    const histogram = new Uint32Array(bins);
    for (const { number } of tasks) {
      const counts = segments[number].histogram;
      for (let bin = 0; bin < bins; bin++) histogram[bin] += counts[bin];
    }
    const { bin: least, above } = lowestBin(histogram, count);
    const counts = this.#together({ kind: 'collect', least }, tasks);
    // Of those that are just good enough there may be any number, black frames say.
    let justEnough = count - above;
    return Uint32Array.from(
      tasks.flatMap(({ number }, index) =>
        Array.from(segments[number].listed(counts[index]))
          .filter((row) => segments[number].scoreOf(row) > least || justEnough-- > 0)
          .map((row) => number * segmentRows + row),
      ),
    );
  }

  /** Where rows are from. @param rows ascending */
  #placesOf(rows: Uint32Array): RowPlace[] {
    const { slices } = this.#codes!;
    const places: RowPlace[] = [];
    let [slice, first] = [0, 0];
    for (const row of rows) {
      while (row >= first + slices[slice].rows) first += slices[slice++].rows;
      places.push({ row, run: slices[slice].run, patch: row - first });
    }
    return places;
  }

  #rows8(): RowFile {
    return (this.#rowFile ??= new RowFile(`${this.#path}.rows`, this.#codes!.center.length));
  }

  /** One step in all segments, shared with the helper where there is one. @returns for each task how many rows it lists */
  #together(step: Step, tasks: readonly Task[]): number[] {
    const { segments } = this.#codes!;
    const alone = ({ number, ranges }: Task) => {
      if (step.kind === 'collect') return segments[number].collect(ranges, step.least);
      segments[number].score(step.offset, ranges);
      return 0;
    };
    const helper = this.#helperFor(segments);
    if (!helper) return tasks.map(alone);
    helper.begin(step, tasks);
    const counts = new Map<Task, number>();
    for (let at = helper.take(); at < tasks.length; at = helper.take())
      counts.set(tasks[at], alone(tasks[at]));
    const helped = helper.finish();
    return tasks.map((task) => {
      const own = counts.get(task);
      if (own !== undefined) return own;
      if (helped) return helper.countOf(task.number);
      if (step.kind === 'score') segments[task.number].histogram.fill(0);
      return alone(task);
    });
  }

  /** The second thread, where the codes are many enough to be worth one and it has started; it knows all segments then. */
  #helperFor(segments: readonly Segment[]): ScanHelper | undefined {
    if (segments.length < helpedSegments) return undefined;
    this.#helper ??= ScanHelper.start();
    if (!this.#helper?.ready) return undefined;
    for (; this.#lent < segments.length; this.#lent++) {
      const { module, memory } = segments[this.#lent];
      this.#helper.add({ number: this.#lent, module, memory });
    }
    return this.#helper;
  }

  /** Ends the second thread. */
  async close(): Promise<void> {
    const helper = this.#helper;
    [this.#helper, this.#lent] = [undefined, 0];
    this.#rowFile?.close();
    this.#rowFile = undefined;
    await helper?.close();
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
    this.#lent = 0;
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

  /** Living rows to look at, by segment, neighbours joined. */
  #ranges(among: ReadonlySet<string> | undefined): Rows[][] {
    const ranges = this.#codes!.segments.map((): Rows[] => []);
    let first = 0;
    for (const { run, rows, dead } of this.#codes!.slices) {
      const past = first + rows;
      if (!dead && (!among || among.has(run)))
        for (let from = first; from < past;) {
          const number = Math.floor(from / segmentRows);
          const start = number * segmentRows;
          const end = Math.min(past, start + segmentRows);
          const last = ranges[number].at(-1);
          if (last?.past === from - start) last.past = end - start;
          else ranges[number].push({ from: from - start, past: end - start });
          from = end;
        }
      first = past;
    }
    return ranges;
  }
}

/** The highest bin such that at least `wanted` scores are in it or above, and how many are above. */
function lowestBin(histogram: Uint32Array, wanted: number): { bin: number; above: number } {
  let above = 0;
  for (let bin = histogram.length - 1; bin > 0; bin--) {
    if (above + histogram[bin] >= wanted) return { bin, above };
    above += histogram[bin];
  }
  return { bin: 0, above };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
