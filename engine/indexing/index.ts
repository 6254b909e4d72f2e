import { LongviewError, quote, throwIfCancelled } from '../protocol/errors.ts';
import type { IndexResult } from '../protocol/results.ts';
import type { RunWriter, StoredVideo, VideoFacts } from '../library/index.ts';
import type { VideoInfo } from '../media/index.ts';
import { lookAt } from './analyse.ts';
import { createPace, type Pace } from './progress-estimate.ts';
import { refreshText } from './text.ts';
import { type Candidate, failed, type FileResult, isDone, result, settle, survey } from './survey.ts';
import type { IndexingDeps, IndexOptions } from './types.ts';

export type { IndexingDeps, IndexingMedia, IndexingModel, IndexOptions } from './types.ts';

/** So many ends of the process at the same place of a file, and the file is left aside. */
const mostCrashes = 2;
/** After these the run is kept: what it has is sound, and another try can go on with it. */
const resumable: readonly string[] = ['cancelled', 'disk-full', 'disk-failed', 'library-locked'];

/**
 * Puts files and folders into the library. What fails is in the result with its reason, and the others go on; what
 * is indexed already (by content) is left alone; a cancelled or crashed indexing is taken up where it stopped.
 * @returns a row for each file, in the order in which they were found
 * @throws LongviewError `library-locked` where another process is indexing into this library, what loading the
 * bundle throws, and `library-damaged`. A cancellation is not thrown: its rows say `cancelled`.
 */
export async function indexVideos(
  deps: IndexingDeps,
  paths: readonly string[],
  options: IndexOptions = {},
): Promise<IndexResult> {
  const started = performance.now();
  const rows = new Map<string, FileResult>();
  const candidates = await surveyAll(deps, paths, options, rows);
  const indexed = { seconds: 0, wallMs: 0 };
  if (candidates.length > 0) await indexAll(deps, candidates, options, rows, indexed);
  return {
    videos: [...rows.values()],
    wallSec: (performance.now() - started) / 1000,
    realtimeFactor: indexed.wallMs > 0 ? (indexed.seconds / indexed.wallMs) * 1000 : 0,
  };
}

/** Fills in the rows of files about which nothing has to be done; the others get theirs later, at the same place. */
async function surveyAll(
  deps: IndexingDeps,
  paths: readonly string[],
  options: IndexOptions,
  rows: Map<string, FileResult>,
): Promise<Candidate[]> {
  const { signal, onProgress } = options;
  onProgress?.({ stage: 'looking for videos', fraction: 0 });
  const candidates: Candidate[] = [];
  try {
    const found = await deps.media.findVideos(paths, { signal });
    for (const { path, error } of found.errors) rows.set(path, failed(path, undefined, error));
    for (const path of found.files) rows.set(path, failed(path, undefined, cancelled()));
    for (const path of found.files) {
      throwIfCancelled(signal);
      const surveyed = await survey(deps, path, options);
      if ('status' in surveyed) rows.set(path, surveyed);
      else candidates.push(surveyed);
    }
    return candidates;
  } catch (error) {
    if (!signal?.aborted) throw error;
    return [];
  }
}

async function indexAll(
  deps: IndexingDeps,
  candidates: readonly Candidate[],
  options: IndexOptions,
  rows: Map<string, FileResult>,
  indexed: { seconds: number; wallMs: number },
): Promise<void> {
  const { store, model } = deps;
  const lock = store.lockForIndexing();
  try {
    store.cleanUp();
    store.enqueue(
      candidates.map(({ path }) => path),
      { modelId: model.id, fps: options.fps, force: options.force },
    );
    const pace = createPace(
      candidates.reduce((sum, { bytes }) => sum + bytes, 0),
      options.onProgress,
    );
    const looked = new Set<string>();
    const crashing = new Set(
      store
        .jobs()
        .filter(({ crashes }) => crashes >= mostCrashes)
        .map(({ path }) => path),
    );
    for (const candidate of candidates) {
      const begun = performance.now();
      const { row, seconds } = crashing.has(candidate.path)
        ? { row: failed(candidate.path, undefined, crashed(candidate.path)), seconds: 0 }
        : await indexOne(deps, candidate, options, looked, pace);
      if (seconds > 0) {
        indexed.seconds += seconds;
        indexed.wallMs += performance.now() - begun;
      }
      rows.set(candidate.path, row);
      if (row.status === 'failed') store.setJob(candidate.path, 'failed', row.error);
      else store.endJobs([candidate.path]);
    }
  } finally {
    lock.release();
  }
}

interface Outcome {
  row: FileResult;
  /** Seconds of video that were looked at. */
  seconds: number;
}

async function indexOne(
  deps: IndexingDeps,
  candidate: Candidate,
  options: IndexOptions,
  looked: Set<string>,
  pace: Pace,
): Promise<Outcome> {
  const { store, media } = deps;
  const { path, contentHash } = candidate;
  const { signal } = options;
  pace.begin(path, candidate.bytes);
  try {
    throwIfCancelled(signal);
    store.setJob(path, 'running');
    // The same content may have come up at another path of this very call.
    const known = store.videoByContent(contentHash);
    if (known && (looked.has(contentHash) || !options.force) && isDone(deps, known, options)) {
      const moved = await settle(deps, path, known, candidate.modifiedMs);
      return { row: result(path, known, moved ? 'moved' : 'unchanged'), seconds: 0 };
    }
    looked.add(contentHash);
    const info = await media.probe(path, { signal });
    await settle(deps, path, factsOf(contentHash, info), candidate.modifiedMs);
    const video = store.videoByContent(contentHash)!;
    await refreshText(deps, { videoId: video.id, path, known: info }, signal);
    const seconds = await indexVideo(deps, video, { path, info }, options, pace);
    return { row: result(path, store.video(video.id), 'indexed'), seconds };
  } catch (error) {
    return { row: failed(path, store.videoByContent(contentHash), error), seconds: 0 };
  } finally {
    pace.end();
  }
}

async function indexVideo(
  deps: IndexingDeps,
  video: StoredVideo,
  { path, info }: { path: string; info: VideoInfo },
  options: IndexOptions,
  pace: Pace,
): Promise<number> {
  const { store, media, model } = deps;
  const { signal } = options;
  const eyes = await model.eyes();
  const run = store.beginRun(video.id, {
    modelId: model.id,
    modelFingerprint: model.fingerprint,
    fps: options.fps ?? model.fps,
    grid: eyes.grid,
    hiddenSize: eyes.hiddenSize,
    embeddingSize: eyes.embeddingSize,
  });
  let skipped = 0;
  try {
    const onReached = (seconds: number, from: number) => {
      skipped = from;
      pace.reached(seconds, from, info.durationSec);
    };
    const onStored = () => store.jobAdvanced(path);
    const end = await lookAt({ media, path, info, eyes, run, signal, onReached, onStored });
    if ((await media.contentId(path, { signal })) !== video.contentHash) throw changed(path);
    run.complete(end);
    return Math.max(0, end - skipped);
  } catch (error) {
    giveUp(run, error);
    throw error;
  } finally {
    run.close();
  }
}

/** A run that failed on its footage is forgotten; one that only stopped stays, to be taken up again. */
function giveUp(run: RunWriter, error: unknown): void {
  if (error instanceof LongviewError && !resumable.includes(error.code)) run.discard();
}

function factsOf(contentHash: string, info: VideoInfo): VideoFacts {
  const recordedAt = info.createdAt === undefined ? NaN : Date.parse(info.createdAt);
  return {
    contentHash,
    sizeBytes: info.bytes,
    durationSec: info.durationSec,
    width: info.width,
    height: info.height,
    frameRate: info.fps,
    codec: info.codec,
    ...(Number.isFinite(recordedAt) ? { recordedAt } : {}),
  };
}

function cancelled(): LongviewError {
  return new LongviewError(
    'cancelled',
    'The indexing was cancelled before this file.',
    'Index it again when you like; what is done is kept.',
  );
}

function crashed(path: string): LongviewError {
  return new LongviewError(
    'video-crashes',
    `The engine ended unexpectedly ${mostCrashes} times at the same place of ${quote(path)}; it was left aside.`,
    'Convert it with a video tool and add that, or index it again to try once more.',
    { details: { path } },
  );
}

function changed(path: string): LongviewError {
  return new LongviewError(
    'video-changed',
    `${quote(path)} changed while it was being indexed.`,
    'Index it again when nothing writes to it any longer.',
    { details: { path } },
  );
}
