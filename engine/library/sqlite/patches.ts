import type { LibraryDatabase } from './database.ts';
import { unpackCuts, unpackEmbeddings, unpackObjects, unpackTimes } from '../packing.ts';
import { whole } from './errors.ts';
import { keyFramePass } from '../names.ts';
import type { PassRow } from './pass-rows.ts';
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

/** The first temporal patch of the batch that holds a temporal patch: takes a pass's number and the temporal patch. */
const batchOf =
  'coalesce((SELECT max(own.first) FROM patch_batches AS own WHERE own.pass = ? AND own.first <= ?), 0)';

/** How many single videos' temporal patches are kept in memory beside the tables of whole libraries. */
const keptVideos = 8;

/** Reads what the frame encoder made of complete passes, and keeps what it read. */
export class Patches {
  readonly #db: LibraryDatabase;
  readonly #ofPass = new Map<string, PatchTable>();
  readonly #ofLibrary = new Map<string, GrowingTable>();

  constructor(db: LibraryDatabase) {
    this.#db = db;
  }

  /** The temporal patches of one pass; the same arrays as long as it is kept. */
  table(pass: PassRow): PatchTable {
    // One that is still being made grows.
    const key = `${pass.id} ${pass.patches}`;
    const whole = this.#ofLibrary.get(pass.model_fingerprint)?.slice(pass.id);
    const kept = this.#ofPass.get(key) ?? (whole?.starts.length === pass.patches ? whole : undefined);
    if (kept) return this.#keep(key, kept);
    const table = emptyTable(pass.patches, pass.embedding_size);
    this.#read(pass.num, table, 0);
    return this.#keep(key, table);
  }

  /** The temporal patches of every video that is indexed with a bundle. */
  library(fingerprint: string, generation: number): LibraryTable {
    let table = this.#ofLibrary.get(fingerprint);
    if (!table) this.#ofLibrary.set(fingerprint, (table = new GrowingTable()));
    if (table.generation !== generation) {
      const passes = this.#db.all<PassRow & { video_id: string }>(
        `SELECT passes.*, videos.id AS video_id
         FROM tracks JOIN passes ON passes.num = tracks.pass JOIN videos ON videos.num = tracks.video
         WHERE kind = 'embedding' AND version = ? AND tracks.state = 'whole' ORDER BY passes.num`,
        fingerprint,
      );
      table.keepOnly(new Set(passes.map(({ id }) => id)));
      const missing = passes.filter(({ id }) => !table.has(id));
      table.reserve(
        missing.reduce((sum, pass) => sum + pass.patches, 0),
        passes[0]?.embedding_size ?? 0,
      );
      for (const pass of missing) {
        const firstRow = table.add({ videoId: pass.video_id, indexRun: pass.id, rows: pass.patches });
        this.#read(pass.num, table, firstRow);
      }
      table.generation = generation;
    }
    return table.view();
  }

  /** The times of temporal patches `from` to `past` - 1 of a pass, and the frames of the batches that hold them. */
  window(
    pass: Pick<PassRow, 'num'>,
    { from, past }: PatchRange,
  ): { starts: Float64Array; ends: Float64Array; frames: StoredFrame[] } {
    const [starts, ends] = [new Float64Array(past - from), new Float64Array(past - from)];
    const frames: StoredFrame[] = [];
    for (const row of this.#batches(pass.num, 'count, times, cuts', { from, past })) {
      const times = timesOf(row);
      const [first, end] = [Math.max(from, row.first), Math.min(past, row.first + times.length / 4)];
      for (let patch = first; patch < end; patch++) {
        starts[patch - from] = times[(patch - row.first) * 4]!;
        ends[patch - from] = times[(patch - row.first) * 4 + 1]!;
      }
      frames.push(...framesOf(times, row));
    }
    return { starts, ends, frames };
  }

  /** The embeddings of temporal patches `from` to `past` - 1 of a pass, row-major; nothing of them is kept. */
  embeddings(pass: Pick<PassRow, 'num' | 'embedding_size'>, { from, past }: PatchRange): Float32Array {
    const size = pass.embedding_size;
    const embeddings = new Float32Array((past - from) * size);
    for (const row of this.#batches(pass.num, 'count, embeddings', { from, past })) {
      const [first, end] = [Math.max(from, row.first), Math.min(past, row.first + row.count)];
      const bytes = whole(row.embeddings, row.count * size * 2, 'embeddings').subarray(
        (first - row.first) * size * 2,
        (end - row.first) * size * 2,
      );
      unpackEmbeddings(bytes, embeddings, (first - from) * size);
    }
    return embeddings;
  }

  /**
   * The objects of some labels, or all, ascending by temporal patch and frame; of some temporal patches only where
   * given.
   */
  objects(
    pass: Pick<PassRow, 'num'>,
    labels: readonly string[] | undefined,
    window?: PatchRange,
  ): SeenObject[] {
    const seen: SeenObject[] = [];
    const rows = this.#db.all<{ name: string; objects: Uint8Array }>(
      `SELECT name, objects FROM object_batches JOIN labels ON labels.num = label
       WHERE pass = ? ${labels ? 'AND name IN (SELECT value FROM json_each(?))' : ''}
       ${window ? `AND first >= ${batchOf} AND first < ?` : ''} ORDER BY first, name`,
      ...[pass.num, ...(labels ? [JSON.stringify(labels)] : [])],
      ...(window ? [pass.num, window.from, window.past] : []),
    );
    const wanted = (patch: number) => !window || (patch >= window.from && patch < window.past);
    for (const row of rows)
      unpackObjects(row.objects, row.name, (object) => wanted(object.patch) && seen.push(object));
    // Of one label they come in this order already.
    return labels?.length === 1 ? seen : seen.sort(byPatch);
  }

  /** The objects of some labels in many videos at once, each video's ascending by temporal patch and frame. */
  objectsOf(videoIds: readonly string[], labels: readonly string[]): Map<string, SeenObject[]> {
    const seen = new Map<string, SeenObject[]>();
    const rows = this.#db.all<{ id: string; name: string; objects: Uint8Array }>(
      `SELECT videos.id, name, objects FROM object_batches
       JOIN labels ON labels.num = label
       JOIN visible_tracks ON visible_tracks.pass = object_batches.pass AND visible_tracks.kind = 'objects'
       JOIN videos ON videos.num = visible_tracks.video
       WHERE name IN (SELECT value FROM json_each(?))
         AND NOT (visible_tracks.extractor = 'frames' AND visible_tracks.state = 'making' AND EXISTS
           (SELECT 1 FROM tracks AS rough WHERE rough.video = visible_tracks.video
             AND rough.extractor = ? AND rough.items > 0))
         AND videos.id IN (SELECT value FROM json_each(?)) ORDER BY object_batches.pass, first, name`,
      ...[JSON.stringify(labels), keyFramePass, JSON.stringify(videoIds)],
    );
    for (const row of rows) {
      const objects = seen.get(row.id) ?? [];
      seen.set(row.id, objects);
      unpackObjects(row.objects, row.name, (object) => objects.push(object));
    }
    if (labels.length > 1) for (const objects of seen.values()) objects.sort(byPatch);
    return seen;
  }

  /** The objects of some labels in some batches, in their order; each batch's ascending by temporal patch and frame. */
  objectsIn(batches: readonly { pass: number; first: number }[], labels: readonly string[]): SeenObject[][] {
    const seen = batches.map((): SeenObject[] => []);
    // CROSS JOIN keeps the order: a few batches, not all of a label's.
    const rows = this.#db.all<{ index: number; name: string; objects: Uint8Array }>(
      `SELECT batches.key AS "index", name, objects FROM json_each(?) AS batches
       CROSS JOIN object_batches ON pass = batches.value ->> 0 AND first = batches.value ->> 1
       CROSS JOIN labels ON labels.num = label
       WHERE name IN (SELECT wanted.value FROM json_each(?) AS wanted)`,
      ...[JSON.stringify(batches.map(({ pass, first }) => [pass, first])), JSON.stringify(labels)],
    );
    for (const row of rows) unpackObjects(row.objects, row.name, (object) => seen[row.index].push(object));
    if (labels.length > 1) for (const objects of seen) objects.sort(byPatch);
    return seen;
  }

  /** How often each label was seen, most frequent first. */
  labels(pass: PassRow): { label: string; count: number }[] {
    return this.#db.all(
      `SELECT name AS label, sum(count) AS count FROM object_batches JOIN labels ON labels.num = label
       WHERE pass = ? GROUP BY name ORDER BY 2 DESC, 1`,
      pass.num,
    );
  }

  /** The sampled frames, two a temporal patch. */
  frames(pass: PassRow): StoredFrame[] {
    const rows = this.#batches(pass.num, 'count, times, cuts', { from: 0, past: pass.patches });
    return rows.flatMap((row) => framesOf(timesOf(row), row));
  }

  #batches(pass: number, columns: string, { from, past }: PatchRange): BatchRow[] {
    return this.#db.all<BatchRow>(
      `SELECT first, ${columns} FROM patch_batches
       WHERE pass = ? AND first >= ${batchOf} AND first < ? ORDER BY first`,
      ...[pass, pass, from, past],
    );
  }

  #read(pass: number, table: PatchTable, firstRow: number): void {
    const rows = this.#db.all<BatchRow>(
      'SELECT first, count, times, embeddings FROM patch_batches WHERE pass = ? ORDER BY first',
      pass,
    );
    for (const row of rows) {
      const times = timesOf(row);
      whole(row.embeddings, row.count * table.embeddingSize * 2, 'embeddings');
      for (let index = 0; index < times.length / 4; index++) {
        table.starts[firstRow + row.first + index] = times[index * 4]!;
        table.ends[firstRow + row.first + index] = times[index * 4 + 1]!;
      }
      unpackEmbeddings(row.embeddings, table.embeddings, (firstRow + row.first) * table.embeddingSize);
    }
  }

  #keep(key: string, table: PatchTable): PatchTable {
    // Of one that grows only the newest is wanted again.
    const [pass] = key.split(' ');
    for (const other of this.#ofPass.keys()) if (other.startsWith(`${pass} `)) this.#ofPass.delete(other);
    this.#ofPass.set(key, table);
    for (const oldest of this.#ofPass.keys()) {
      if (this.#ofPass.size <= keptVideos) break;
      this.#ofPass.delete(oldest);
    }
    return table;
  }
}

function timesOf({ count, times }: Pick<BatchRow, 'count' | 'times'>): Float64Array {
  return unpackTimes(whole(times, count * 32, 'times'));
}

/** @param times as `unpackTimes` gives them, of the same batch as the packed cuts */
function framesOf(times: Float64Array, { count, cuts }: Pick<BatchRow, 'count' | 'cuts'>): StoredFrame[] {
  return Array.from(unpackCuts(whole(cuts, count * 8, 'cuts')), (cutScore, index) => ({
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
  /** By pass. */
  #slices = new Map<string, LibrarySlice>();
  #rows = 0;
  #view: LibraryTable | undefined;

  has(passId: string): boolean {
    return this.#slices.has(passId);
  }

  /** One video's part. */
  slice(passId: string): PatchTable | undefined {
    const slice = this.#slices.get(passId);
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

  /** Takes out the videos whose pass isn't among these. */
  keepOnly(passIds: ReadonlySet<string>): void {
    const before = this.view();
    const kept = before.slices.filter((slice) => passIds.has(slice.indexRun));
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
