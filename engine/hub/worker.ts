import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { ErrorData } from '../protocol/errors.ts';
import type { Store } from '../library/index.ts';
import type { Hub } from './connect.ts';
import { isForAWhile, isLost } from './errors.ts';
import { publish } from './publish.ts';
import { pull } from './pull.ts';
import { HubQueue, type TakenJob, type WorkerSkills } from './queue.ts';
import { type Mounts, pathOf } from './roots.ts';
import { hubFormat } from './schema.ts';

/** What a worker tells of. */
export type WorkerEvent =
  | { event: 'ready' | 'draining' | 'away' | 'back' }
  | { event: 'took'; job: TakenJob; path: string; fromSec: number }
  | { event: 'published'; job: TakenJob }
  | {
      event: 'ended';
      job: TakenJob;
      how: 'done' | 'drained' | 'lost' | 'failed' | 'not mounted';
      error?: ErrorData;
      sec: number;
    };

/** What a worker works with. */
export interface WorkerDeps {
  hub: Hub;
  /** The worker's own library: what it makes lies here until it is published. */
  store: Store;
  mounts: Mounts;
  skills: WorkerSkills;
  /** Makes the tracks of a job from a file. @returns what went wrong with the file; throws what is wrong with the machine */
  index: (path: string, job: TakenJob, signal: AbortSignal) => Promise<ErrorData | undefined>;
  onEvent?: (event: WorkerEvent) => void;
  /** How often what was made is published, in milliseconds. */
  publishEveryMs?: number;
  /** Ends as soon as there is nothing to do. */
  untilEmpty?: boolean;
}

/**
 * Takes jobs from the hub until `signal` is aborted: then what was made of the one at hand is published, and the job given
 * back for others to go on with. Nothing is taken while what was made can't be published.
 * @throws LongviewError `team-hub-too-new`, `team-hub-refused`; `team-hub-unreachable` at the start only.
 */
export async function work(deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  await new Worker(deps, signal).run();
}

class Worker {
  readonly #deps: WorkerDeps;
  readonly #signal: AbortSignal;
  readonly #queue: HubQueue;
  #leaseMs = 45_000;
  #job: TakenJob | undefined;
  #lost = new AbortController();
  /** Set where going on makes no sense: the hub was updated, say. */
  #over: Error | undefined;
  #away = false;

  constructor(deps: WorkerDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
    this.#queue = new HubQueue(deps.hub);
  }

  async run(): Promise<void> {
    const { hub } = this.#deps;
    this.#leaseMs = (await hub.facts()).leaseMs;
    await this.#beat();
    this.#refuseIfOver();
    this.#tell({ event: 'ready' });
    const timer = setInterval(() => void this.#beat(), Math.min(10_000, this.#leaseMs / 4));
    const draining = () => this.#tell({ event: 'draining' });
    this.#signal.addEventListener('abort', draining, { once: true });
    try {
      while (!this.#signal.aborted && !this.#over) if (!(await this.#next())) break;
    } finally {
      clearInterval(timer);
      this.#signal.removeEventListener('abort', draining);
      await this.#queue.beat(hub.who, this.#deps.skills, hubFormat, 'gone').catch(() => undefined);
    }
    this.#refuseIfOver();
  }

  #refuseIfOver(): void {
    if (this.#over) throw this.#over;
  }

  /** @returns false where there is nothing more to do, and that was asked for */
  async #next(): Promise<boolean> {
    const job = await this.#try(async () => {
      await this.#queue.reap();
      return this.#queue.take(this.#deps.hub.who, this.#deps.skills);
    });
    if (job) {
      await this.#do(job);
      return true;
    }
    if (this.#deps.untilEmpty && !this.#away) return false;
    await this.#pause(Math.min(5000, this.#leaseMs / 4));
    return true;
  }

  async #do(job: TakenJob): Promise<void> {
    const { store, mounts, hub } = this.#deps;
    const path = job.places
      .map((place) => pathOf(place, mounts))
      .find((one) => one !== undefined && existsSync(one));
    if (path === undefined) {
      await this.#surely(() => this.#queue.giveBack(job, 'not mounted', 60).catch(unlessLost));
      return this.#tell({ event: 'ended', job, how: 'not mounted', sec: 0 });
    }
    const had = store.videoByContent(job.content) !== undefined;
    this.#job = job;
    this.#lost = new AbortController();
    const started = performance.now();
    try {
      await this.#surely(() => pull({ hub, store, contentHash: job.content, mounts, forJob: true }));
      this.#tell({ event: 'took', job, path, fromSec: reachedOf(store, job.content) });
      const how = await this.#make(job, path);
      this.#tell({ event: 'ended', job, ...how, sec: (performance.now() - started) / 1000 });
    } finally {
      this.#job = undefined;
      if (!had) store.forgetVideo(job.content);
    }
  }

  async #make(
    job: TakenJob,
    path: string,
  ): Promise<{ how: 'done' | 'drained' | 'lost' | 'failed'; error?: ErrorData }> {
    const { store, hub, mounts, publishEveryMs = 3000 } = this.#deps;
    const { content: contentHash } = job;
    const ended = new AbortController();
    const send = async () => {
      if (await publish({ hub, store, contentHash, mounts, job })) this.#tell({ event: 'published', job });
    };
    const sending = (async () => {
      while (!ended.signal.aborted) {
        await wait(publishEveryMs, undefined, { signal: ended.signal }).catch(() => undefined);
        if (ended.signal.aborted || this.#lost.signal.aborted) break;
        await send().catch((error: unknown) => {
          if (isLost(error)) this.#lost.abort();
          else if (!isForAWhile(error)) throw error;
        });
      }
    })();
    const stop = AbortSignal.any([this.#signal, this.#lost.signal]);
    let error: ErrorData | undefined;
    try {
      error = await this.#deps.index(path, job, stop);
    } finally {
      ended.abort();
      await sending;
    }
    if (this.#lost.signal.aborted) return { how: 'lost' };
    try {
      await this.#surely(send);
      if (error?.code === 'cancelled') {
        await this.#surely(() => this.#queue.giveBack(job, 'drained'));
        return { how: 'drained' };
      }
      error ??= store.unshared().includes(contentHash) ? notPublished(path) : undefined;
      if (error) {
        const reason = error;
        await this.#surely(() => this.#queue.failed(job, reason));
        return { how: 'failed', error };
      }
      await this.#surely(() => this.#queue.done(job));
      return { how: 'done' };
    } catch (failure) {
      if (isLost(failure)) return { how: 'lost' };
      throw failure;
    }
  }

  /** Says that we live; a job that isn't ours any longer is let go of. */
  async #beat(): Promise<void> {
    const { hub, skills } = this.#deps;
    try {
      await hub.facts();
      const state = this.#signal.aborted ? 'draining' : this.#job ? 'working' : 'waiting';
      const job = this.#job;
      const held = await this.#queue.beat(hub.who, skills, hubFormat, state);
      if (job && job === this.#job && !held.includes(job.num)) this.#lost.abort();
      this.#isAway(false);
    } catch (error) {
      if (isForAWhile(error)) this.#isAway(true);
      else {
        this.#over = error as Error;
        this.#lost.abort();
      }
    }
  }

  /** Does something that may fail because the hub is away; undefined then. */
  async #try<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      this.#isAway(false);
      return result;
    } catch (error) {
      if (!isForAWhile(error)) throw error;
      this.#isAway(true);
      return undefined;
    }
  }

  /** Does something as often as it takes; the hub may be away for hours. What is drained waits half a minute at most. */
  async #surely(work: () => Promise<unknown>): Promise<void> {
    let drainedAt: number | undefined;
    for (let pause = 250; ; pause = Math.min(pause * 2, 10_000)) {
      try {
        await work();
        return this.#isAway(false);
      } catch (error) {
        if (!isForAWhile(error)) throw error;
        this.#isAway(true);
        if (this.#signal.aborted) drainedAt ??= performance.now();
        if (drainedAt !== undefined && performance.now() - drainedAt > 30_000) throw error;
        await wait(pause);
      }
    }
  }

  #isAway(away: boolean): void {
    if (away !== this.#away) this.#tell({ event: away ? 'away' : 'back' });
    this.#away = away;
  }

  async #pause(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.#signal }).catch(() => undefined);
  }

  #tell(event: WorkerEvent): void {
    this.#deps.onEvent?.(event);
  }
}

function unlessLost(error: unknown): void {
  if (!isLost(error)) throw error;
}

/** How far the footage was gone through when a job was taken. */
function reachedOf(store: Store, content: string): number {
  const tracks =
    store.headOf(content)?.passes.flatMap((pass) => (pass.state === 'making' ? pass.tracks : [])) ?? [];
  return Math.max(0, ...tracks.map(({ reachedSec }) => reachedSec));
}

function notPublished(path: string): ErrorData {
  return {
    code: 'disk-failed',
    message: `What was made of ${path} could not be read again to be published.`,
    remedy: 'Check the disk of the worker that had it; another tries again.',
  };
}
