import type { LibraryDatabase } from './database.ts';
import { unpackCuts, unpackEmbeddings, unpackObjects, unpackTimes } from '../packing.ts';
import type { RunRow } from './run-rows.ts';
import type { LibrarySlice, LibraryTable, PatchRange, PatchTable } from '../patch-types.ts';
import type { SeenObject } from '../../core/frames.ts';
import type { StoredFrame } from '../../core/frames.ts';

interface BatchRow {
  first: number;
  count: number;
  times: Uint8Array;
  embeddings: Uint8Array;
  cuts: Uint8Array;
}

/** The first patch of the batch that holds a patch: takes a run's number and the patch. */
const batchOf = 'coalesce((SELECT max(first) FROM patch_batches WHERE run = ? AND first <= ?), 0)';

/** How many single videos' patches are kept in memory beside the tables of whole libraries. */
const keptVideos = 8;

/** Reads what the eyes made of complete runs, and keeps what it read. */
export class Patches {
  readonly #db: LibraryDatabase;
  readonly #ofRun = new Map<string, PatchTable>();
  readonly #ofLibrary = new Map<string, GrowingTable>();

  constructor(db: LibraryDatabase) {
    this.#db = db;
  }

  /** The patches of one run; the same arrays as long as it is kept. */
  table(run: RunRow): PatchTable {
    const kept = this.#ofRun.get(run.id) ?? this.#ofLibrary.get(run.model_fingerprint)?.slice(run.id);
    if (kept) return this.#keep(run.id, kept);
    const table = emptyTable(run.patches, run.embedding_size);
    this.#read(run.num, table, 0);
    return this.#keep(run.id, table);
  }

  /** The patches of every video that is indexed with a bundle. */
  library(fingerprint: string, generation: number): LibraryTable {
    let table = this.#ofLibrary.get(fingerprint);
    if (!table) this.#ofLibrary.set(fingerprint, (table = new GrowingTable()));
    if (table.generation !== generation) {
      const runs = this.#db.all<RunRow & { video_id: string }>(
        `SELECT runs.*, videos.id AS video_id FROM runs JOIN videos ON videos.num = runs.video
         WHERE state = 'complete' AND model_fingerprint = ? ORDER BY runs.num`,
        fingerprint,
      );
      table.keepOnly(new Set(runs.map((run) => run.id)));
      const missing = runs.filter((run) => !table.has(run.id));
      table.reserve(
        missing.reduce((sum, run) => sum + run.patches, 0),
        runs[0]?.embedding_size ?? 0,
      );
      for (const run of missing) {
        const firstRow = table.add({ videoId: run.video_id, indexRun: run.id, rows: run.patches });
        this.#read(run.num, table, firstRow);
      }
      table.generation = generation;
    }
    return table.view();
  }

  /** The times of patches `from` to `past` - 1 of a run, and the frames of the batches that hold them. */
  window(
    run: Pick<RunRow, 'num'>,
    { from, past }: PatchRange,
  ): { starts: Float64Array; ends: Float64Array; frames: StoredFrame[] } {
    const [starts, ends] = [new Float64Array(past - from), new Float64Array(past - from)];
    const frames: StoredFrame[] = [];
    for (const row of this.#batches(run.num, 'times, cuts', { from, past })) {
      const times = unpackTimes(row.times);
      const [first, end] = [Math.max(from, row.first), Math.min(past, row.first + times.length / 4)];
      for (let patch = first; patch < end; patch++) {
        starts[patch - from] = times[(patch - row.first) * 4]!;
        ends[patch - from] = times[(patch - row.first) * 4 + 1]!;
      }
      frames.push(...framesOf(times, row.cuts));
    }
    return { starts, ends, frames };
  }

  /** The embeddings of patches `from` to `past` - 1 of a run, row-major; nothing of them is kept. */
  embeddings(run: Pick<RunRow, 'num' | 'embedding_size'>, { from, past }: PatchRange): Float32Array {
    const size = run.embedding_size;
    const embeddings = new Float32Array((past - from) * size);
    for (const row of this.#batches(run.num, 'count, embeddings', { from, past })) {
      const [first, end] = [Math.max(from, row.first), Math.min(past, row.first + row.count)];
      const bytes = row.embeddings.subarray((first - row.first) * size * 2, (end - row.first) * size * 2);
      unpackEmbeddings(bytes, embeddings, (first - from) * size);
    }
    return embeddings;
  }

  /** The objects of some labels, or all, ascending by patch and frame; of some patches only where given. */
  objects(
    run: Pick<RunRow, 'num'>,
    labels: readonly string[] | undefined,
    window?: PatchRange,
  ): SeenObject[] {
    const seen: SeenObject[] = [];
    const rows = this.#db.all<{ name: string; objects: Uint8Array }>(
      `SELECT name, objects FROM object_batches JOIN labels ON labels.num = label
       WHERE run = ? ${labels ? 'AND name IN (SELECT value FROM json_each(?))' : ''}
       ${window ? `AND first >= ${batchOf} AND first < ?` : ''} ORDER BY first, name`,
      ...[run.num, ...(labels ? [JSON.stringify(labels)] : [])],
      ...(window ? [run.num, window.from, window.past] : []),
    );
    const wanted = (patch: number) => !window || (patch >= window.from && patch < window.past);
    for (const row of rows)
      unpackObjects(row.objects, row.name, (object) => wanted(object.patch) && seen.push(object));
    // Of one label they come in this order already.
    return labels?.length === 1 ? seen : seen.sort(byPatch);
  }

  /** The objects of some labels in many videos at once, each video's ascending by patch and frame. */
  objectsOf(videoIds: readonly string[], labels: readonly string[]): Map<string, SeenObject[]> {
    const seen = new Map<string, SeenObject[]>();
    const rows = this.#db.all<{ id: string; name: string; objects: Uint8Array }>(
      `SELECT videos.id, name, objects FROM object_batches
       JOIN labels ON labels.num = label JOIN runs ON runs.num = run JOIN videos ON videos.num = runs.video
       WHERE name IN (SELECT value FROM json_each(?)) AND state = 'complete'
         AND videos.id IN (SELECT value FROM json_each(?)) ORDER BY run, first, name`,
      ...[JSON.stringify(labels), JSON.stringify(videoIds)],
    );
    for (const row of rows) {
      const objects = seen.get(row.id) ?? [];
      seen.set(row.id, objects);
      unpackObjects(row.objects, row.name, (object) => objects.push(object));
    }
    if (labels.length > 1) for (const objects of seen.values()) objects.sort(byPatch);
    return seen;
  }

  /** The objects of some labels in some batches, in their order; each batch's ascending by patch and frame. */
  objectsIn(batches: readonly { run: number; first: number }[], labels: readonly string[]): SeenObject[][] {
    const seen = batches.map((): SeenObject[] => []);
    // CROSS JOIN keeps the order: a few batches, not all of a label's.
    const rows = this.#db.all<{ index: number; name: string; objects: Uint8Array }>(
      `SELECT batches.key AS "index", name, objects FROM json_each(?) AS batches
       CROSS JOIN object_batches ON run = batches.value ->> 0 AND first = batches.value ->> 1
       CROSS JOIN labels ON labels.num = label WHERE name IN (SELECT value FROM json_each(?))`,
      ...[JSON.stringify(batches.map(({ run, first }) => [run, first])), JSON.stringify(labels)],
    );
    for (const row of rows) unpackObjects(row.objects, row.name, (object) => seen[row.index].push(object));
    if (labels.length > 1) for (const objects of seen) objects.sort(byPatch);
    return seen;
  }

  /** How often each label was seen, most frequent first. */
  labels(run: RunRow): { label: string; count: number }[] {
    return this.#db.all(
      `SELECT name AS label, sum(count) AS count FROM object_batches JOIN labels ON labels.num = label
       WHERE run = ? GROUP BY name ORDER BY 2 DESC, 1`,
      run.num,
    );
  }

  /** The sampled frames, two a patch. */
  frames(run: RunRow): StoredFrame[] {
    const rows = this.#batches(run.num, 'times, cuts', { from: 0, past: run.patches });
    return rows.flatMap(({ times, cuts }) => framesOf(unpackTimes(times), cuts));
  }

  #batches(run: number, columns: string, { from, past }: PatchRange): BatchRow[] {
    return this.#db.all<BatchRow>(
      `SELECT first, ${columns} FROM patch_batches
       WHERE run = ? AND first >= ${batchOf} AND first < ? ORDER BY first`,
      ...[run, run, from, past],
    );
  }

  #read(run: number, table: PatchTable, firstRow: number): void {
    const rows = this.#db.all<BatchRow>(
      'SELECT first, times, embeddings FROM patch_batches WHERE run = ? ORDER BY first',
      run,
    );
    for (const row of rows) {
      const times = unpackTimes(row.times);
      for (let index = 0; index < times.length / 4; index++) {
        table.starts[firstRow + row.first + index] = times[index * 4]!;
        table.ends[firstRow + row.first + index] = times[index * 4 + 1]!;
      }
      unpackEmbeddings(row.embeddings, table.embeddings, (firstRow + row.first) * table.embeddingSize);
    }
  }

  #keep(runId: string, table: PatchTable): PatchTable {
    this.#ofRun.delete(runId);
    this.#ofRun.set(runId, table);
    for (const oldest of this.#ofRun.keys()) {
      if (this.#ofRun.size <= keptVideos) break;
      this.#ofRun.delete(oldest);
    }
    return table;
  }
}

/** @param times as `unpackTimes` gives them, of the same batch as the packed cuts */
function framesOf(times: Float64Array, cuts: Uint8Array): StoredFrame[] {
  return Array.from(unpackCuts(cuts), (cutScore, index) => ({
    time: times[(index >> 1) * 4 + 2 + (index & 1)],
    cutScore,
  }));
}

function emptyTable(rows: number, embeddingSize: number): PatchTable {
  return {
    starts: new Float64Array(rows),
    ends: new Float64Array(rows),
    embeddings: new Float32Array(rows * embeddingSize),
    embeddingSize,
  };
}

function byPatch(a: SeenObject, b: SeenObject): number {
  return a.patch - b.patch || a.frame - b.frame || b.score - a.score;
}

/** A table that videos are appended to and taken out of. Views that were handed out never change. */
class GrowingTable implements PatchTable {
  generation = -1;
  starts = new Float64Array(0);
  ends = new Float64Array(0);
  embeddings = new Float32Array(0);
  embeddingSize = 0;
  #sliceOfRow = new Uint32Array(0);
  /** By run. */
  #slices = new Map<string, LibrarySlice>();
  #rows = 0;
  #view: LibraryTable | undefined;

  has(runId: string): boolean {
    return this.#slices.has(runId);
  }

  /** One video's part. */
  slice(runId: string): PatchTable | undefined {
    const slice = this.#slices.get(runId);
    return slice && this.#cut(slice.firstRow, slice.firstRow + slice.rows);
  }

  view(): LibraryTable {
    if (this.#view?.generation === this.generation) return this.#view;
    return (this.#view = {
      ...this.#cut(0, this.#rows),
      rows: this.#rows,
      slices: [...this.#slices.values()],
      sliceOfRow: this.#sliceOfRow.subarray(0, this.#rows),
      generation: this.generation,
    });
  }

  /** Makes room for more rows. */
  reserve(more: number, embeddingSize: number): void {
    if (this.#rows === 0) this.embeddingSize = embeddingSize;
    const needed = this.#rows + more;
    if (needed <= this.starts.length) return;
    // Exact at first, since most libraries are read once; then with room, so that adding stays cheap.
    const capacity = this.#rows === 0 ? needed : Math.max(needed, Math.ceil(this.starts.length * 1.25));
    this.starts = grown(this.starts, new Float64Array(capacity));
    this.ends = grown(this.ends, new Float64Array(capacity));
    this.#sliceOfRow = grown(this.#sliceOfRow, new Uint32Array(capacity));
    this.embeddings = grown(this.embeddings, new Float32Array(capacity * this.embeddingSize));
  }

  /** Adds a video's rows, still empty. @returns the first of them */
  add(slice: Omit<LibrarySlice, 'firstRow'>): number {
    const firstRow = this.#rows;
    this.#rows += slice.rows;
    this.#sliceOfRow.fill(this.#slices.size, firstRow, this.#rows);
    this.#slices.set(slice.indexRun, { ...slice, firstRow });
    return firstRow;
  }

  /** Takes out the videos whose run isn't among these. */
  keepOnly(runIds: ReadonlySet<string>): void {
    const before = this.view();
    const kept = before.slices.filter((slice) => runIds.has(slice.indexRun));
    if (kept.length === before.slices.length) return;
    this.#slices = new Map();
    this.#rows = 0;
    this.starts = new Float64Array(0);
    this.ends = new Float64Array(0);
    this.#sliceOfRow = new Uint32Array(0);
    this.embeddings = new Float32Array(0);
    this.reserve(
      kept.reduce((sum, slice) => sum + slice.rows, 0),
      before.embeddingSize,
    );
    for (const slice of kept) {
      const [from, to] = [slice.firstRow, slice.firstRow + slice.rows];
      const at = this.add(slice);
      this.starts.set(before.starts.subarray(from, to), at);
      this.ends.set(before.ends.subarray(from, to), at);
      const size = this.embeddingSize;
      this.embeddings.set(before.embeddings.subarray(from * size, to * size), at * size);
    }
  }

  #cut(from: number, to: number): PatchTable {
    return {
      starts: this.starts.subarray(from, to),
      ends: this.ends.subarray(from, to),
      embeddings: this.embeddings.subarray(from * this.embeddingSize, to * this.embeddingSize),
      embeddingSize: this.embeddingSize,
    };
  }
}

function grown<T extends Float64Array | Float32Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
