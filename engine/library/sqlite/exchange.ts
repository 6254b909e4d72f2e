import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LongviewError, quote } from '../../protocol/errors.ts';
import type { FeatureCache, FeatureWriter } from '../features.ts';
import { isPassId, isStillName } from '../names.ts';
import type {
  AnswerRow,
  ExchangePort,
  OutboxEntry,
  PassHead,
  PassTaker,
  PatchBatch,
  SeriesBatch,
  StillFile,
  TakenPlace,
  TrackHead,
  VideoHead,
} from '../ports/exchange.ts';
import type { TrackKind } from '../track-types.ts';
import type { VideoFacts } from '../types.ts';
import type { LibraryDatabase } from './database.ts';
import { foreignLibrary, mapErrors } from './errors.ts';
import { trackedPasses, type TrackedPass, valuesPerPatch } from './pass-rows.ts';
import { type Passes, thumbnailFolder } from './passes.ts';
import type { Texts } from './texts.ts';
import { goneMeanwhile, type TrackRow, trackOf } from './track-rows.ts';
import type { Videos } from './videos.ts';

/** What {@link exchange} works with. */
export interface ExchangeParts {
  db: LibraryDatabase;
  features: FeatureCache;
  passes: Passes;
  texts: Texts;
  videos: Videos;
  /** Removes a video with its files, without telling the hub. */
  remove: (videoId: string) => void;
}

/** Tracks as they are, from this library and into it. */
export function exchange(parts: ExchangeParts): ExchangePort {
  const { db, features, texts, videos } = parts;
  const pass = (id: string) => {
    const row = db.get<TrackedPass>(`${trackedPasses} AND passes.id = ?`, id);
    if (!row) throw goneMeanwhile();
    return row;
  };
  const track = (id: string) => {
    const row = db.get<TrackRow>('SELECT * FROM tracks WHERE id = ?', id);
    if (!row) throw goneMeanwhile();
    return row;
  };
  const forget = (contentHash: string) => {
    const video = videos.byContent(contentHash);
    if (video) parts.remove(video.id);
  };
  return {
    ...notes(db),
    headOf: (contentHash) => db.snapshot(() => headOf(parts, contentHash)),
    patchBatches: (passId, from, most) => db.snapshot(() => batchesOf(db, pass(passId).num, from, most)),
    tokenBytes: (passId, from, past) => features.readBytes(passId, valuesPerPatch(pass(passId)), from, past),
    stillFiles: (passId) => stillsOf(db, pass(passId)),
    trackLines: (trackId) => texts.ofTrack(track(trackId).num),
    seriesBatches: (trackId, from) =>
      db.all<SeriesBatch>(
        'SELECT first, count, start, step, data FROM series WHERE track = ? AND first >= ? ORDER BY first',
        track(trackId).num,
        from,
      ),
    takeVideo: (facts, places) => takeVideo(parts, facts, places),
    takePass: (contentHash, head, kinds) => new Taker(parts, numOf(videos, contentHash), head, kinds),
    takeTrack: (contentHash, head, { lines, series }) => {
      const video = numOf(videos, contentHash);
      db.write(() => {
        db.run(
          'DELETE FROM tracks WHERE tracks.video = ? AND kind = ? AND extractor = ? AND (state = ? OR id = ?)',
          ...[video, head.kind, head.extractor, head.state, head.id],
        );
        const num = insertHead(db, video, head, undefined);
        for (const line of lines) texts.insert(num, video, line);
        for (const { first, count, start, step, data } of series)
          db.run(
            'INSERT INTO series (track, first, count, start, step, data) VALUES (?, ?, ?, ?, ?, ?)',
            ...[num, first, count, start, step, data],
          );
        db.run('UPDATE state SET generation = generation + 1');
      });
    },
    dropPart: (id) => {
      const row = db.get<{ num: number; id: string }>('SELECT num, id FROM passes WHERE id = ?', id);
      if (row) parts.passes.remove(row);
      else db.run('DELETE FROM tracks WHERE id = ?', id);
    },
    forgetVideo: forget,
    dropVideo: (contentHash, removedBy) => {
      forget(contentHash);
      db.run(
        'INSERT OR REPLACE INTO removed (content_hash, removed_by) VALUES (?, ?)',
        contentHash,
        removedBy,
      );
    },
    droppedVideos: () => db.all('SELECT content_hash AS contentHash, removed_by AS removedBy FROM removed'),
    answerRow: (number) =>
      db.get<AnswerRow>(
        `SELECT content_hash AS contentHash, index_run AS indexRun, model_fingerprint AS modelFingerprint,
           question_key AS questionKey, gamma, sampling, result FROM answers WHERE num = ?`,
        number,
      ),
    takeAnswer: (row) => takeAnswer(db, row),
  };
}

/** What is noted about the hub. */
function notes(db: LibraryDatabase) {
  return {
    tellHub: (what, contentHash, body) => noteForHub(db, what, contentHash, body),
    outbox: () =>
      db
        .all<{ num: number; what: OutboxEntry['what']; content_hash: string; body: string }>(
          'SELECT num, what, content_hash, body FROM outbox ORDER BY num',
        )
        .map(({ num, what, content_hash, body }) => ({
          ...{ number: num, what, contentHash: content_hash },
          body: JSON.parse(body) as unknown,
        })),
    told: (number) => void db.run('DELETE FROM outbox WHERE num = ?', number),
    markShared: (tracks) =>
      db.write(() => {
        for (const { id, state, items } of tracks)
          db.run('INSERT OR REPLACE INTO shared (track_id, state, items) VALUES (?, ?, ?)', id, state, items);
      }),
    isShared: (trackId) =>
      db.get(
        `SELECT 1 FROM tracks JOIN shared ON track_id = tracks.id
         WHERE tracks.id = ? AND shared.state = tracks.state AND shared.items = tracks.items`,
        trackId,
      ) !== undefined,
    unshared: () =>
      db
        .all<{ content_hash: string }>(
          `SELECT DISTINCT content_hash FROM tracks JOIN videos ON videos.num = tracks.video
           WHERE tracks.state = 'whole' AND NOT EXISTS (SELECT 1 FROM shared WHERE shared.track_id = tracks.id
             AND shared.state = 'whole')`,
        )
        .map(({ content_hash }) => content_hash),
    forgetShared: () => void db.run('DELETE FROM shared'),
  } satisfies Partial<ExchangePort>;
}

/** Puts what a person did into the outbox, where this library follows a hub. */
export function noteForHub(
  db: LibraryDatabase,
  what: OutboxEntry['what'],
  contentHash: string,
  body: unknown,
): void {
  db.run(
    `INSERT INTO outbox (what, content_hash, body, noted_at)
     SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM settings WHERE key = 'hub')`,
    ...[what, contentHash, JSON.stringify(body), Date.now()],
  );
}

function numOf(videos: Videos, contentHash: string): number {
  const video = videos.byContent(contentHash);
  if (!video) throw goneMeanwhile();
  return videos.row(video.id).num;
}

function headOf({ db, videos }: ExchangeParts, contentHash: string): VideoHead | undefined {
  const video = videos.byContent(contentHash);
  if (!video) return undefined;
  const { num } = videos.row(video.id);
  const { sizeBytes, durationSec, width, height, frameRate, codec, recordedAt } = video;
  const rows = db.all<TrackRow>('SELECT * FROM tracks WHERE tracks.video = ? ORDER BY num', num);
  const passes = db.all<TrackedPass>(`${trackedPasses} AND passes.video = ? ORDER BY passes.num`, num);
  return {
    facts: {
      ...{ contentHash, sizeBytes, durationSec, width, height, frameRate, codec },
      ...(recordedAt === undefined ? {} : { recordedAt }),
    },
    passes: passes.map((row) => ({
      ...{ id: row.id, extractor: row.extractor, state: row.state, patches: row.patches, fps: row.fps },
      ...{ modelId: row.model_id, modelFingerprint: row.model_fingerprint },
      grid: [row.grid_rows, row.grid_columns],
      ...{ hiddenSize: row.hidden_size, embeddingSize: row.embedding_size },
      tracks: rows.filter(({ pass }) => pass === row.num).map(trackOf),
    })),
    tracks: rows.filter(({ pass }) => pass === null).map(trackOf),
  };
}

function batchesOf(db: LibraryDatabase, pass: number, from: number, most: number): PatchBatch[] {
  const batches = db.all<Omit<PatchBatch, 'objects'>>(
    `SELECT first, count, times, cuts, embeddings FROM patch_batches WHERE pass = ? AND first >= ?
     ORDER BY first LIMIT ?`,
    ...[pass, from, most],
  );
  return batches.map((batch) => ({
    ...batch,
    objects: db.all<PatchBatch['objects'][number]>(
      `SELECT labels.name AS label, object_batches.count, coalesce(best, 1) AS best, objects AS bytes
       FROM object_batches JOIN labels ON labels.num = object_batches.label
       WHERE object_batches.pass = ? AND object_batches.first = ? ORDER BY labels.name`,
      ...[pass, batch.first],
    ),
  }));
}

function stillsOf(db: LibraryDatabase, row: TrackedPass): StillFile[] {
  const folder = thumbnailFolder(db.folder, row.id);
  return db
    .all<{ time: number; file: string }>(
      'SELECT time, file FROM thumbnails WHERE pass = ? ORDER BY time',
      row.num,
    )
    .filter(({ file }) => isStillName(file))
    .flatMap(({ time, file }) => {
      try {
        return { time, file, data: readFileSync(join(folder, file)) };
      } catch {
        // One that was deleted is missed by nobody but the eye.
        return [];
      }
    });
}

function takeVideo({ db, videos }: ExchangeParts, facts: VideoFacts, places: readonly TakenPlace[]): string {
  return db.write(() => {
    const id = videos.take(facts);
    const { num } = videos.row(id);
    const paths = JSON.stringify(places.map(({ path }) => path));
    // What somebody indexed here from outside every root stays.
    db.run(
      `DELETE FROM files WHERE files.video = ? AND present = 0
         AND path NOT IN (SELECT value FROM json_each(?))`,
      num,
      paths,
    );
    for (const { path, present, modifiedMs } of places) {
      if (present)
        db.run('UPDATE files SET present = 0 WHERE path = ? AND video <> ? AND present = 1', path, num);
      db.run(
        `INSERT INTO files (video, path, present, seen_at, modified_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET present = excluded.present, modified_at = excluded.modified_at`,
        ...[num, path, present ? 1 : 0, Date.now(), modifiedMs ?? null],
      );
    }
    db.run('DELETE FROM removed WHERE content_hash = ?', facts.contentHash);
    return id;
  });
}

/** @returns the track's number */
function insertHead(db: LibraryDatabase, video: number, head: TrackHead, pass: number | undefined): number {
  const { lastInsertRowid } = db.run(
    `INSERT INTO tracks (id, video, kind, extractor, version, settings, state, pass, coverage, reached, items,
       started_at, completed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[head.id, video, head.kind, head.extractor, head.version, JSON.stringify(head.settings), head.state],
    ...[pass ?? null, JSON.stringify(head.coverage), head.reachedSec, head.items, head.startedAt],
    head.completedAt ?? null,
  );
  return lastInsertRowid;
}

class Taker implements PassTaker {
  readonly #parts: ExchangeParts;
  readonly #head: PassHead;
  readonly #row: TrackedPass;
  readonly #features: FeatureWriter | undefined;

  constructor(parts: ExchangeParts, video: number, head: PassHead, kinds: readonly TrackKind[]) {
    if (!isPassId(head.id)) throw foreignLibrary(parts.db.folder, `a pass is called ${quote(head.id)}`);
    this.#parts = parts;
    this.#head = head;
    const { db, features, passes } = parts;
    const find = () => db.get<TrackedPass>(`${trackedPasses} AND passes.id = ?`, head.id);
    const open = (row: TrackedPass) =>
      row.kinds.split(',').includes('tokens')
        ? features.write(row.id, valuesPerPatch(row), row.patches)
        : undefined;
    const left = find();
    const same = left && isSame(left.kinds.split(','), kinds) && left.patches <= head.patches;
    const file = same ? open(left) : undefined;
    if (same && (file !== undefined || !kinds.includes('tokens'))) {
      this.#row = left;
      this.#features = file;
      return;
    }
    if (left) passes.remove(left);
    const busy = db.get<TrackedPass>(
      `${trackedPasses} AND tracks.video = ? AND tracks.extractor = ? AND tracks.state = 'making'`,
      ...[video, head.extractor],
    );
    if (busy) passes.remove(busy);
    db.write(() => {
      const { lastInsertRowid: num } = db.run(
        `INSERT INTO passes (id, video, model_id, model_fingerprint, fps, grid_rows, grid_columns, hidden_size,
           embedding_size, patches) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
        ...[head.id, video, head.modelId, head.modelFingerprint, head.fps, ...head.grid],
        ...[head.hiddenSize, head.embeddingSize],
      );
      for (const one of head.tracks.filter(({ kind }) => kinds.includes(kind)))
        insertHead(db, video, { ...one, state: 'making', reachedSec: 0, items: 0 }, num);
    });
    this.#row = find()!;
    this.#features = open(this.#row);
  }

  get patches(): number {
    return this.#row.patches;
  }

  append(batches: readonly PatchBatch[], tokens: Uint8Array | undefined): void {
    if (batches.length === 0) return;
    let next = this.#row.patches;
    for (const batch of batches) {
      this.#check(batch, next);
      next += batch.count;
    }
    if (this.#features) {
      if (!tokens) throw new TypeError('the visual tokens of these patches are missing');
      this.#features.appendBytes(tokens);
    }
    const { db } = this.#parts;
    let reached = this.#row.patches;
    db.write(() => {
      for (const batch of batches) {
        db.run(
          'INSERT INTO patch_batches (pass, first, count, times, cuts, embeddings) VALUES (?, ?, ?, ?, ?, ?)',
          ...[this.#row.num, batch.first, batch.count, batch.times, batch.cuts, batch.embeddings],
        );
        for (const objects of batch.objects) {
          db.run('INSERT INTO labels (name) VALUES (?) ON CONFLICT DO NOTHING', objects.label);
          db.run(
            `INSERT INTO object_batches (pass, first, label, count, objects, best)
             VALUES (?, ?, (SELECT num FROM labels WHERE name = ?), ?, ?, ?)`,
            ...[this.#row.num, batch.first, objects.label, objects.count, objects.bytes, objects.best],
          );
        }
        reached += batch.count;
      }
      db.run('UPDATE passes SET patches = ? WHERE num = ?', reached, this.#row.num);
      const last = batches.at(-1)!;
      const end = new Float64Array(new Uint8Array(last.times).buffer)[last.count * 4 - 3];
      const coverage = JSON.stringify([[0, end, this.#row.fps]]);
      db.run(
        'UPDATE tracks SET items = ?, reached = ?, coverage = ? WHERE pass = ?',
        ...[reached, end, coverage, this.#row.num],
      );
    });
    this.#row.patches = reached;
  }

  complete(stills: readonly StillFile[]): void {
    const { db, passes } = this.#parts;
    const good = stills.filter(({ file }) => isStillName(file));
    const writer = passes.taken(this.#row);
    mapErrors(db.folder, () => {
      for (const { file, data } of good) writeFileSync(join(writer.thumbnailFolder, file), data);
    });
    db.write(() => {
      writer.setThumbnails(good);
      const [{ reachedSec }] = this.#head.tracks;
      writer.complete(reachedSec);
      for (const head of this.#head.tracks)
        db.run(
          'UPDATE tracks SET coverage = ?, reached = ?, completed_at = ? WHERE id = ?',
          ...[JSON.stringify(head.coverage), head.reachedSec, head.completedAt ?? null, head.id],
        );
    });
    this.close();
  }

  close(): void {
    this.#features?.close();
  }

  /** What comes from elsewhere may be cut or made up. */
  #check({ first, count, times, cuts, embeddings, objects }: PatchBatch, expected: number): void {
    const right =
      first === expected &&
      times.length === count * 32 &&
      cuts.length === count * 8 &&
      embeddings.length === count * 2 * this.#row.embedding_size &&
      objects.every(({ count: n, bytes }) => bytes.length === n * 22 || bytes.length === n * 16);
    if (!right)
      throw new LongviewError(
        'library-damaged',
        `Temporal patches ${first} to ${first + count} of the pass ${this.#row.id} came damaged; ${expected} was to be next.`,
        'Ask whoever administers the hub to run "longview hub doctor".',
      );
  }
}

function isSame(kept: readonly string[], kinds: readonly string[]): boolean {
  return kept.length === kinds.length && kinds.every((kind) => kept.includes(kind));
}

function takeAnswer(db: LibraryDatabase, row: AnswerRow): void {
  db.write(() => {
    const known = db.get(
      'SELECT 1 FROM answers WHERE question_key = ? AND content_hash = ? AND index_run = ? AND result = ?',
      ...[row.questionKey, row.contentHash, row.indexRun, row.result],
    );
    if (known) return;
    const now = Date.now();
    const { lastInsertRowid } = db.run(
      `INSERT INTO answers (content_hash, index_run, model_fingerprint, question_key, gamma, sampling, result,
         created_at, used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[row.contentHash, row.indexRun, row.modelFingerprint, row.questionKey, row.gamma, row.sampling],
      ...[row.result, now, now],
    );
    db.run(
      'INSERT INTO answer_videos (answer, video) SELECT ?, num FROM videos WHERE content_hash = ?',
      ...[lastInsertRowid, row.contentHash],
    );
  });
}
