import { setTimeout as wait } from 'node:timers/promises';
import { logOf } from '../core/log.ts';
import { LongviewError, quote, throwIfCancelled } from '../protocol/errors.ts';
import type { IndexResult } from '../protocol/results.ts';
import { captions } from './extractors/captions.ts';
import type { Extractor } from './extractors/extractor.ts';
import { frames } from './extractors/frames.ts';
import { announce } from './announce.ts';
import { factsOf } from './facts.ts';
import { firstLook, needsFirstLook } from './first-look.ts';
import { type FileJob, indexFile, type Outcome } from './index-file.ts';
import { createProgressEstimate, type ProgressEstimate } from './progress-estimate.ts';
import { type Candidate, failed, type FileResult, settle, survey } from './survey.ts';
import type { IndexingDeps, IndexOptions } from './types.ts';

export type {
  IndexingDeps,
  IndexingMedia,
  IndexingModel,
  IndexOptions,
  TeamClaim,
  TeamClaims,
} from './types.ts';
export type { Extractor } from './extractors/extractor.ts';
export { frames } from './extractors/frames.ts';
export { hasGrown } from './grown.ts';
export { correctionsOf, keepCorrection } from './corrections.ts';
export { extractors, lineOfTrack, screenText, speech, trackLine, trackSearches } from './extractors/index.ts';

/** So many ends of the process in the decoder or the frame encoder at the same place, and the file is left aside. */
const mostCrashes = 3;
/** How often a file that another process works on is looked at again. */
const askAgainMs = 500;

/**
 * Puts files and folders into the library. What fails is in the result with its reason, and the others go on; what
 * is made already (by content) is left alone; a cancelled or crashed indexing is taken up where it stopped. A file that
 * another process is working on is waited for.
 * @returns a row for each file, in the order in which they were found
 * @throws LongviewError what loading the bundle throws, and `library-damaged`. A cancellation is not thrown: its rows
 * say `cancelled`.
 */
export async function indexVideos(
  deps: IndexingDeps,
  paths: readonly string[],
  options: IndexOptions = {},
): Promise<IndexResult> {
  const started = performance.now();
  const run = new Run(deps, options);
  const candidates = await run.survey(paths);
  if (candidates.length > 0) await run.index(candidates);
  return {
    videos: [...run.rows.values()],
    wallSec: (performance.now() - started) / 1000,
    realtimeFactor: run.wallMs > 0 ? (run.seconds / run.wallMs) * 1000 : 0,
  };
}

/** One call of {@link indexVideos}. */
class Run {
  readonly rows = new Map<string, FileResult>();
  seconds = 0;
  wallMs = 0;
  readonly #deps: IndexingDeps;
  readonly #options: IndexOptions;
  readonly #extractors: readonly Extractor[];
  /** Contents that this call has worked on: several files may have the same. */
  readonly #done = new Set<string>();

  constructor(deps: IndexingDeps, options: IndexOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#extractors = [
      captions(deps.media),
      frames({ model: deps.model }),
      ...(deps.extractors ?? []),
    ].filter(({ name }) => options.only?.includes(name) ?? true);
  }

  /** Fills in the rows of files about which nothing has to be done; the others get theirs later, at the same place. */
  async survey(paths: readonly string[]): Promise<Candidate[]> {
    const { media } = this.#deps;
    const { signal, onProgress } = this.#options;
    onProgress?.({ stage: 'finding videos', fraction: 0 });
    const candidates: Candidate[] = [];
    try {
      const found = await media.findVideos(paths, { signal });
      for (const { path, error } of found.errors) this.rows.set(path, failed(path, undefined, error));
      for (const path of found.files) this.rows.set(path, failed(path, undefined, cancelled()));
      for (const path of found.files) {
        throwIfCancelled(signal);
        const surveyed = await survey(this.#deps, this.#extractors, path, this.#options);
        if ('status' in surveyed) this.rows.set(path, surveyed);
        else candidates.push(surveyed);
      }
      this.#endSettled();
      return candidates;
    } catch (error) {
      if (!signal?.aborted) throw error;
      return [];
    }
  }

  /** A process that died between the last byte of an index and the end of its job left the job behind. */
  #endSettled(): void {
    const { store } = this.#deps;
    const isSettled = ({ path, state }: { path: string; state: string }) =>
      state !== 'failed' && ['unchanged', 'moved'].includes(this.rows.get(path)?.status ?? '');
    if (!store.jobs().some(isSettled)) return;
    store.cleanUp();
    const left = store.jobs().filter((job) => job.state === 'waiting' && isSettled(job));
    store.endJobs(left.map(({ path }) => path));
  }

  async index(candidates: readonly Candidate[]): Promise<void> {
    const { store, model } = this.#deps;
    const { fps, force, signal } = this.#options;
    store.cleanUp();
    store.enqueue(
      candidates.map(({ path }) => path),
      { model: model.id, fps, force },
    );
    const total = candidates.reduce((sum, { bytes }) => sum + bytes, 0);
    const estimate = createProgressEstimate(total, this.#options.onProgress);
    const announced = announce(this.#deps, candidates, signal, (count) => estimate.listed(count));
    try {
      if (this.#deps.media.keyFrames && !force) await this.#firstLooks(candidates, announced.probe);
      await this.#all(candidates, estimate, announced.probe);
    } finally {
      await announced.stop();
    }
  }

  /**
   * Makes every video searchable by its key frames before any is indexed as a whole, the newest first. What goes wrong is
   * told when the whole is made.
   */
  async #firstLooks(candidates: readonly Candidate[], probe: FileJob['probe']): Promise<void> {
    const { signal } = this.#options;
    const newest = candidates.toSorted((a, b) => (b.modifiedMs ?? 0) - (a.modifiedMs ?? 0));
    for (const candidate of newest) {
      if (signal?.aborted) return;
      await this.#firstLook(candidate, probe).catch((error: unknown) => {
        if (!(error instanceof LongviewError)) throw error;
        const { path } = candidate;
        logOf('indexing').info('{path}: no first look, {code}', { path, code: error.code });
      });
    }
  }

  async #firstLook(candidate: Candidate, probe: FileJob['probe']): Promise<void> {
    const { store } = this.#deps;
    const { path, contentHash, modifiedMs } = candidate;
    const { crashes = 0 } = store.jobs().find((job) => job.path === path) ?? {};
    // Whatever it was that ended the process, the whole index tells of it.
    if (crashes > 0) return;
    const known = store.videoByContent(contentHash);
    if (known && !needsFirstLook(known)) return;
    const claim = store.claim(contentHash);
    if (!claim) return;
    try {
      const info = await probe(candidate);
      await settle(this.#deps, path, factsOf(contentHash, info), modifiedMs);
      const video = store.videoByContent(contentHash)!;
      if (!needsFirstLook(video)) return;
      store.setJob(path, 'running');
      const { signal, onProgress } = this.#options;
      onProgress?.({ stage: 'a first look', fraction: 0, subject: path });
      const onPicture = (seconds: number) => store.jobAt(path, seconds);
      await firstLook({ deps: this.#deps, path, video, info, signal, onPicture });
      store.jobAt(path, undefined);
    } finally {
      store.setJob(path, 'waiting');
      claim.release();
    }
  }

  async #all(
    candidates: readonly Candidate[],
    estimate: ProgressEstimate,
    probe: FileJob['probe'],
  ): Promise<void> {
    const { signal } = this.#options;
    let waiting = [...candidates];
    while (waiting.length > 0) {
      const held: Candidate[] = [];
      for (const candidate of waiting)
        if (!(await this.#one(candidate, estimate, probe))) held.push(candidate);
      waiting = held;
      if (held.length === 0) break;
      // Another process has them; it may be killed, or be done.
      await wait(askAgainMs, undefined, { signal }).catch(() => undefined);
      if (!signal?.aborted) continue;
      for (const { path } of held) this.#settle(path, failed(path, undefined, cancelled()));
      break;
    }
  }

  /** @returns false where another process has it */
  async #one(candidate: Candidate, estimate: ProgressEstimate, probe: FileJob['probe']): Promise<boolean> {
    const { store } = this.#deps;
    const { path, contentHash } = candidate;
    if (store.claimed().includes(contentHash)) return false;
    const team = await this.#deps.team?.claim(contentHash, path);
    if (team === 'taken') return false;
    const claim = store.claim(contentHash);
    if (!claim) {
      await team?.release('cancelled');
      return false;
    }
    const begun = performance.now();
    let became: FileResult['status'] = 'cancelled';
    try {
      const crashes = store.jobs().find((job) => job.path === path)?.crashes ?? 0;
      const outcome: Outcome =
        crashes >= mostCrashes
          ? { row: failed(path, undefined, crashed(path)), seconds: 0 }
          : await indexFile({
              deps: this.#deps,
              extractors: this.#extractors,
              candidate,
              options: team
                ? { ...this.#options, signal: anyOf(this.#options.signal, team.lost) }
                : this.#options,
              done: this.#done,
              estimate,
              probe,
            });
      if (outcome.seconds > 0) {
        this.seconds += outcome.seconds;
        this.wallMs += performance.now() - begun;
      }
      const { row, seconds } = outcome;
      became = row.status;
      if (team?.lost.aborted && row.status === 'cancelled') return false;
      const ms = Math.round(performance.now() - begun);
      const problems = row.problems?.map(({ extractor, error }) => `${extractor}: ${error.code}`);
      logOf('indexing').info('{path}: {status} {code}, {seconds} s of video in {ms} ms {problems}', {
        ...{ path, status: row.status, code: row.error?.code ?? '', problems: problems ?? '' },
        ...{ seconds: Math.round(seconds), ms },
      });
      this.#settle(path, row);
      return true;
    } finally {
      claim.release();
      await team?.release(became === 'failed' || became === 'cancelled' ? became : 'made');
    }
  }

  #settle(path: string, row: FileResult): void {
    this.rows.set(path, row);
    if (row.status === 'failed') this.#deps.store.setJob(path, 'failed', row.error);
    else this.#deps.store.endJobs([path]);
  }
}

function anyOf(one: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return one ? AbortSignal.any([one, other]) : other;
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
    `The engine ended unexpectedly ${mostCrashes} times at the same place in ${quote(path)}; the video was skipped.`,
    'Convert it with a video tool and add that, or index it again to try once more.',
    { details: { path } },
  );
}
