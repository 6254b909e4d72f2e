import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import type { LibraryDatabase } from './database.ts';
import { dotHalf } from './float16.ts';
import { unpackObjects } from './packing.ts';
import type { Patches } from './patches.ts';
import type { Nearest, PatchPlace } from './types.ts';
import { VectorIndex } from './vectors/vector-index.ts';

interface Run {
  num: number;
  id: string;
  video_id: string;
  patches: number;
  embedding_size: number;
}

/** So many of the nearest are put in order by the embeddings themselves. */
const exact = 80;
/** Embeddings from which a query's background is told: so many places, so many patches each. */
const sampled = { places: 64, patches: 16 };

/** What is kept of the videos that are indexed with one bundle. */
interface Kept {
  generation: number;
  runs: Map<string, Run>;
  index: VectorIndex;
  sample: Float32Array;
}

/** Looks among all patches of a library that is too large to be gone through. */
export class NearestPatches {
  readonly #db: LibraryDatabase;
  readonly #patches: Patches;
  readonly #kept = new Map<string, Kept>();

  constructor(db: LibraryDatabase, patches: Patches) {
    this.#db = db;
    this.#patches = patches;
  }

  /** The patches nearest to a query. */
  find(
    fingerprint: string,
    generation: number,
    query: Float32Array,
    count: number,
    videos: readonly string[] | undefined,
  ): Nearest {
    const { index, runs, sample } = this.#upToDate(fingerprint, generation);
    const background = spreadOf(query, sample);
    if (runs.size === 0 || !VectorIndex.takes(query.length)) return { patches: [], background };
    const among = videos && runsOf(runs, new Set(videos));
    const near = index
      .nearest(query, Math.max(exact, count), among)
      .map(({ run, patch, similarity }) => ({ run: runs.get(run)!, patch, similarity }));
    const best = this.#compare(query, near.slice(0, exact)).sort((a, b) => b.similarity - a.similarity);
    const others = near.slice(exact).map(({ run, ...rest }) => ({ videoId: run.video_id, ...rest }));
    return { patches: [...best, ...others].slice(0, count), background };
  }

  /** Similarity of patches by their embeddings, each read alone: a batch is 32 times as long. */
  #compare(query: Float32Array, places: { run: Run; patch: number }[]): Nearest['patches'] {
    const bytes = query.length * 2;
    // In the order of the database's pages.
    places.sort((a, b) => a.run.num - b.run.num || a.patch - b.patch);
    return places.map(({ run, patch }) => {
      const { embedding } = this.#db.get<{ embedding: Uint8Array }>(
        `SELECT substr(embeddings, (? - first) * ? + 1, ?) AS embedding FROM patch_batches
         WHERE run = ? AND first <= ? ORDER BY first DESC LIMIT 1`,
        ...[patch, bytes, bytes, run.num, patch],
      )!;
      return { videoId: run.video_id, patch, similarity: dotHalf(query, embedding, 0) };
    });
  }

  /** Ends what helps to look; it is started again where it is needed. */
  close(): void {
    for (const { index } of this.#kept.values()) void index.close();
  }

  /** Patches near which one of the labels was seen best. */
  seen(
    fingerprint: string,
    labels: readonly string[],
    count: number,
    videos: readonly string[] | undefined,
  ): PatchPlace[] {
    this.#fillBest();
    const among = videos ? 'AND videos.id IN (SELECT value FROM json_each(?))' : '';
    const places = labels.flatMap((label) =>
      this.#db.all<PatchPlace & { best: number }>(
        `SELECT videos.id AS videoId, first + (SELECT count FROM patch_batches
             WHERE run = object_batches.run AND first = object_batches.first) / 2 AS patch, best
         FROM object_batches JOIN runs ON runs.num = run JOIN videos ON videos.num = runs.video
         WHERE label = (SELECT num FROM labels WHERE name = ?) AND state = 'complete' AND model_fingerprint = ?
           ${among} ORDER BY best DESC LIMIT ?`,
        ...[label, fingerprint, ...(videos ? [JSON.stringify(videos)] : []), count],
      ),
    );
    return places.sort((a, b) => b.best - a.best).slice(0, count);
  }

  /** Rows from before this column have none. */
  #fillBest(): void {
    for (;;) {
      const rows = this.#db.all<{ rowid: number; objects: Uint8Array }>(
        'SELECT rowid, objects FROM object_batches WHERE best IS NULL LIMIT 1000',
      );
      if (rows.length === 0) return;
      this.#db.write(() => {
        for (const { rowid, objects } of rows) {
          let best = 0;
          unpackObjects(objects, '', ({ score }) => (best = Math.max(best, score)));
          this.#db.run('UPDATE object_batches SET best = ? WHERE rowid = ?', best, rowid);
        }
      });
    }
  }

  #upToDate(fingerprint: string, generation: number): Kept {
    let kept = this.#kept.get(fingerprint);
    if (kept?.generation === generation) return kept;
    const rows = this.#db.all<Run>(
      `SELECT runs.num, runs.id, videos.id AS video_id, patches, embedding_size
       FROM runs JOIN videos ON videos.num = runs.video
       WHERE state = 'complete' AND model_fingerprint = ? AND patches > 0 ORDER BY runs.num`,
      fingerprint,
    );
    const runs = new Map(rows.map((row) => [row.id, row]));
    if (!kept) {
      const folder = join(this.#db.folder, 'features');
      mkdirSync(folder, { recursive: true });
      const name = fingerprint.replace(/[^\w-]/g, '').slice(0, 32);
      const read = ({ id }: { id: string }, first: number, count: number) =>
        this.#patches.window(this.#kept.get(fingerprint)!.runs.get(id)!, first, first + count).embeddings;
      const index = new VectorIndex(join(folder, `${name}.codes`), read);
      kept = { generation, runs, index, sample: new Float32Array(0) };
      this.#kept.set(fingerprint, kept);
    }
    kept.runs = runs;
    if (VectorIndex.takes(rows[0]?.embedding_size ?? 0)) kept.index.update(rows);
    kept.sample = this.#sampleOf(rows);
    kept.generation = generation;
    return kept;
  }

  /** Patches at even distances over the whole library. */
  #sampleOf(runs: readonly Run[]): Float32Array {
    const total = runs.reduce((sum, { patches }) => sum + patches, 0);
    const parts: Float32Array[] = [];
    let past = 0;
    let next = 0;
    for (const run of runs) {
      for (; next < past + run.patches; next += Math.max(1, total / sampled.places)) {
        const first = Math.max(0, Math.min(Math.floor(next) - past, run.patches - sampled.patches));
        const end = Math.min(run.patches, first + sampled.patches);
        parts.push(this.#patches.window(run, first, end).embeddings);
      }
      past += run.patches;
    }
    const sample = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      sample.set(part, at);
      at += part.length;
    }
    return sample;
  }
}

function runsOf(runs: ReadonlyMap<string, Run>, videos: ReadonlySet<string>): Set<string> {
  return new Set([...runs.values()].filter((run) => videos.has(run.video_id)).map(({ id }) => id));
}

function dot(query: Float32Array, rows: Float32Array, at: number): number {
  let sum = 0;
  for (let i = 0; i < query.length; i++) sum += query[i] * rows[at + i];
  return sum;
}

/** Mean and standard deviation of a query's similarity to some rows. */
function spreadOf(query: Float32Array, rows: Float32Array): { mean: number; deviation: number } {
  const n = rows.length / query.length;
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < rows.length; at += query.length) {
    const value = dot(query, rows, at);
    sum += value;
    squares += value * value;
  }
  const mean = n > 0 ? sum / n : 0;
  return { mean, deviation: n > 0 ? Math.sqrt(Math.max(0, squares / n - mean * mean)) : 1 };
}
