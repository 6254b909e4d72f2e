import { join } from 'node:path';
import { badArgument, LongviewError, quote } from '../../protocol/errors.ts';
import { Answers } from './answers.ts';
import { shotCuts } from '../../vision/shot-cuts.ts';
import { LibraryDatabase } from './database.ts';
import { mapErrors } from './errors.ts';
import { FeatureCache } from '../features.ts';
import { Jobs } from './jobs.ts';
import { lockForIndexing } from '../lock.ts';
import { NearestPatches } from './nearest.ts';
import { Patches } from './patches.ts';
import { type RunRow, valuesPerPatch } from './run-rows.ts';
import { Runs, thumbnailFolder } from './runs.ts';
import { Texts } from './texts.ts';
import type { IndexedVideo, Store } from '../types.ts';
import { Videos } from './videos.ts';

interface IndexedRow extends RunRow {
  video_id: string;
  content_hash: string;
  duration_sec: number;
  recorded_at: number | null;
  path: string | null;
  modified_at: number | null;
}

const lastFile = (column: string) =>
  `(SELECT ${column} FROM files WHERE files.video = videos.num ORDER BY present DESC, seen_at DESC, path LIMIT 1)`;
const indexedRows = `
  SELECT runs.*, videos.id AS video_id, content_hash, duration_sec, recorded_at,
    ${lastFile('path')} AS path, ${lastFile('modified_at')} AS modified_at
  FROM runs JOIN videos ON videos.num = runs.video WHERE state = 'complete'`;

/**
 * Opens the library in a folder, making it where there is none.
 * @throws LongviewError `library-too-new`, `library-damaged`, `library-locked`, `permission-denied`, `disk-full`.
 */
export function openStore(folder: string): Store {
  const db = new LibraryDatabase(folder);
  const features = new FeatureCache(folder);
  const videos = new Videos(db);
  const runs = new Runs(db, features);
  const patches = new Patches(db);
  const nearest = new NearestPatches(db, patches);
  const answers = new Answers(db);
  const jobs = new Jobs(db);
  const texts = new Texts(db);
  let listed = { version: '', rows: new Map<string, IndexedRow>(), videos: [] as readonly IndexedVideo[] };
  const generation = () => db.get<{ generation: number }>('SELECT generation FROM state')!.generation;

  /** What is indexed, as long as nobody writes: a search asks hundreds of times. */
  const list = () => {
    const version = db.version();
    if (listed.version !== version) {
      const rows = db.all<IndexedRow>(`${indexedRows} ORDER BY runs.num`);
      listed = {
        version,
        rows: new Map(rows.map((row) => [row.video_id, row])),
        videos: rows.map(indexedVideo),
      };
    }
    return listed;
  };

  const indexedRow = (idOrPath: string): IndexedRow =>
    db.snapshot(() => {
      const known = listed.rows.get(idOrPath);
      if (known && listed.version === db.version()) return known;
      const video = videos.row(idOrPath);
      const row = db.get<IndexedRow>(`${indexedRows} AND videos.num = ?`, video.num);
      if (!row) throw notIndexed(idOrPath);
      return row;
    });

  return {
    folder,
    generation,
    videos: () => videos.all(),
    video: (idOrPath) => videos.find(idOrPath),
    videoByContent: (contentHash) => videos.byContent(contentHash),
    unchangedFile: (path, sizeBytes, modifiedMs) => videos.unchanged(path, sizeBytes, modifiedMs),
    saveFile: (path, facts, modifiedMs) => videos.saveFile(path, facts, modifiedMs),
    forgetPaths: (paths) => videos.forgetPaths(paths),
    removeVideo: (id) => removeVideo(db, videos, runs, id),

    lockForIndexing: () => lockForIndexing(folder),
    beginRun: (videoId, settings) => runs.begin(videos.row(videoId).num, settings),
    cleanUp: () => runs.cleanUp(),

    indexedVideos: () => list().videos,
    videoCount: () =>
      db.get<{ n: number }>(
        `SELECT (SELECT count(*) FROM videos) + (SELECT count(*) FROM jobs WHERE state <> 'failed'
           AND NOT EXISTS (SELECT 1 FROM files WHERE files.path = jobs.path)) AS n`,
      )!.n,
    videoFor: (idOrPath) => indexedVideo(indexedRow(idOrPath)),
    patchTable: (videoId) => db.snapshot(() => patches.table(indexedRow(videoId))),
    libraryTable: (fingerprint) => db.snapshot(() => patches.library(fingerprint, generation())),
    patchWindow: (videoId, range, { query, labels }) =>
      db.snapshot(() => {
        const run = indexedRow(videoId);
        const window = { from: Math.max(0, range.from), past: Math.min(range.past, run.patches) };
        const { starts, ends, frames } = patches.window(run, window);
        const objects = labels.length > 0 ? patches.objects(run, labels, window) : [];
        const similarity = query
          ? nearest.similarities(run, generation(), query, window)
          : new Float32Array(starts.length);
        return { ...window, starts, ends, cuts: shotCuts(frames), similarity, objects };
      }),
    nearest: (fingerprint, query, count, among) =>
      mapErrors(folder, () => nearest.find(fingerprint, generation(), query, count, among)),
    similarityAt: (fingerprint, query, places) =>
      mapErrors(folder, () => nearest.similarityAt(fingerprint, generation(), query, places)),
    bestSeen: (fingerprint, labels, count, among) => nearest.seen(fingerprint, labels, count, among),
    objects: (videoId, labels, window) =>
      db.snapshot(() => patches.objects(indexedRow(videoId), labels, window)),
    objectsOf: (videoIds, labels) => patches.objectsOf(videoIds, labels),
    labels: (videoId) => db.snapshot(() => patches.labels(indexedRow(videoId))),
    frames: (videoId) => db.snapshot(() => patches.frames(indexedRow(videoId))),
    cuts: (videoId) => shotCuts(db.snapshot(() => patches.frames(indexedRow(videoId)))),
    thumbnails: (videoId) => {
      const run = indexedRow(videoId);
      const rows = db.all<{ time: number; file: string }>(
        'SELECT time, file FROM thumbnails WHERE run = ? ORDER BY time',
        run.num,
      );
      return rows.map(({ time, file }) => ({ time, path: join(thumbnailFolder(folder, run.id), file) }));
    },
    hasTokens: (videoId) => {
      const run = indexedRow(videoId);
      return features.has(run.id, valuesPerPatch(run), run.patches);
    },
    patchTokens: (videoId, numbers) => {
      const run = indexedRow(videoId);
      const wrong = numbers.find(
        (number) => !Number.isInteger(number) || number < 0 || number >= run.patches,
      );
      if (wrong !== undefined)
        throw badArgument('patches', `whole numbers from 0 to ${run.patches - 1}`, wrong);
      const tokens = features.read(run.id, valuesPerPatch(run), numbers);
      if (!tokens) throw noFeatures(videoId, folder);
      return tokens;
    },

    textSource: (videoId) => texts.source(videos.row(videoId).num),
    setText: (videoId, source, lines) => texts.replace(videos.row(videoId).num, source, lines),
    textHits: (words, limit, among) => texts.find(words, limit, among),

    cachedAnswer: (key) => answers.find(key),
    keepAnswer: (key, answer) => answers.keep(key, answer),
    answers: (videoId) => answers.history(videoId === undefined ? undefined : videos.row(videoId).num),
    removeAnswer: (number) => answers.remove(number),
    pinAnswer: (number, pinned) => answers.pin(number, pinned),
    pruneAnswers: (maxBytes) => answers.prune(maxBytes),
    limitAnswers: (maxBytes) => answers.limit(maxBytes),
    answersSize: () => answers.size(),

    setting: (key) => {
      const row = db.get<{ value: string }>('SELECT value FROM settings WHERE key = ?', key);
      return row && (JSON.parse(row.value) as unknown);
    },
    setSetting: (key, value) => {
      if (value === undefined) db.run('DELETE FROM settings WHERE key = ?', key);
      else
        db.run(
          'INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
          key,
          JSON.stringify(value),
        );
    },

    enqueue: (paths, how) => jobs.add(paths, how),
    jobAdvanced: (path) => jobs.advanced(path),
    setJob: (path, state, error) => jobs.set(path, state, error),
    endJobs: (paths) => jobs.remove(paths),
    jobs: () => jobs.all(),

    close: () => {
      nearest.close();
      db.close();
    },
  };
}

function indexedVideo(row: IndexedRow): IndexedVideo {
  return {
    id: row.video_id,
    path: row.path ?? '',
    contentHash: row.content_hash,
    indexRun: row.id,
    modelFingerprint: row.model_fingerprint,
    durationSec: row.duration_sec,
    patches: row.patches,
    fps: row.fps,
    date: row.recorded_at ?? row.modified_at ?? undefined,
  };
}

function removeVideo(db: LibraryDatabase, videos: Videos, runs: Runs, id: string): void {
  const removed = db.write(() => {
    const video = videos.row(id).num;
    const gone = db.all<{ id: string }>('SELECT id FROM runs WHERE video = ?', video);
    db.run('DELETE FROM jobs WHERE path IN (SELECT path FROM files WHERE video = ?)', video);
    db.run('DELETE FROM answers WHERE num IN (SELECT answer FROM answer_videos WHERE video = ?)', video);
    db.run('DELETE FROM videos WHERE num = ?', video);
    db.run('UPDATE state SET generation = generation + 1');
    return gone;
  });
  for (const run of removed) runs.removeFiles(run.id);
  db.releaseSpace();
}

function notIndexed(idOrPath: string): LongviewError {
  return new LongviewError(
    'video-not-indexed',
    `The video ${quote(idOrPath)} isn't completely indexed yet.`,
    'Index it, or wait until its indexing is done.',
    { details: { video: idOrPath } },
  );
}

function noFeatures(videoId: string, folder: string): LongviewError {
  return new LongviewError(
    'video-not-indexed',
    `What the model saw in the video ${quote(videoId)} is no longer in the feature cache in ${join(folder, 'features')}.`,
    'Index the video again; finding works without it, asking needs it.',
    { details: { video: videoId } },
  );
}
