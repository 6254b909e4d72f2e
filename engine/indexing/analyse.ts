import { type VideoInfo } from '../media/index.ts';
import { cutScore, shotSignature, type ShotSignature } from '../vision/cut-score.ts';
import { colourMeter } from '../vision/object-colours.ts';
import { temporalPatches } from '../vision/temporal-patches.ts';
import { LongviewError, quote, throwIfCancelled } from '../protocol/errors.ts';
import type { RunWriter, StoredPatch } from '../library/index.ts';
import type { Eyes, Look } from '../inference/types.ts';
import type { Letterbox, RgbFrame } from '../core/frames.ts';
import { readAhead } from './read-ahead.ts';
import type { IndexingMedia } from './types.ts';

/** Temporal patches that are stored together: what a crash costs at most. */
const patchesPerWrite = 32;
/** Seconds between two stills. */
const stillEverySec = 5;

/** A temporal patch before the eyes have seen it. */
interface Unseen {
  frames: readonly [RgbFrame, RgbFrame];
  cutScores: readonly [number, number];
}

/** A video, where its index goes, and who looks. */
export interface LookJob {
  media: IndexingMedia;
  path: string;
  info: VideoInfo;
  eyes: Eyes;
  run: RunWriter;
  signal: AbortSignal | undefined;
  /** Told after each batch: seconds looked at, and seconds that an interrupted index had. */
  onReached: (seconds: number, from: number) => void;
  /** Told when something new is on the disk. */
  onStored: () => void;
}

/**
 * Looks at a video from where its run stands to its end: frames are decoded while the eyes look at those before.
 * What was seen until it was cancelled is stored. The run is left open.
 * @returns seconds of the timeline that the index covers
 * @throws LongviewError `cancelled`, `file-truncated`, and what decoding, looking and storing throw.
 */
export async function lookAt(job: LookJob): Promise<number> {
  const { media, path, info, eyes, run } = job;
  const { fps } = run.run;
  // Where looking fails, the decoder must end at once, also while it is being waited for.
  const leaving = new AbortController();
  const signal = AbortSignal.any([leaving.signal, ...(job.signal ? [job.signal] : [])]);
  const frames = media.sampleFrames(path, info, {
    fps,
    width: eyes.width,
    height: eyes.height,
    thumbnails: { folder: run.thumbnailFolder, everySec: stillEverySec },
    signal,
  });
  const ahead = readAhead(unseen(frames, eyes.width, frames.letterbox), 3 * eyes.batchPatches);
  const writer = new BatchWriter(run, job.onStored);
  let skip = run.resumedPatches;
  let from = 0;
  let end = 0;
  const look = async (batch: readonly Unseen[]) => {
    throwIfCancelled(job.signal);
    const fresh = batch.slice(Math.min(skip, batch.length));
    skip -= batch.length - fresh.length;
    end = endOf(batch.at(-1)!, fps, info.durationSec);
    if (fresh.length === 0) {
      from = end;
      return;
    }
    const pairs = fresh.map((patch) => patch.frames);
    const looks = await eyes.look(pairs, frames.letterbox, signal);
    const coloured = (index: number) => withColours(looks[index], pairs[index], eyes.width, frames.letterbox);
    writer.add(fresh.map((patch, index) => seen(patch, coloured(index), fps, info.durationSec)));
    job.onReached(end, from);
  };
  try {
    for await (const batch of batches(ahead, eyes.batchPatches)) {
      await look(batch).catch((error: unknown) => {
        leaving.abort();
        throw error;
      });
    }
    throwIfCancelled(job.signal);
    const { truncatedAt, thumbnails } = frames.outcome!;
    if (truncatedAt !== undefined) throw truncated(path, truncatedAt, info);
    writer.flush();
    run.setThumbnails(thumbnails.map((file, index) => ({ time: index * stillEverySec, file })));
    return end;
  } catch (error) {
    if (job.signal?.aborted) writer.flush();
    throwIfCancelled(job.signal);
    throw error;
  }
}

async function* unseen(
  frames: AsyncIterable<RgbFrame>,
  width: number,
  letterbox: Letterbox,
): AsyncGenerator<Unseen, void, void> {
  let last: ShotSignature | undefined;
  const score = (frame: RgbFrame) => {
    const signature = shotSignature(frame, width, letterbox);
    const difference = last ? cutScore(last, signature) : 0;
    last = signature;
    return difference;
  };
  for await (const pair of temporalPatches(frames)) {
    const [a, b] = pair;
    yield { frames: pair, cutScores: [score(a), a === b ? 0 : score(b)] };
  }
}

async function* batches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[], void, void> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function seen(patch: Unseen, look: Look, fps: number, durationSec: number): StoredPatch {
  const [a, b] = patch.frames;
  return {
    start: a.time,
    end: endOf(patch, fps, durationSec),
    frameTimes: [a.time, b.time],
    cutScores: patch.cutScores,
    // An odd last frame was looked at twice, but is one frame.
    objects: a === b ? [look.objects[0], []] : look.objects,
    tokens: look.tokens,
    embedding: look.embedding,
  };
}

/** A look whose objects know their colours. */
function withColours(look: Look, frames: readonly RgbFrame[], width: number, letterbox: Letterbox): Look {
  const objects = look.objects.map((those, index) => {
    if (those.length === 0) return those;
    const coloursIn = colourMeter(frames[index], width, letterbox);
    return those.map((object) => ({ ...object, colours: coloursIn(object.box) }));
  });
  return { ...look, objects };
}

/** Where the footage of a patch ends: a sample stands for what follows it until the next, or the video's end. */
function endOf({ frames: [, last] }: Unseen, fps: number, durationSec: number): number {
  const end = last.time + 1 / fps;
  return durationSec > last.time ? Math.min(end, durationSec) : end;
}

/** Gathers patches and stores many at once. */
class BatchWriter {
  readonly #run: RunWriter;
  readonly #onStored: () => void;
  #waiting: StoredPatch[] = [];

  constructor(run: RunWriter, onStored: () => void) {
    this.#run = run;
    this.#onStored = onStored;
  }

  add(patches: readonly StoredPatch[]): void {
    this.#waiting.push(...patches);
    if (this.#waiting.length >= patchesPerWrite) this.flush();
  }

  flush(): void {
    const patches = this.#waiting;
    this.#waiting = [];
    this.#run.append(patches);
    this.#onStored();
  }
}

function truncated(path: string, at: number, info: VideoInfo): LongviewError {
  return new LongviewError(
    'file-truncated',
    `${quote(path)} breaks off after ${at.toFixed(1)} of ${info.durationSec.toFixed(1)} seconds.`,
    'Copy or download it again; repairing it with a video tool may also help.',
    { details: { path, at } },
  );
}
