import { badArgument } from '../protocol/errors.ts';
import { failureOf } from './failure.ts';
import type { Engine } from '../protocol/engine.ts';
import type { Progress } from '../protocol/progress.ts';
import type { IndexRequest } from '../protocol/requests.ts';
import type { Activity, Job } from '../protocol/wire.ts';

/** Indexing that goes on whatever becomes of the window that asked for it: one job at a time, in order. */
export interface Queue {
  activity(): Activity;
  add(request: IndexRequest): Activity;
  /** Stops a job for good. What it has indexed so far is kept and found again by the next try. */
  cancel(id: number): Activity;
  /** Stops a job until `resume`. */
  pause(id: number): Activity;
  resume(id: number): Activity;
  /** Forgets the jobs that ended. */
  clear(): Activity;
  /** Stops what is running and waits for it. */
  close(): Promise<void>;
}

interface Entry {
  job: Job;
  request: IndexRequest;
  stop: AbortController | undefined;
}

/** Tells at most this often how far a job is; people can't read faster. */
const tellEveryMs = 200;

/**
 * The queue of a host.
 * @param onChange called whenever the activity changed, at most every 200 ms for progress alone
 * @param onLibrary called whenever the library may have changed
 */
export function createQueue(
  engine: Pick<Engine, 'index'>,
  onChange: (activity: Activity) => void,
  onLibrary: () => void,
): Queue {
  const entries: Entry[] = [];
  let running: Promise<void> | undefined;
  let lastId = 0;
  let closed = false;

  const activity = (): Activity => ({ jobs: entries.map((entry) => entry.job) });
  const changed = () => {
    onChange(activity());
    return activity();
  };
  const find = (id: number) => {
    const entry = entries.find((candidate) => candidate.job.id === id);
    if (!entry) throw badArgument('job', 'the number of a job in the queue', id);
    return entry;
  };
  const next = () => {
    if (running || closed) return;
    const entry = entries.find((candidate) => candidate.job.state === 'waiting');
    if (!entry) return;
    running = work(entry, engine, changed, onLibrary).finally(() => {
      running = undefined;
      next();
    });
  };
  const halt = (id: number, state: 'paused' | 'cancelled') => {
    const entry = find(id);
    if (['done', 'failed', 'cancelled'].includes(entry.job.state)) return activity();
    entry.job = { ...entry.job, state, ...(state === 'cancelled' ? ended() : {}) };
    entry.stop?.abort();
    return changed();
  };

  return {
    activity,
    add(request) {
      const job: Job = { id: ++lastId, paths: request.paths, state: 'waiting', addedAt: now() };
      entries.push({ job, request, stop: undefined });
      next();
      return changed();
    },
    cancel: (id) => halt(id, 'cancelled'),
    pause: (id) => halt(id, 'paused'),
    resume(id) {
      const entry = find(id);
      if (entry.job.state === 'paused') entry.job = { ...entry.job, state: 'waiting' };
      next();
      return changed();
    },
    clear() {
      const live = entries.filter(({ job }) => ['waiting', 'running', 'paused'].includes(job.state));
      entries.splice(0, entries.length, ...live);
      return changed();
    },
    async close() {
      closed = true;
      for (const entry of entries) entry.stop?.abort();
      await running;
    },
  };
}

async function work(
  entry: Entry,
  engine: Pick<Engine, 'index'>,
  changed: () => void,
  onLibrary: () => void,
): Promise<void> {
  const stop = new AbortController();
  entry.stop = stop;
  entry.job = { ...entry.job, state: 'running', progress: undefined };
  changed();
  let told = 0;
  let subject: string | undefined;
  const onProgress = (progress: Progress) => {
    if (entry.job.state !== 'running') return;
    entry.job = { ...entry.job, progress };
    if (progress.subject !== subject) onLibrary();
    else if (performance.now() - told < tellEveryMs) return;
    subject = progress.subject;
    told = performance.now();
    changed();
  };
  try {
    const result = await engine.index(entry.request, { signal: stop.signal, onProgress });
    if (stop.signal.aborted) return;
    const failed = result.videos.length > 0 && result.videos.every((video) => video.status === 'failed');
    entry.job = { ...entry.job, state: failed ? 'failed' : 'done', result, ...ended() };
  } catch (error) {
    if (!stop.signal.aborted)
      entry.job = { ...entry.job, state: 'failed', error: failureOf(error), ...ended() };
  } finally {
    entry.stop = undefined;
    changed();
    onLibrary();
  }
}

const now = () => new Date().toISOString();
const ended = () => ({ endedAt: now() });
