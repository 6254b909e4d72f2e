import { mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { LongviewError, quote } from '../protocol/errors.ts';
import { parseRequest } from '../protocol/requests.ts';
import {
  answersRequestSchema,
  editAnswerRequestSchema,
  type LibraryView,
  objectsRequestSchema,
  relevanceRequestSchema,
  seenRequestSchema,
  videoRequestSchema,
  type AnswersResult,
  type ObjectsResult,
  type Relevance,
  type SeenResult,
  type VideoDetails,
} from '../protocol/view.ts';
import type { Store, StoredVideo, Thumbnail } from '../library/index.ts';
import type { SeenObject } from '../core/frames.ts';
import { storedAnswer } from './ask-tools.ts';
import { listVideo } from './listing.ts';
import { momentStills, type WriteStill } from './moment-stills.ts';

/** What the view works with. */
export interface ViewDeps {
  store(): Store;
  /** A video by id or path, also where it was moved to. */
  video(idOrPath: string): Promise<StoredVideo>;
  /** Fingerprint of the active bundle; undefined where there is none. */
  activeFingerprint(): Promise<string | undefined>;
  /** Where a video's own content lies. @throws LongviewError `video-missing`, `video-changed`. */
  footage(video: StoredVideo): Promise<string>;
  writeStill: WriteStill;
  /** What a video, or the library, can be searched for. */
  seen(videoId: string | undefined, signal: AbortSignal | undefined): Promise<SeenResult>;
  /** Words in the space of the active bundle's temporal patches. */
  embed(words: string, signal: AbortSignal | undefined): Promise<Float32Array>;
}

/** What a window needs beside the engine's own commands. */
export function libraryView(deps: ViewDeps): LibraryView {
  const moments = momentStills(deps.writeStill, (video) => deps.footage(video));
  let known: { key: string; seen: SeenResult } | undefined;
  /** One picture of a video that waits for its turn; the folder goes when indexing tidies up. */
  const waitingStill = async (video: StoredVideo) => {
    const folder = join(deps.store().folder, 'thumbnails', `waiting-${video.id}`);
    await mkdir(folder, { recursive: true });
    return moments.still(video, waitingStillTime(video.durationSec), folder);
  };
  return {
    async video(request) {
      const { video: place } = parseRequest(videoRequestSchema, request);
      return details(deps, await deps.video(place));
    },
    async relevance(request, options) {
      const { video: place, query } = parseRequest(relevanceRequestSchema, request);
      const video = await deps.video(place);
      const table = deps.store().patchTable(video.id);
      if (video.index?.modelFingerprint !== (await deps.activeFingerprint())) throw otherModel(video);
      return relevance(table, await deps.embed(query, options?.signal));
    },
    async seen(request, options) {
      const { video: given } = parseRequest(seenRequestSchema, request);
      const id = given === undefined ? undefined : (await deps.video(given)).id;
      if (id !== undefined) return deps.seen(id, options?.signal);
      // Of the whole library it costs many searches, and changes only when the library does.
      const key = `${deps.store().generation()} ${await deps.activeFingerprint()}`;
      if (known?.key !== key) known = { key, seen: await deps.seen(undefined, options?.signal) };
      return known.seen;
    },
    async objects(request) {
      const { video: place, from, to, labels } = parseRequest(objectsRequestSchema, request);
      return objectsBetween(deps.store(), (await deps.video(place)).id, from, to, labels);
    },
    async answers(request) {
      const { video: place } = parseRequest(answersRequestSchema, request);
      return history(deps.store(), place === undefined ? undefined : (await deps.video(place)).id);
    },
    async editAnswer(request) {
      const { number, change } = parseRequest(editAnswerRequestSchema, request);
      const store = deps.store();
      storedAnswer(store, number);
      if (change === 'remove') store.removeAnswer(number);
      else store.pinAnswer(number, change === 'pin');
      return history(store, undefined);
    },
    async storage() {
      const { folder } = deps.store();
      const cacheBytes =
        (await bytesIn(join(folder, 'features'))) + (await bytesIn(join(folder, 'thumbnails')));
      const names = (await readdir(folder)).filter((name) => name.startsWith('library.db'));
      const sizes = await Promise.all(names.map((name) => sizeOf(join(folder, name))));
      return { folder, libraryBytes: sizes.reduce((sum, size) => sum + size, 0), cacheBytes };
    },
    async footage(videoId) {
      return deps.footage(deps.store().video(videoId));
    },
    async still(videoId, time, since = 0) {
      const video = deps.store().video(videoId);
      const stills = stillsOf(deps.store(), video);
      if (stills.length === 0) return waitingStill(video);
      const still = stills.findLast((one) => one.time <= time);
      if (!still || !(await isOwn(deps.store().folder, still.path))) return undefined;
      if (still.time >= since) return still.path;
      return (await moments.still(video, (since + time) / 2, dirname(still.path))) ?? still.path;
    },
  };
}

/** A tenth into it, as the window shows: beginnings are black or titles. */
function waitingStillTime(durationSec: number): number {
  return Math.min(durationSec * 0.1, 60);
}

async function details(deps: ViewDeps, video: StoredVideo): Promise<VideoDetails> {
  const store = deps.store();
  const jobs = new Map(store.jobs().map((job) => [job.path, job]));
  const { path, durationSec, status } = await listVideo(video, jobs, await deps.activeFingerprint());
  return {
    id: video.id,
    path,
    durationSec,
    status,
    width: video.width,
    height: video.height,
    frameRate: video.frameRate,
    codec: video.codec,
    bytes: video.sizeBytes,
    recordedAt: video.recordedAt === undefined ? null : new Date(video.recordedAt).toISOString(),
    stills: stillsOf(store, video).map((still) => still.time),
    cuts: video.index ? store.cuts(video.id) : [],
    labels: video.index ? store.labels(video.id) : [],
  };
}

/** Whether a still really lies where stills do: a link in a library that somebody else made may lead anywhere. */
async function isOwn(folder: string, path: string): Promise<boolean> {
  try {
    const [root, real] = await Promise.all([realpath(join(folder, 'thumbnails')), realpath(path)]);
    return real.startsWith(root + sep);
  } catch {
    return false;
  }
}

function stillsOf(store: Store, video: StoredVideo): Thumbnail[] {
  return video.index ? store.thumbnails(video.id) : [];
}

/** Similarity of each temporal patch, stretched so that this video's own middle is 0 and its best is 1. */
function relevance(
  table: { starts: Float64Array; embeddings: Float32Array; embeddingSize: number },
  words: Float32Array,
): Relevance {
  const size = table.embeddingSize;
  const similarities = Array.from(table.starts, (_, row) => {
    let sum = 0;
    for (let index = 0; index < size; index++) sum += words[index] * table.embeddings[row * size + index];
    return sum;
  });
  const middle = similarities.toSorted((a, b) => a - b)[similarities.length >> 1] ?? 0;
  const best = Math.max(...blocks(similarities));
  const scores = similarities.map((value) =>
    best > middle ? Math.min(1, Math.max(0, (value - middle) / (best - middle))) : 0,
  );
  return { starts: [...table.starts], scores };
}

/** The largest of each thousand: `Math.max` takes only so many arguments. */
function blocks(values: readonly number[]): number[] {
  const best: number[] = [];
  for (let first = 0; first < values.length; first += 1000)
    best.push(Math.max(...values.slice(first, first + 1000)));
  return best;
}

function objectsBetween(
  store: Store,
  videoId: string,
  from: number,
  to: number,
  labels: readonly string[] | undefined,
): ObjectsResult {
  const frames = store.frames(videoId);
  const byFrame = new Map<number, SeenObject[]>();
  for (const object of store.objects(videoId, labels)) {
    const frame = object.patch * 2 + object.frame;
    const time = frames[frame].time;
    if (time < from || time > to) continue;
    byFrame.set(frame, [...(byFrame.get(frame) ?? []), object]);
  }
  return {
    frames: [...byFrame]
      .sort(([a], [b]) => a - b)
      .map(([frame, objects]) => ({
        time: frames[frame].time,
        objects: objects.map(({ label, score, box }) => ({ label, score, box: [...box] })),
      })),
  };
}

function history(store: Store, videoId: string | undefined): AnswersResult {
  return {
    ...store.answersSize(),
    answers: store.answers(videoId).map(({ number, result, createdAt, usedAt, pinned }) => ({
      number,
      result,
      createdAt: new Date(createdAt).toISOString(),
      usedAt: new Date(usedAt).toISOString(),
      pinned,
    })),
  };
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  let bytes = 0;
  for (const name of names) bytes += await sizeOf(join(folder, name));
  return bytes;
}

/** A file may go while it is counted; folders count nothing. */
async function sizeOf(path: string): Promise<number> {
  const facts = await stat(path).catch(() => undefined);
  return facts?.isFile() ? facts.size : 0;
}

function otherModel(video: StoredVideo): LongviewError {
  return new LongviewError(
    'video-not-indexed',
    `The video ${quote(video.path)} is indexed with another model (${video.index?.modelId}).`,
    'Index it again.',
    { details: { video: video.id } },
  );
}
