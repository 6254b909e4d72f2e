import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { LongviewError } from '../../protocol/errors.ts';
import type { LibraryDatabase } from './database.ts';
import { unpackObjects } from '../packing.ts';
import type { Patches } from './patches.ts';
import type { PassRow } from './pass-rows.ts';
import type { Nearest, PatchPlace, PatchRange, SeenTogether } from '../patch-types.ts';
import { similarities, spreadOf } from '../../core/similarities.ts';
import { VectorIndex } from '../vector-index/vector-index.ts';

interface Run {
  num: number;
  id: string;
  video_id: string;
  patches: number;
  embedding_size: number;
}

/**
 * So many of the nearest are put in order by the embeddings themselves; those that lie no further apart are read at
 * once.
 */
const exact = { best: 60, apart: 8 };
/** Embeddings from which a query's background is told: so many places, so many temporal patches each. */
const sampled = { places: 64, patches: 16 };

interface RunPlace {
  run: Run;
  patch: number;
  similarity: number;
}

/** What is kept of the videos that are indexed with one bundle. */
interface Kept {
  generation: number;
  runs: Map<string, Run>;
  /** The same by the ids of their videos. */
  byVideo: Map<string, Run>;
  index: VectorIndex;
  sample: Float32Array;
}

/** Looks among all temporal patches of a library that is too large to be gone through. */
export class NearestPatches {
  readonly #db: LibraryDatabase;
  readonly #patches: Patches;
  readonly #kept = new Map<string, Kept>();

  constructor(db: LibraryDatabase, patches: Patches) {
    this.#db = db;
    this.#patches = patches;
  }

  /** The temporal patches nearest to a query. */
  find(
    fingerprint: string,
    generation: number,
    query: Float32Array,
    count: number,
    videos: readonly string[] | undefined,
  ): Nearest {
    const { index, runs, sample } = this.#upToDate(fingerprint, generation);
    const background = backgroundOf(query, sample);
    if (runs.size === 0 || !VectorIndex.takes(query.length)) return { patches: [], background };
    const among = videos && runsOf(runs, new Set(videos));
    const near = index
      .nearest(query, Math.max(exact.best, count), among)
      .map(({ run, patch, similarity }) => ({ run: runs.get(run)!, patch, similarity }));
    const patches = [...this.#compared(query, near.slice(0, exact.best)), ...near.slice(exact.best)]
      .slice(0, count)
      .map(({ run, ...rest }) => ({ videoId: run.video_id, ...rest }));
    return { patches, background };
  }

  /** Places with their similarity by the embeddings themselves, best first. */
  #compared(query: Float32Array, places: readonly RunPlace[]): RunPlace[] {
    const inOrder = places.toSorted((a, b) => a.run.num - b.run.num || a.patch - b.patch);
    const compared: RunPlace[] = [];
    for (let first = 0; first < inOrder.length;) {
      const { run, patch: from } = inOrder[first];
      let past = first + 1;
      while (inOrder[past]?.run === run && inOrder[past].patch - inOrder[past - 1].patch <= exact.apart)
        past++;
      const some = inOrder.slice(first, past);
      const embeddings = this.#patches.embeddings(run, { from, past: some.at(-1)!.patch + 1 });
      const values = similarities(query, embeddings);
      compared.push(...some.map(({ patch }) => ({ run, patch, similarity: values[patch - from] })));
      first = past;
    }
    return compared.sort((a, b) => b.similarity - a.similarity);
  }

  /** Similarity of a query to temporal patches of a run. */
  similarities(run: PassRow, generation: number, query: Float32Array, window: PatchRange): Float32Array {
    if (!VectorIndex.takes(query.length)) return similarities(query, this.#patches.embeddings(run, window));
    return this.#upToDate(run.model_fingerprint, generation).index.similarities(run, window, query);
  }

  /** Similarity of a query to single temporal patches, in their order. */
  similarityAt(
    fingerprint: string,
    generation: number,
    query: Float32Array,
    places: readonly PatchPlace[],
  ): Float64Array {
    const { index, byVideo } = this.#upToDate(fingerprint, generation);
    if (VectorIndex.takes(query.length))
      return index.similaritiesAt(
        query,
        places.map(({ videoId, patch }) => ({ run: byVideo.get(videoId)!.id, patch })),
      );
    return Float64Array.from(places, ({ videoId, patch }) => {
      const embedding = this.#patches.embeddings(byVideo.get(videoId)!, { from: patch, past: patch + 1 });
      return similarities(query, embedding)[0];
    });
  }

  /** Ends what helps to look; it is started again where it is needed. */
  close(): void {
    for (const { index } of this.#kept.values()) void index.close();
  }

  /** The batches in which one of the labels was seen best, best first, with what was seen there of all of them. */
  seen(
    fingerprint: string,
    labels: readonly string[],
    count: number,
    videos: readonly string[] | undefined,
  ): SeenTogether[] {
    try {
      this.#fillBest();
    } catch (error) {
      // On a full disk those rows come last.
      if (!(error instanceof LongviewError) || error.code !== 'disk-full') throw error;
    }
    const among = videos ? 'AND videos.id IN (SELECT value FROM json_each(?))' : '';
    const best = labels.flatMap((label) =>
      this.#db.all<{ pass: number; first: number; videoId: string; best: number }>(
        `SELECT object_batches.pass, first, videos.id AS videoId, best
         FROM object_batches JOIN tracks ON tracks.pass = object_batches.pass AND tracks.kind = 'objects'
           JOIN videos ON videos.num = tracks.video
         WHERE label = (SELECT labels.num FROM labels WHERE labels.name = ?) AND tracks.state = 'whole' AND tracks.version = ?
           ${among} ORDER BY best DESC LIMIT ?`,
        ...[label, fingerprint, ...(videos ? [JSON.stringify(videos)] : []), count],
      ),
    );
    const batches = new Map<string, (typeof best)[number]>();
    for (const batch of best.sort((a, b) => b.best - a.best)) {
      if (batches.size === count) break;
      const key = `${batch.pass} ${batch.first}`;
      if (!batches.has(key)) batches.set(key, batch);
    }
    const chosen = [...batches.values()];
    const objects = this.#patches.objectsIn(chosen, labels);
    return chosen.map(({ videoId }, index) => ({ videoId, objects: objects[index] }));
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
      `SELECT passes.num, passes.id, videos.id AS video_id, patches, embedding_size
       FROM tracks JOIN passes ON passes.num = tracks.pass JOIN videos ON videos.num = tracks.video
       WHERE kind = 'embedding' AND version = ? AND tracks.state = 'whole' AND patches > 0 ORDER BY passes.num`,
      fingerprint,
    );
    const runs = new Map(rows.map((row) => [row.id, row]));
    const byVideo = new Map(rows.map((row) => [row.video_id, row]));
    if (!kept) {
      const folder = join(this.#db.folder, 'features');
      try {
        mkdirSync(folder, { recursive: true });
      } catch {
        // The codes are kept in memory only.
      }
      const name = fingerprint.replace(/[^\w-]/g, '').slice(0, 32);
      const read = ({ id }: { id: string }, first: number, count: number) =>
        this.#patches.embeddings(this.#kept.get(fingerprint)!.runs.get(id)!, {
          from: first,
          past: first + count,
        });
      const index = new VectorIndex(join(folder, `${name}.codes`), read);
      kept = { generation, runs, byVideo, index, sample: new Float32Array(0) };
      this.#kept.set(fingerprint, kept);
    }
    [kept.runs, kept.byVideo] = [runs, byVideo];
    if (VectorIndex.takes(rows[0]?.embedding_size ?? 0)) kept.index.update(rows);
    kept.sample = this.#sampleOf(rows);
    kept.generation = generation;
    return kept;
  }

  /** Temporal patches at even distances over the whole library. */
  #sampleOf(runs: readonly Run[]): Float32Array {
    const total = runs.reduce((sum, { patches }) => sum + patches, 0);
    const parts: Float32Array[] = [];
    let past = 0;
    let next = 0;
    for (const run of runs) {
      for (; next < past + run.patches; next += Math.max(1, total / sampled.places)) {
        const first = Math.max(0, Math.min(Math.floor(next) - past, run.patches - sampled.patches));
        const end = Math.min(run.patches, first + sampled.patches);
        parts.push(this.#patches.embeddings(run, { from: first, past: end }));
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

/** Mean and standard deviation of a query's similarity to some rows; wide where there are none. */
function backgroundOf(query: Float32Array, rows: Float32Array): { mean: number; deviation: number } {
  const { n, mean, deviation } = spreadOf([similarities(query, rows)]);
  return { mean, deviation: n > 0 ? deviation : 1 };
}
