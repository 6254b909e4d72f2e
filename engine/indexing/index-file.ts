import { LongviewError, quote, throwIfCancelled } from '../protocol/errors.ts';
import { factsOf } from './facts.ts';
import type { StoredVideo } from '../library/index.ts';
import type { VideoInfo } from '../media/index.ts';
import type { Extractor, ExtractorWork, FrameWork, SoundWork } from './extractors/extractor.ts';
import { forgetShorter, hasGrown } from './grown.ts';
import type { ProgressEstimate } from './progress-estimate.ts';
import { type Candidate, failed, type FileResult, result, settle, undone } from './survey.ts';
import type { IndexingDeps, IndexOptions } from './types.ts';
import { walkFrames } from './walk-frames.ts';
import { walkSound } from './walk-sound.ts';

/** How far apart the places are that are noted, in case the process ends there. */
const notedEverySec = 5;
/** Samples a second where no extractor asks for more. */
const usualFps = 2;

/** One file of an indexing. */
export interface FileJob {
  deps: IndexingDeps;
  extractors: readonly Extractor[];
  candidate: Candidate;
  options: IndexOptions;
  /** Contents that were worked on in this indexing. */
  done: Set<string>;
  estimate: ProgressEstimate;
  /** What the file is; it may have been found out before its turn. */
  probe: (candidate: Candidate) => Promise<VideoInfo>;
}

/** What became of a file. */
export interface Outcome {
  row: FileResult;
  /** Seconds of video that were gone through. */
  seconds: number;
}

/** Makes every track that a file lacks. */
export async function indexFile(job: FileJob): Promise<Outcome> {
  const { deps, candidate, options, done, estimate } = job;
  const { store } = deps;
  const { path, contentHash } = candidate;
  const { signal } = options;
  estimate.begin(path, candidate.bytes);
  try {
    throwIfCancelled(signal);
    store.setJob(path, 'running');
    // The same content may have come up at another path of this very call, or another process was quicker.
    const known = store.videoByContent(contentHash);
    const again = options.force && !done.has(contentHash);
    if (known && !again && (await undone(deps, job.extractors, known, path, options)).length === 0) {
      const moved = await settle(deps, path, known, candidate.modifiedMs);
      return { row: result(path, known, moved ? 'moved' : 'unchanged'), seconds: 0 };
    }
    done.add(contentHash);
    const info = await job.probe(candidate);
    await settle(deps, path, factsOf(contentHash, info), candidate.modifiedMs);
    const video = store.videoByContent(contentHash)!;
    const making = new Making(job, video, info);
    const seconds = await making.run(await wanted(job, video));
    await forgetShorter(deps, path, signal);
    // What only was read beside it is no new index.
    const row = result(path, store.video(video.id), making.looked ? 'indexed' : 'unchanged');
    return { row: making.problems.length > 0 ? { ...row, problems: making.problems } : row, seconds };
  } catch (error) {
    return { row: failed(path, store.videoByContent(contentHash), error), seconds: 0 };
  } finally {
    estimate.end();
  }
}

/** The extractors that have something to do; all of them where it is to be done anew. */
async function wanted(
  { deps, extractors, candidate, options }: FileJob,
  video: StoredVideo,
): Promise<readonly Extractor[]> {
  return options.force ? extractors : undone(deps, extractors, video, candidate.path, options);
}

interface Begun<Work extends ExtractorWork> {
  extractor: Extractor;
  work: Work;
}

/** The making of one video's tracks. */
class Making {
  readonly problems: NonNullable<FileResult['problems']> = [];
  /** Whether pictures or sound were gone through. */
  looked = false;
  readonly #job: FileJob;
  readonly #video: StoredVideo;
  readonly #info: VideoInfo;

  constructor(job: FileJob, video: StoredVideo, info: VideoInfo) {
    this.#job = job;
    this.#video = video;
    this.#info = info;
  }

  /** @returns seconds of video that were gone through */
  async run(extractors: readonly Extractor[]): Promise<number> {
    const frames: Begun<FrameWork>[] = [];
    const sound: Begun<SoundWork>[] = [];
    try {
      for (const extractor of extractors) {
        const work = await this.#begin(extractor);
        if (work?.needs === 'frames') frames.push({ extractor, work });
        else if (work?.needs === 'sound') sound.push({ extractor, work });
        else if (work) {
          const unread = (await this.#try(extractor, () => work.run(this.#info))) ?? [];
          for (const error of unread) this.problems.push({ extractor: extractor.name, error });
        }
      }
    } catch (error) {
      for (const { work } of [...frames, ...sound]) work.leave(true);
      throw error;
    }
    this.looked = frames.length + sound.length > 0;
    let seconds = 0;
    const usual = frames.find(({ work }) => work.fps !== undefined)?.work.fps ?? usualFps;
    const rates = Map.groupBy(frames, ({ work }) => work.fps ?? usual);
    // Essential extractors first: what a video is searched by is there before what refines it.
    const groups = [...rates].toSorted(([, a], [, b]) => essentials(b) - essentials(a));
    for (const [index, [fps, group]] of groups.entries()) {
      try {
        seconds += await this.#walkFrames(fps, group);
      } catch (error) {
        for (const { work } of [...groups.slice(index + 1).flatMap(([, some]) => some), ...sound])
          work.leave(true);
        throw error;
      }
    }
    const tracks = Map.groupBy(sound, ({ work }) => work.stream);
    for (const group of tracks.values()) await this.#walkSound(group);
    return seconds;
  }

  async #walkFrames(fps: number, group: readonly Begun<FrameWork>[]): Promise<number> {
    const { deps, candidate, options, estimate } = this.#job;
    const { store, media } = deps;
    const { path } = candidate;
    let skipped = 0;
    let noted = -Infinity;
    const works = group.map(({ extractor, work }) => ({
      work,
      essential: extractor.essential ?? false,
      onFailed: (error: unknown) => this.#problem(extractor, error),
    }));
    const end = await walkFrames({
      ...{ media, path, works, fps, info: this.#info, signal: options.signal },
      onReached: (seconds, from) => {
        skipped = from;
        estimate.reached(seconds, from, this.#info.durationSec);
      },
      onBatch: (seconds) => {
        if (seconds - noted < notedEverySec) return;
        noted = seconds;
        store.jobAt(path, seconds);
      },
      beforeEnd: () => this.#stays(),
    });
    store.jobAt(path, undefined);
    return Math.max(0, end - skipped);
  }

  async #walkSound(sound: readonly Begun<SoundWork>[]): Promise<void> {
    const { deps, candidate, options, estimate } = this.#job;
    const works = sound.map(({ extractor, work }) => ({
      work,
      onFailed: (error: unknown) => this.#problem(extractor, error),
    }));
    const walk = walkSound({
      ...{ media: deps.media, path: candidate.path, info: this.#info, works, signal: options.signal },
      onReached: (seconds, from) => estimate.reached(seconds, from, this.#info.durationSec),
    });
    await walk.catch((error: unknown) => {
      throwIfCancelled(options.signal);
      // Sound that can't be read is no reason to forget the pictures.
      for (const { extractor } of sound) this.#problem(extractor, error);
    });
  }

  /** Whether the file is still what it was; another content would be indexed under the wrong name. */
  async #stays(): Promise<void> {
    const { deps, candidate, options } = this.#job;
    const now = await deps.media.contentId(candidate.path, { signal: options.signal });
    if (now === this.#video.contentHash) return;
    // What was written behind it meanwhile changes nothing about what was looked at.
    if (!(await hasGrown(deps.media, candidate.path, this.#video, options.signal)))
      throw changed(candidate.path);
  }

  async #begin(extractor: Extractor): Promise<ExtractorWork | undefined> {
    const { deps, candidate, options } = this.#job;
    const { fps, signal } = options;
    const task = { store: deps.store, video: this.#video, path: candidate.path, fps, signal };
    return this.#try(extractor, () => extractor.begin(task, this.#info));
  }

  async #try<T>(extractor: Extractor, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      throwIfCancelled(this.#job.options.signal);
      if (extractor.essential) throw error;
      this.#problem(extractor, error);
      return undefined;
    }
  }

  /** @throws the error where it is a bug. */
  #problem(extractor: Extractor, error: unknown): void {
    if (!(error instanceof LongviewError)) throw error;
    this.problems.push({ extractor: extractor.name, error: error.toData() });
  }
}

const essentials = (group: readonly Begun<FrameWork>[]) =>
  group.filter(({ extractor }) => extractor.essential).length;

function changed(path: string): LongviewError {
  return new LongviewError(
    'video-changed',
    `${quote(path)} changed while it was being indexed.`,
    'Index it again when nothing writes to it any longer.',
    { details: { path } },
  );
}
