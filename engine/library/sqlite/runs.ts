import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { badArgument, LongviewError } from '../../protocol/errors.ts';
import type { LibraryDatabase } from './database.ts';
import { mapErrors } from './errors.ts';
import { type FeatureCache, type FeatureWriter, namesIn } from '../features.ts';
import { packCuts, packEmbeddings, packObjects, packTimes, type PackedObjects } from '../packing.ts';
import { runOf, type RunRow, valuesPerPatch } from './run-rows.ts';
import type { IndexRun, RunSettings, RunWriter, StoredPatch } from '../types.ts';

/** Where a library keeps the stills of a run. */
export function thumbnailFolder(library: string, runId: string): string {
  return join(library, 'thumbnails', runId);
}

/** The passes of the eyes over the videos: begins, goes on with, completes and deletes them. */
export class Runs {
  readonly #db: LibraryDatabase;
  readonly #features: FeatureCache;

  constructor(db: LibraryDatabase, features: FeatureCache) {
    this.#db = db;
    this.#features = features;
  }

  /** Begins a run of a video, or goes on with an interrupted one of the same settings. */
  begin(video: number, settings: RunSettings): RunWriter {
    const left = this.#db.get<RunRow>("SELECT * FROM runs WHERE video = ? AND state = 'indexing'", video);
    if (left && sameSettings(left, settings)) {
      const features = this.#features.write(left.id, valuesPerPatch(left), left.patches);
      if (features) return this.#writer(left, features);
    }
    if (left) this.remove(left);
    const row = this.#insert(video, settings);
    return this.#writer(row, this.#features.write(row.id, valuesPerPatch(row), 0)!);
  }

  /** Deletes a run with its files. The rows go first: a file without a row is found again by `cleanUp`. */
  remove(row: RunRow): void {
    this.#db.write(() => {
      this.#db.run('DELETE FROM runs WHERE num = ?', row.num);
      if (row.state === 'complete') this.#db.run('UPDATE state SET generation = generation + 1');
    });
    this.removeFiles(row.id);
  }

  /** Deletes a run's features and stills. */
  removeFiles(runId: string): void {
    mapErrors(this.#db.folder, () => {
      try {
        this.#features.remove(runId);
        rmSync(thumbnailFolder(this.#db.folder, runId), { recursive: true, force: true });
      } catch (error) {
        // Windows refuses while a file is open (a still on the screen, an index being written); cleanUp comes back.
        if (!['EBUSY', 'EPERM', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? ''))
          throw error;
      }
    });
  }

  /** Deletes files that no run knows and puts jobs that were cut short back into the queue. */
  cleanUp(): void {
    const known = new Set(this.#db.all<{ id: string }>('SELECT id FROM runs').map((row) => row.id));
    this.#features.removeAllBut(known);
    mapErrors(this.#db.folder, () => {
      const stills = join(this.#db.folder, 'thumbnails');
      for (const name of namesIn(stills))
        if (!known.has(name)) rmSync(join(stills, name), { recursive: true, force: true });
    });
    this.#db.run("UPDATE jobs SET state = 'waiting', crashes = crashes + 1 WHERE state = 'running'");
    this.#db.releaseSpace();
  }

  #insert(video: number, settings: RunSettings): RunRow {
    return this.#db.get<RunRow>(
      `INSERT INTO runs (id, video, state, model_id, model_fingerprint, fps,
         grid_rows, grid_columns, hidden_size, embedding_size, started_at)
       VALUES (?, ?, 'indexing', ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
      randomBytes(8).toString('hex'),
      video,
      settings.modelId,
      settings.modelFingerprint,
      settings.fps,
      ...settings.grid,
      settings.hiddenSize,
      settings.embeddingSize,
      Date.now(),
    )!;
  }

  #writer(row: RunRow, features: FeatureWriter): RunWriter {
    const folder = thumbnailFolder(this.#db.folder, row.id);
    mapErrors(this.#db.folder, () => mkdirSync(folder, { recursive: true }));
    return new Writer(this.#db, this, row, features, folder);
  }
}

function sameSettings(row: RunRow, settings: RunSettings): boolean {
  return (
    row.model_fingerprint === settings.modelFingerprint &&
    row.fps === settings.fps &&
    row.grid_rows === settings.grid[0] &&
    row.grid_columns === settings.grid[1] &&
    row.hidden_size === settings.hiddenSize &&
    row.embedding_size === settings.embeddingSize
  );
}

class Writer implements RunWriter {
  readonly thumbnailFolder: string;
  readonly resumedPatches: number;
  readonly #db: LibraryDatabase;
  readonly #runs: Runs;
  readonly #row: RunRow;
  readonly #features: FeatureWriter;

  constructor(db: LibraryDatabase, runs: Runs, row: RunRow, features: FeatureWriter, folder: string) {
    this.#db = db;
    this.#runs = runs;
    this.#row = row;
    this.#features = features;
    this.thumbnailFolder = folder;
    this.resumedPatches = row.patches;
  }

  get run(): IndexRun {
    return runOf(this.#row);
  }

  append(patches: readonly StoredPatch[]): void {
    if (patches.length === 0) return;
    for (const patch of patches) this.#check(patch);
    // Tokens first: the row says how much of the file counts.
    this.#features.append(patches.map((patch) => patch.tokens));
    const first = this.#row.patches;
    this.#db.write(() => {
      this.#stillThere();
      this.#db.run(
        'INSERT INTO patch_batches (run, first, count, times, cuts, embeddings) VALUES (?, ?, ?, ?, ?, ?)',
        this.#row.num,
        first,
        patches.length,
        packTimes(patches),
        packCuts(patches),
        packEmbeddings(patches, this.#row.embedding_size),
      );
      for (const objects of packObjects(patches, first)) this.#insertObjects(first, objects);
      this.#db.run('UPDATE runs SET patches = ? WHERE num = ?', first + patches.length, this.#row.num);
    });
    this.#row.patches = first + patches.length;
  }

  setThumbnails(stills: readonly { time: number; file: string }[]): void {
    this.#db.write(() => {
      this.#stillThere();
      this.#db.run('DELETE FROM thumbnails WHERE run = ?', this.#row.num);
      for (const { time, file } of stills)
        this.#db.run('INSERT INTO thumbnails (run, time, file) VALUES (?, ?, ?)', this.#row.num, time, file);
    });
  }

  complete(durationSec = 0): void {
    this.#features.close();
    const replaced = this.#db.write(() => {
      this.#stillThere();
      const old = this.#db.all<{ id: string }>(
        "DELETE FROM runs WHERE video = ? AND state = 'complete' RETURNING id",
        this.#row.video,
      );
      this.#db.run(
        "UPDATE runs SET state = 'complete', completed_at = ? WHERE num = ?",
        Date.now(),
        this.#row.num,
      );
      this.#db.run(
        'UPDATE videos SET duration_sec = ? WHERE num = ? AND duration_sec = 0',
        durationSec,
        this.#row.video,
      );
      this.#db.run('UPDATE state SET generation = generation + 1');
      return old;
    });
    for (const { id } of replaced) this.#runs.removeFiles(id);
    if (replaced.length > 0) this.#db.releaseSpace();
  }

  discard(): void {
    this.#features.close();
    this.#runs.remove(this.#row);
  }

  close(): void {
    this.#features.close();
  }

  /** The user may remove a video while it is being indexed. */
  #stillThere(): void {
    if (this.#db.get('SELECT 1 FROM runs WHERE num = ?', this.#row.num)) return;
    throw new LongviewError(
      'video-not-in-library',
      'The video was removed from the library while it was being indexed.',
      'Index it again if that was not intended.',
    );
  }

  #insertObjects(first: number, { label, count, best, bytes }: PackedObjects): void {
    this.#db.run('INSERT INTO labels (name) VALUES (?) ON CONFLICT DO NOTHING', label);
    this.#db.run(
      `INSERT INTO object_batches (run, first, label, count, objects, best)
       VALUES (?, ?, (SELECT num FROM labels WHERE name = ?), ?, ?, ?)`,
      this.#row.num,
      first,
      label,
      count,
      bytes,
      best,
    );
  }

  #check(patch: StoredPatch): void {
    const { embedding_size: size } = this.#row;
    const values = valuesPerPatch(this.#row);
    if (patch.embedding.length !== size)
      throw badArgument('embedding', `${size} numbers long`, patch.embedding.length);
    if (patch.tokens.length !== values)
      throw badArgument('tokens', `${values} numbers long`, patch.tokens.length);
    if (!(patch.start >= 0 && patch.end >= patch.start))
      throw badArgument('start and end', 'ascending seconds', `${patch.start}, ${patch.end}`);
  }
}
