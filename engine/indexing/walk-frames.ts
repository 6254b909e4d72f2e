import type { Letterbox, RgbFrame } from '../core/frames.ts';
import type { SampledFrame, VideoInfo } from '../media/index.ts';
import { LongviewError, quote, throwIfCancelled } from '../protocol/errors.ts';
import { cutScore, shotSignature, type ShotSignature } from '../vision/cut-score.ts';
import { temporalPatches } from '../vision/temporal-patches.ts';
import type { FrameWork, SampledPatch } from './extractors/extractor.ts';
import { readAhead } from './read-ahead.ts';
import { keepsWhatIsMade } from './resuming.ts';
import type { IndexingMedia } from './types.ts';

/** One extractor's work among those that share a decode. */
export interface SharedWork {
  work: FrameWork;
  /** True where the walk ends when this fails. */
  essential: boolean;
  /** Told why, where it failed and the others went on. */
  onFailed: (error: unknown) => void;
}

/** A video, and everything that is to be made of its frames at one sampling rate. */
export interface FrameWalk {
  media: IndexingMedia;
  path: string;
  info: VideoInfo;
  /** At least one. */
  works: readonly SharedWork[];
  /** Samples a second of all of them. */
  fps: number;
  signal: AbortSignal | undefined;
  /** Told after each batch: seconds gone through, and seconds that an interrupted making had. */
  onReached: (seconds: number, from: number) => void;
  /** Told before each batch of frames that the extractors get: where it begins. */
  onBatch: (seconds: number) => void;
  /** Called when all frames were taken, before anything is called whole; throws where they can't be trusted. */
  beforeEnd?: () => Promise<void>;
}

/** A temporal patch with its frames at every size that is wanted. */
interface Sampled {
  time: number;
  end: number;
  cutScores: readonly [number, number];
  /** By size. */
  frames: readonly (readonly [RgbFrame, RgbFrame])[];
}

/**
 * Decodes a video once and gives its frames to all extractors that want them, each from where it stands. Frames are
 * decoded while the extractors work on those before. What was made until a cancellation is stored.
 * @returns seconds of the timeline that were gone through
 * @throws LongviewError `cancelled`, `file-truncated` (what came before is kept), and what decoding and the essential
 * extractors throw.
 */
export async function walkFrames(walk: FrameWalk): Promise<number> {
  const sizes = sizesOf(walk.works);
  const { fps } = walk;
  // Where taking fails, the decoder must end at once, also while it is being waited for.
  const leaving = new AbortController();
  const signal = AbortSignal.any([leaving.signal, ...(walk.signal ? [walk.signal] : [])]);
  const stills = walk.works.find(({ work }) => work.stills)?.work.stills;
  const [{ width, height }, ...more] = sizes;
  const options = {
    ...{ fps, width, height, signal },
    ...(more.length > 0 && { more }),
    ...(stills && { thumbnails: stills }),
  };
  const frames = begun(walk, () => walk.media.sampleFrames(walk.path, walk.info, options));
  const letterboxes = [frames.letterbox, ...frames.moreLetterboxes];
  const takers = new Takers(walk, sizes, letterboxes);
  const batch = Math.max(...walk.works.map(({ work }) => work.batchPatches));
  const end = (last: RgbFrame) => endOf(last, fps, walk.info.durationSec);
  const ahead = readAhead(sampled(frames, width, letterboxes[0], end), 3 * batch);
  let reached = 0;
  try {
    for await (const patches of batches(ahead, batch)) {
      throwIfCancelled(walk.signal);
      await takers.take(patches).catch((error: unknown) => {
        leaving.abort();
        throw error;
      });
      reached = patches.at(-1)!.end;
      walk.onReached(reached, takers.resumedSec);
    }
    throwIfCancelled(walk.signal);
    await takers.settle().catch((error: unknown) => {
      leaving.abort();
      throw error;
    });
    throwIfCancelled(walk.signal);
    const { truncatedAt, thumbnails } = frames.outcome!;
    if (truncatedAt !== undefined) throw truncated(walk.path, truncatedAt, walk.info);
    await walk.beforeEnd?.();
    takers.complete(reached, thumbnails);
    return reached;
  } catch (error) {
    const cause = walk.signal?.aborted ? undefined : error;
    takers.leave(cause);
    throwIfCancelled(walk.signal);
    throw error;
  }
}

/** What `begin` makes; where it fails, nothing was taken. */
function begun<T>(walk: FrameWalk, begin: () => T): T {
  try {
    return begin();
  } catch (error) {
    for (const { work } of walk.works) work.leave(keepsWhatIsMade(error));
    throw error;
  }
}

/** The extractors of a walk that still take frames. */
class Takers {
  /** Where new footage began, in seconds. */
  resumedSec = 0;
  readonly #walk: FrameWalk;
  readonly #sizes: readonly Size[];
  readonly #letterboxes: readonly Letterbox[];
  #works: SharedWork[];
  #patch = 0;

  constructor(walk: FrameWalk, sizes: readonly Size[], letterboxes: readonly Letterbox[]) {
    this.#walk = walk;
    this.#sizes = sizes;
    this.#letterboxes = letterboxes;
    this.#works = [...walk.works];
  }

  async take(patches: readonly Sampled[]): Promise<void> {
    const first = this.#patch;
    this.#patch += patches.length;
    const wanting = this.#works.filter(({ work }) => this.#has(work) < this.#patch);
    if (wanting.length === 0) {
      this.resumedSec = patches.at(-1)!.end;
      return;
    }
    const inHand = wanting.map(({ work }) => work.inHand ?? Infinity);
    this.#walk.onBatch(Math.min(patches[0].time, ...inHand));
    for (const one of wanting) {
      const { work } = one;
      const size = this.#sizes.findIndex((other) => isSame(other, work));
      const fresh = patches.slice(Math.max(0, this.#has(work) - first));
      const own = fresh.map(({ end, cutScores, frames }): SampledPatch => ({
        end,
        cutScores,
        frames: frames[size],
      }));
      await work.take(own, this.#letterboxes[size]).catch((error: unknown) => this.#failed(one, error));
    }
  }

  /** Temporal patches that an extractor has already. */
  #has({ resumed }: FrameWork): number {
    return 'patches' in resumed ? resumed.patches : Math.floor((resumed.seconds * this.#walk.fps) / 2);
  }

  /** Waits until all of them are done with what they took. */
  async settle(): Promise<void> {
    for (const one of this.#works)
      await one.work.settle?.().catch((error: unknown) => this.#failed(one, error));
  }

  complete(end: number, stills: readonly string[]): void {
    for (const one of this.#works) one.work.complete(end, one.work.stills ? stills : []);
    this.#works = [];
  }

  /** @param cause why; undefined for a cancellation */
  leave(cause: unknown): void {
    const works = this.#works;
    this.#works = [];
    for (const { work } of works) work.leave(keepsWhatIsMade(cause));
  }

  #failed(one: SharedWork, error: unknown): void {
    if (one.essential || this.#works.length === 1 || this.#walk.signal?.aborted) throw error;
    this.#works = this.#works.filter((other) => other !== one);
    one.work.leave(keepsWhatIsMade(error));
    one.onFailed(error);
  }
}

interface Size {
  width: number;
  height: number;
}

const isSame = (a: Size, b: Size) => a.width === b.width && a.height === b.height;

function sizesOf(works: readonly SharedWork[]): Size[] {
  const sizes: Size[] = [];
  for (const { work } of works)
    if (!sizes.some((size) => isSame(size, work))) sizes.push({ width: work.width, height: work.height });
  return sizes;
}

async function* sampled(
  frames: AsyncIterable<SampledFrame>,
  width: number,
  letterbox: Letterbox,
  endAfter: (last: RgbFrame) => number,
): AsyncGenerator<Sampled, void, void> {
  let last: ShotSignature | undefined;
  const score = (frame: RgbFrame) => {
    const signature = shotSignature(frame, width, letterbox);
    const difference = last ? cutScore(last, signature) : 0;
    last = signature;
    return difference;
  };
  for await (const [a, b] of temporalPatches<SampledFrame>(frames)) {
    const others = (a.more ?? []).map(
      (pixels, index) =>
        [
          { time: a.time, pixels },
          { time: b.time, pixels: b.more![index] },
        ] as const,
    );
    yield {
      time: a.time,
      end: endAfter(b),
      cutScores: [score(a), a === b ? 0 : score(b)],
      frames: [[a, b], ...others],
    };
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

/**
 * Where the footage of a temporal patch ends: a sample stands for what follows it until the next, or the video's end.
 */
function endOf(last: RgbFrame, fps: number, durationSec: number): number {
  const end = last.time + 1 / fps;
  return durationSec > last.time ? Math.min(end, durationSec) : end;
}

function truncated(path: string, at: number, info: VideoInfo): LongviewError {
  return new LongviewError(
    'file-truncated',
    `${quote(path)} breaks off after ${at.toFixed(1)} s of ${info.durationSec.toFixed(1)} s.`,
    'What comes before can be searched. Copy or download the file again; repairing it with a video tool may also help.',
    { details: { path, at } },
  );
}
