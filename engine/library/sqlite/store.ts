import { join } from 'node:path';
import { similarities } from '../../core/similarities.ts';
import { badArgument, LongviewError, quote } from '../../protocol/errors.ts';
import { shotCuts } from '../../vision/shot-cuts.ts';
import { FeatureCache } from '../features.ts';
import { isStillName } from '../names.ts';
import type { Store } from '../ports/index.ts';
import { Answers } from './answers.ts';
import { Claims } from './claims.ts';
import { LibraryDatabase } from './database.ts';
import { foreignLibrary, mapErrors } from './errors.ts';
import { exchange, noteForHub } from './exchange.ts';
import { Jobs } from './jobs.ts';
import { KeptMoments } from './keeping.ts';
import { Leases } from './leases.ts';
import { NearestPatches } from './nearest.ts';
import { has, valuesPerPatch } from './pass-rows.ts';
import { Passes, thumbnailFolder } from './passes.ts';
import { Patches } from './patches.ts';
import { Requests } from './requests.ts';
import { SearchedVideos } from './searched.ts';
import { Texts } from './texts.ts';
import { Tracks } from './tracks.ts';
import { Videos } from './videos.ts';

/** The parts of an open library. */
class Library {
  readonly folder: string;
  readonly db: LibraryDatabase;
  readonly features: FeatureCache;
  readonly videos: Videos;
  readonly passes: Passes;
  readonly patches: Patches;
  readonly nearest: NearestPatches;
  readonly answers: Answers;
  readonly leases: Leases;
  readonly jobs: Jobs;
  readonly requests: Requests;
  readonly claims: Claims;
  readonly texts: Texts;
  readonly tracks: Tracks;
  readonly searched: SearchedVideos;
  readonly kept: KeptMoments;

  constructor(folder: string) {
    this.folder = folder;
    const db = (this.db = new LibraryDatabase(folder));
    this.features = new FeatureCache(folder);
    this.videos = new Videos(db);
    this.passes = new Passes(db, this.features);
    this.patches = new Patches(db);
    this.nearest = new NearestPatches(db, this.patches);
    this.answers = new Answers(db);
    this.leases = new Leases(db);
    this.jobs = new Jobs(db, this.leases);
    this.requests = new Requests(db, this.leases);
    this.claims = new Claims(db, this.leases);
    this.texts = new Texts(db);
    this.tracks = new Tracks(db, this.texts);
    this.searched = new SearchedVideos(db, this.videos);
    this.kept = new KeptMoments(db);
  }

  generation(): number {
    return this.db.get<{ generation: number }>('SELECT generation FROM state')!.generation;
  }

  num(idOrPath: string): number {
    return this.videos.row(idOrPath).num;
  }
}

/**
 * Opens the library in a folder, making it where there is none.
 * @throws LongviewError `library-too-new`, `library-damaged`, `library-locked`, `permission-denied`, `disk-full`.
 */
export function openStore(folder: string): Store {
  const library = new Library(folder);
  return told(library, {
    folder,
    ...footage(library),
    ...frameTracks(library),
    ...tracks(library),
    ...texts(library),
    ...answers(library),
    ...jobs(library),
    ...settings(library),
    ...keeping(library),
    ...exchange({ ...library, remove: (id) => removeVideo(library, id, false) }),
    faults: () => library.db.faults(),
    backup: (target, withFiles = false) => library.db.backup(target, withFiles),
    backupWeekly: () => library.db.backupWeekly(),
    close: () => {
      library.nearest.close();
      library.leases.close();
      library.db.close();
    },
  });
}

/** A failure that is none of ours is a bug, or what a library says that was damaged: then that is told. */
function told(library: Library, store: Store): Store {
  const explained = (error: unknown) => {
    if (error instanceof LongviewError) return error;
    const [fault] = library.db.faults();
    return fault ? foreignLibrary(library.folder, fault.message.replace(/\.$/, ''), error) : error;
  };
  const methods = Object.entries(store as object).map(([name, method]: [string, unknown]) => {
    if (typeof method !== 'function' || name === 'close') return [name, method] as const;
    const call = (...given: unknown[]): unknown => {
      try {
        return (method as (...all: unknown[]) => unknown).apply(store, given);
      } catch (error) {
        throw explained(error);
      }
    };
    return [name, call] as const;
  });
  return Object.fromEntries(methods) as unknown as Store;
}

function footage(library: Library) {
  const { db, folder, videos, searched } = library;
  return {
    generation: () => library.generation(),
    videos: () => videos.all(),
    video: (idOrPath) => videos.find(idOrPath),
    videoByContent: (contentHash) => videos.byContent(contentHash),
    unchangedFile: (path, sizeBytes, modifiedMs) => videos.unchanged(path, sizeBytes, modifiedMs),
    videosOnceAt: (path) => videos.onceAt(path),
    indexedFiles: () => videos.indexedFiles(),
    saveFile: (path, facts, modifiedMs) => videos.saveFile(path, facts, modifiedMs),
    forgetPaths: (paths) => videos.forgetPaths(paths),
    removeVideo: (id) => removeVideo(library, id),
    videoCount: () =>
      db.get<{ n: number }>(
        `SELECT (SELECT count(*) FROM videos) + (SELECT count(*) FROM jobs WHERE state <> 'failed'
           AND NOT EXISTS (SELECT 1 FROM files WHERE files.path = jobs.path)) AS n`,
      )!.n,
    indexedVideos: () => searched.all(),
    videoFor: (idOrPath) => searched.video(idOrPath),
    thumbnails: (videoId) => {
      const pass = searched.pass(videoId);
      return db
        .all<{ time: number; file: string }>(
          'SELECT time, file FROM thumbnails WHERE pass = ? ORDER BY time',
          pass.num,
        )
        .map(({ time, file }) => {
          if (!isStillName(file)) throw foreignLibrary(folder, `its still is called ${quote(file)}`);
          return { time, path: join(thumbnailFolder(folder, pass.id), file) };
        });
    },
  } satisfies Partial<Store>;
}

function frameTracks(library: Library) {
  const { db, folder, features, patches, nearest, searched } = library;
  return {
    patchTable: (videoId, fingerprint) =>
      db.snapshot(() =>
        patches.table(
          fingerprint === undefined ? searched.pass(videoId) : searched.passOf(videoId, fingerprint),
        ),
      ),
    libraryTable: (fingerprint) => db.snapshot(() => patches.library(fingerprint, library.generation())),
    patchWindow: (videoId, range, { query, labels }) =>
      db.snapshot(() => {
        const pass = searched.pass(videoId);
        const window = { from: Math.max(0, range.from), past: Math.min(range.past, pass.patches) };
        const { starts, ends, frames } = patches.window(pass, window);
        const objects = labels.length > 0 ? patches.objects(pass, labels, window) : [];
        // Of what is still being made there are no codes.
        const similarity = !query
          ? new Float32Array(starts.length)
          : pass.state === 'making'
            ? similarities(query, patches.embeddings(pass, window))
            : nearest.similarities(pass, library.generation(), query, window);
        return { ...window, starts, ends, cuts: shotCuts(frames), similarity, objects };
      }),
    nearest: (fingerprint, query, count, among) =>
      mapErrors(folder, () => nearest.find(fingerprint, library.generation(), query, count, among)),
    similarityAt: (fingerprint, query, places) =>
      mapErrors(folder, () => nearest.similarityAt(fingerprint, library.generation(), query, places)),
    bestSeen: (fingerprint, labels, count, among) =>
      mapErrors(folder, () => nearest.seen(fingerprint, labels, count, among)),
    objects: (videoId, labels, window) =>
      db.snapshot(() => patches.objects(searched.pass(videoId), labels, window)),
    objectsOf: (videoIds, labels) => mapErrors(folder, () => patches.objectsOf(videoIds, labels)),
    labels: (videoId) => db.snapshot(() => patches.labels(searched.pass(videoId))),
    frames: (videoId) => db.snapshot(() => patches.frames(searched.pass(videoId))),
    cuts: (videoId) => shotCuts(db.snapshot(() => patches.frames(searched.pass(videoId)))),
    hasTokens: (videoId) => {
      const pass = searched.pass(videoId);
      return has(pass, 'tokens') && features.has(pass.id, valuesPerPatch(pass), pass.patches);
    },
    patchTokens: (videoId, numbers) => {
      const pass = searched.pass(videoId);
      const wrong = numbers.find(
        (number) => !Number.isInteger(number) || number < 0 || number >= pass.patches,
      );
      if (wrong !== undefined)
        throw badArgument('patches', `whole numbers from 0 to ${pass.patches - 1}`, wrong);
      const tokens = features.read(pass.id, valuesPerPatch(pass), numbers);
      if (!tokens) throw noFeatures(videoId, folder);
      return tokens;
    },
  } satisfies Partial<Store>;
}

function tracks(library: Library) {
  const { db, passes, tracks } = library;
  return {
    tracks: (videoId) => tracks.of(library.num(videoId)),
    hasTrack: (videoId, key) => tracks.has(library.num(videoId), key),
    beginPass: (videoId, settings, wanted = {}) => passes.begin(library.num(videoId), settings, wanted),
    beginTrack: (videoId, key) => tracks.begin(library.num(videoId), key),
    removeTracks: (extractor, videoId) => {
      const among = videoId === undefined ? [] : [library.num(videoId)];
      const gone = db.write(() => {
        const rows = db.all<{ video: number }>(
          `DELETE FROM tracks WHERE extractor = ? ${among.length > 0 ? 'AND tracks.video = ?' : ''} RETURNING video`,
          extractor,
          ...among,
        );
        if (rows.length > 0) db.run('UPDATE state SET generation = generation + 1');
        return rows;
      });
      for (const video of new Set(gone.map((row) => row.video))) passes.removeEmpty(video);
      return gone.length;
    },
    series: (videoId, kind) => mapErrors(db.folder, () => tracks.series(library.num(videoId), kind)),
    videosWith: (kind) => tracks.videosWith(kind),
  } satisfies Partial<Store>;
}

function texts(library: Library) {
  const { texts } = library;
  return {
    textSource: (videoId) => texts.source(library.num(videoId)),
    setText: (videoId, source, lines) => texts.replace(library.num(videoId), source, lines),
    textHits: (query, limit, among) => texts.find(query, limit, among),
    lines: (videoId, kinds, within) => texts.lines(library.num(videoId), kinds, within),
  } satisfies Partial<Store>;
}

function answers(library: Library) {
  const { answers } = library;
  return {
    cachedAnswer: (key) => answers.find(key),
    keepAnswer: (key, answer) => answers.keep(key, answer),
    answers: (videoId) => answers.history(videoId === undefined ? undefined : library.num(videoId)),
    removeAnswer: (number) => answers.remove(number),
    pinAnswer: (number, pinned) => answers.pin(number, pinned),
    pruneAnswers: (maxBytes) => answers.prune(maxBytes),
    limitAnswers: (maxBytes) => answers.limit(maxBytes),
    answersSize: () => answers.size(),
  } satisfies Partial<Store>;
}

function jobs(library: Library) {
  const { jobs, requests, claims, passes } = library;
  return {
    enqueue: (paths, settings) => jobs.add(paths, settings),
    setJob: (path, state, error) => jobs.set(path, state, error),
    jobAt: (path, at) => jobs.at(path, at),
    endJobs: (paths) => jobs.remove(paths),
    jobs: () => jobs.all(),
    claim: (contentHash) => claims.take(contentHash),
    claimed: () => claims.all(),
    cleanUp: () => {
      claims.cleanUp();
      jobs.cleanUp();
      passes.cleanUp();
    },
    requests: () => requests.all(),
    keepRequests: (kept) => requests.replace(kept),
    holdRequest: (request) => requests.hold(request),
  } satisfies Partial<Store>;
}

function keeping({ kept }: Library) {
  return {
    bins: () => kept.bins(),
    makeBin: (name) => kept.makeBin(name),
    renameBin: (bin, name) => kept.renameBin(bin, name),
    removeBin: (bin) => kept.removeBin(bin),
    kept: () => kept.all(),
    keep: (stretches, change) => kept.keep(stretches, change),
    changeKept: (numbers, change) => kept.change(numbers, change),
    forgetKept: (numbers) => kept.forget(numbers),
  } satisfies Partial<Store>;
}

function settings({ db }: Library) {
  return {
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
  } satisfies Partial<Store>;
}

function removeVideo({ db, videos, passes }: Library, id: string, tell = true): void {
  const ids = () =>
    db.all<{ id: string }>('SELECT id FROM passes WHERE passes.video = ?', videos.row(id).num);
  const work = () => {
    const { num: video, content_hash } = videos.row(id);
    if (tell) noteForHub(db, 'remove', content_hash, {});
    const gone = db.all<{ id: string }>('SELECT id FROM passes WHERE passes.video = ?', video);
    db.run('DELETE FROM jobs WHERE path IN (SELECT files.path FROM files WHERE files.video = ?)', video);
    db.run(
      'DELETE FROM answers WHERE num IN (SELECT answer FROM answer_videos WHERE answer_videos.video = ?)',
      video,
    );
    db.run('DELETE FROM videos WHERE num = ?', video);
    db.run('UPDATE state SET generation = generation + 1');
    return gone;
  };
  const removed = db.writeAnyhow(work, () => {
    for (const pass of ids()) passes.removeFiles(pass.id);
  });
  for (const pass of removed) passes.removeFiles(pass.id);
  db.releaseSpace();
}

function noFeatures(videoId: string, folder: string): LongviewError {
  return new LongviewError(
    'video-not-indexed',
    `The visual tokens of the video ${quote(videoId)} are no longer in the feature cache in ${join(folder, 'features')}.`,
    'Index the video again; find works without it, ask needs it.',
    { details: { video: videoId } },
  );
}
