import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { badArgument, quote } from '../../protocol/errors.ts';
import { isPassId, keyFramePass } from '../names.ts';
import type { LibraryDatabase } from './database.ts';
import { foreignLibrary, mapErrors } from './errors.ts';
import { type FeatureCache, type FeatureWriter, namesIn } from '../features.ts';
import { packCuts, packEmbeddings, packObjects, packTimes, type PackedObjects } from '../packing.ts';
import { has, passOf, type PassRow, trackedPasses, type TrackedPass, valuesPerPatch } from './pass-rows.ts';
import { goneMeanwhile, insertTrack } from './track-rows.ts';
import type { PassTracks, PassWriter } from '../ports/tracks.ts';
import type { TrackKey, TrackKind } from '../track-types.ts';
import type { IndexPass, PassSettings, StoredPatch } from '../types.ts';

/** Where a library keeps the stills of a pass. */
export function thumbnailFolder(library: string, passId: string): string {
  if (!isPassId(passId)) throw foreignLibrary(library, `its pass is called ${quote(passId)}`);
  return join(library, 'thumbnails', passId);
}

/** The tracks of a frame encoder that also finds objects and makes visual tokens. */
const allKinds: readonly TrackKind[] = ['shots', 'stills', 'objects', 'embedding', 'tokens'];

/** The passes of frame encoders over the videos: begins, goes on with, completes and deletes them. */
export class Passes {
  readonly #db: LibraryDatabase;
  readonly #features: FeatureCache;

  constructor(db: LibraryDatabase, features: FeatureCache) {
    this.#db = db;
    this.#features = features;
  }

  /** Begins a pass over a video, or goes on with an interrupted one of the same settings. */
  begin(
    video: number,
    settings: PassSettings,
    { extractor = 'frames', kinds = allKinds }: PassTracks,
  ): PassWriter {
    const left = this.#db.get<TrackedPass>(
      `${trackedPasses} AND tracks.video = ? AND tracks.extractor = ? AND tracks.state = 'making'`,
      video,
      extractor,
    );
    if (left && sameSettings(left, settings) && isSame(left.kinds.split(','), kinds)) {
      const features = this.#open(left);
      if (features !== 'lost') return this.#writer(left, features);
    }
    if (left) this.remove(left);
    const row = this.#insert(video, settings, extractor, kinds);
    return this.#writer(row, this.#open(row) as FeatureWriter | undefined);
  }

  /** A pass whose temporal patches came from another library; its visual tokens are somebody else's to write. */
  taken(row: TrackedPass): PassWriter {
    return this.#writer(row, undefined);
  }

  /** Deletes a pass with its tracks and files. The rows go first: a file without a row is found again by `cleanUp`. */
  remove(row: { num: number; id: string }): void {
    this.#db.write(() => {
      const whole = this.#db.get("SELECT 1 FROM tracks WHERE pass = ? AND state = 'whole'", row.num);
      this.#db.run('DELETE FROM passes WHERE num = ?', row.num);
      if (whole) this.#db.run('UPDATE state SET generation = generation + 1');
    });
    this.removeFiles(row.id);
  }

  /** Deletes a pass's features and stills. */
  removeFiles(passId: string): void {
    mapErrors(this.#db.folder, () => {
      try {
        this.#features.remove(passId);
        rmSync(thumbnailFolder(this.#db.folder, passId), { recursive: true, force: true });
      } catch (error) {
        // Windows refuses while a file is open (a still on the screen, an index being written); cleanUp comes back.
        if (!['EBUSY', 'EPERM', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? ''))
          throw error;
      }
    });
  }

  /**
   * Deletes files that no pass knows. They are listed before the rows are read: a row is there before its files are, so
   * what another process begins meanwhile is left alone.
   */
  cleanUp(): void {
    this.#db.run('DELETE FROM passes WHERE NOT EXISTS (SELECT 1 FROM tracks WHERE tracks.pass = passes.num)');
    mapErrors(this.#db.folder, () => {
      const stills = join(this.#db.folder, 'thumbnails');
      const features = this.#features.names();
      const folders = namesIn(stills).filter(isPassId);
      const known = new Set(this.#db.all<{ id: string }>('SELECT id FROM passes').map((row) => row.id));
      for (const id of features) if (!known.has(id)) this.#features.remove(id);
      for (const name of folders)
        if (!known.has(name)) rmSync(join(stills, name), { recursive: true, force: true });
    });
    this.#db.releaseSpace();
  }

  /** Deletes passes of a video that have no tracks any longer, with their files. */
  removeEmpty(video: number): void {
    const empty = 'NOT EXISTS (SELECT 1 FROM tracks WHERE tracks.pass = passes.num)';
    const gone = this.#db.all<{ id: string }>(
      `DELETE FROM passes WHERE passes.video = ? AND ${empty} RETURNING id`,
      video,
    );
    for (const { id } of gone) this.removeFiles(id);
    if (gone.length > 0) this.#db.releaseSpace();
  }

  /** The file of a pass's visual tokens; undefined where it makes none, "lost" where it should hold some and doesn't. */
  #open(row: TrackedPass): FeatureWriter | undefined | 'lost' {
    if (!has(row, 'tokens')) return undefined;
    return this.#features.write(row.id, valuesPerPatch(row), row.patches) ?? 'lost';
  }

  #insert(
    video: number,
    settings: PassSettings,
    extractor: string,
    kinds: readonly TrackKind[],
  ): TrackedPass {
    return this.#db.write(() => {
      const { num } = this.#db.get<PassRow>(
        `INSERT INTO passes (id, video, model_id, model_fingerprint, fps,
           grid_rows, grid_columns, hidden_size, embedding_size)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
        randomBytes(8).toString('hex'),
        video,
        settings.modelId,
        settings.modelFingerprint,
        settings.fps,
        ...settings.grid,
        settings.hiddenSize,
        settings.embeddingSize,
      )!;
      for (const kind of kinds) insertTrack(this.#db, video, passTrack(kind, settings, extractor), num);
      return this.#db.get<TrackedPass>(`${trackedPasses} AND passes.num = ?`, num)!;
    });
  }

  #writer(row: TrackedPass, features: FeatureWriter | undefined): PassWriter {
    const folder = thumbnailFolder(this.#db.folder, row.id);
    mapErrors(this.#db.folder, () => mkdirSync(folder, { recursive: true }));
    return new Writer(this.#db, this, row, features, folder);
  }
}

/** Cuts and stills are the same whoever looks: they have an extractor of their own. */
export function passTrack(
  kind: TrackKind,
  settings: Pick<PassSettings, 'modelFingerprint' | 'fps'>,
  extractor: string,
): TrackKey {
  const { modelFingerprint, fps } = settings;
  if ((kind === 'shots' || kind === 'stills') && extractor !== keyFramePass)
    return { kind, extractor: kind, version: '1', settings: { fps } };
  return { kind, extractor, version: modelFingerprint, settings: { fps } };
}

function isSame(kept: readonly string[], kinds: readonly string[]): boolean {
  return kept.length === kinds.length && kinds.every((kind) => kept.includes(kind));
}

function sameSettings(row: PassRow, settings: PassSettings): boolean {
  return (
    row.model_fingerprint === settings.modelFingerprint &&
    row.fps === settings.fps &&
    row.grid_rows === settings.grid[0] &&
    row.grid_columns === settings.grid[1] &&
    row.hidden_size === settings.hiddenSize &&
    row.embedding_size === settings.embeddingSize
  );
}

class Writer implements PassWriter {
  readonly thumbnailFolder: string;
  readonly resumedPatches: number;
  readonly #db: LibraryDatabase;
  readonly #passes: Passes;
  readonly #row: TrackedPass;
  readonly #features: FeatureWriter | undefined;

  constructor(
    db: LibraryDatabase,
    passes: Passes,
    row: TrackedPass,
    features: FeatureWriter | undefined,
    folder: string,
  ) {
    this.#db = db;
    this.#passes = passes;
    this.#row = row;
    this.#features = features;
    this.thumbnailFolder = folder;
    this.resumedPatches = row.patches;
  }

  get run(): IndexPass {
    return passOf(this.#row);
  }

  append(patches: readonly StoredPatch[]): void {
    if (patches.length === 0) return;
    for (const patch of patches) this.#check(patch);
    // Tokens first: the row says how much of the file counts.
    this.#features?.append(patches.map((patch) => patch.tokens));
    const first = this.#row.patches;
    this.#db.write(() => {
      this.#stillThere();
      this.#db.run(
        'INSERT INTO patch_batches (pass, first, count, times, cuts, embeddings) VALUES (?, ?, ?, ?, ?, ?)',
        this.#row.num,
        first,
        patches.length,
        packTimes(patches),
        packCuts(patches),
        packEmbeddings(patches, this.#row.embedding_size),
      );
      for (const objects of packObjects(patches, first)) this.#insertObjects(first, objects);
      const reached = first + patches.length;
      this.#db.run('UPDATE passes SET patches = ? WHERE num = ?', reached, this.#row.num);
      this.#db.run(
        'UPDATE tracks SET items = ?, reached = ?, coverage = ? WHERE pass = ?',
        reached,
        patches.at(-1)!.end,
        JSON.stringify([[0, patches.at(-1)!.end, this.#row.fps]]),
        this.#row.num,
      );
    });
    this.#row.patches = first + patches.length;
  }

  setThumbnails(stills: readonly { time: number; file: string }[]): void {
    this.#db.write(() => {
      this.#stillThere();
      this.#db.run('DELETE FROM thumbnails WHERE pass = ?', this.#row.num);
      for (const { time, file } of stills)
        this.#db.run('INSERT INTO thumbnails (pass, time, file) VALUES (?, ?, ?)', this.#row.num, time, file);
    });
  }

  complete(durationSec = 0): void {
    this.#features?.close();
    const { num, video, fps } = this.#row;
    this.#db.write(() => {
      this.#stillThere();
      // What was made before in the same way gives way.
      this.#db.run(
        `DELETE FROM tracks WHERE tracks.video = ? AND state = 'whole' AND EXISTS (SELECT 1 FROM tracks AS own
           WHERE own.pass = ? AND own.kind = tracks.kind AND own.extractor = tracks.extractor)`,
        video,
        num,
      );
      // A first look has been refined.
      if (this.#row.extractor === 'frames')
        this.#db.run('DELETE FROM tracks WHERE tracks.video = ? AND extractor = ?', video, keyFramePass);
      this.#db.run(
        `UPDATE tracks SET state = 'whole', completed_at = ?, reached = max(reached, ?), coverage = ? WHERE pass = ?`,
        Date.now(),
        durationSec,
        JSON.stringify([[0, durationSec, fps]]),
        num,
      );
      this.#db.run(
        `DELETE FROM thumbnails WHERE pass IN (SELECT passes.num FROM passes WHERE passes.video = ?)
           AND NOT EXISTS (SELECT 1 FROM tracks WHERE tracks.pass = thumbnails.pass AND tracks.kind = 'stills')`,
        video,
      );
      this.#db.run(
        'UPDATE videos SET duration_sec = ? WHERE num = ? AND duration_sec = 0',
        durationSec,
        video,
      );
      this.#db.run('UPDATE state SET generation = generation + 1');
    });
    this.#passes.removeEmpty(video);
  }

  discard(): void {
    this.#features?.close();
    this.#passes.remove(this.#row);
  }

  close(): void {
    this.#features?.close();
  }

  /** The user may remove a video while it is being indexed. */
  #stillThere(): void {
    if (!this.#db.get('SELECT 1 FROM passes WHERE num = ?', this.#row.num)) throw goneMeanwhile();
  }

  #insertObjects(first: number, { label, count, best, bytes }: PackedObjects): void {
    this.#db.run('INSERT INTO labels (name) VALUES (?) ON CONFLICT DO NOTHING', label);
    this.#db.run(
      `INSERT INTO object_batches (pass, first, label, count, objects, best)
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
    const values = has(this.#row, 'tokens') ? valuesPerPatch(this.#row) : patch.tokens.length;
    if (patch.embedding.length !== size)
      throw badArgument('embedding', `${size} numbers long`, patch.embedding.length);
    if (patch.tokens.length !== values)
      throw badArgument('tokens', `${values} numbers long`, patch.tokens.length);
    if (!(patch.start >= 0 && patch.end >= patch.start))
      throw badArgument('start and end', 'ascending seconds', `${patch.start}, ${patch.end}`);
  }
}
