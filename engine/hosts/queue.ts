import { badArgument } from '../protocol/errors.ts';
import { failureOf } from './failure.ts';
import type { Engine } from '../protocol/engine.ts';
import type { Progress } from '../protocol/progress.ts';
import type { KeptJob } from '../protocol/queue.ts';
import type { IndexRequest } from '../protocol/requests.ts';
import type { Activity, Job } from '../protocol/wire.ts';

/** Indexing that goes on whatever becomes of the window that asked for it: one job at a time, in order. */
export interface Queue {
  activity(): Activity;
  /** @param paused it waits for `resume` */
  add(request: IndexRequest, paused?: boolean): Activity;
  /** Stops a job for good. What it has indexed so far is kept and found again by the next try. */
  cancel(id: number): Activity;
  /** Stops a job until `resume`. */
  pause(id: number): Activity;
  resume(id: number): Activity;
  /** Puts a job that waits before another one; one that runs gives way to it. */
  move(id: number, to: QueuePlace): Activity;
  /** Nothing is begun and what runs gives way, until it is called with false: the machine is on battery. */
  hold(held: boolean): Activity;
  /** Forgets the jobs that ended. */
  clear(): Activity;
  /** Stops what is running and waits for it. */
  close(): Promise<void>;
}

/** Where to move a job: before all others, or past its neighbour. */
export type QueuePlace = 'first' | 'earlier' | 'later';

/** Who is told what. */
export interface QueueListeners {
  /** The activity changed; at most every 200 ms for progress alone. */
  onChange(activity: Activity): void;
  /** The library may have changed. */
  onLibrary(): void;
  /** The jobs that a crash must not lose changed. */
  onKeep?(jobs: KeptJob[]): void;
}

interface Entry {
  job: Job;
  request: IndexRequest;
  stop: AbortController | undefined;
}

/** Tells at most this often how far a job is; people can't read faster. */
const tellEveryMs = 200;
/** Tells at most this often that files were put into the library before their turn. */
const listEveryMs = 700;
const live = ['waiting', 'running', 'paused'];
/** So long after the library was found locked by another program a job is tried again. */
const lockedMs = 3000;

/** Calls back later; the returned function calls it off. */
export type Later = (work: () => void, ms: number) => () => void;

const byClock: Later = (work, ms) => {
  const timer = setTimeout(work, ms);
  timer.unref();
  return () => clearTimeout(timer);
};

/**
 * The queue of a host. A job that finds the library locked goes back to waiting and is tried again.
 * @param later what waits for that; a test's own
 */
export function createQueue(
  engine: Pick<Engine, 'index'>,
  listeners: QueueListeners,
  later: Later = byClock,
): Queue {
  const entries: Entry[] = [];
  let running: Promise<void> | undefined;
  let lastId = 0;
  let held = false;
  let closed = false;
  let callOff: (() => void) | undefined;

  const activity = (): Activity => ({ jobs: entries.map((entry) => entry.job) });
  const changed = () => {
    listeners.onChange(activity());
    return activity();
  };
  const keep = () => {
    // What a closed host leaves is what it was working on: it goes on at the next start.
    if (!closed) listeners.onKeep?.(entries.filter(({ job }) => live.includes(job.state)).map(kept));
  };
  const find = (id: number) => {
    const entry = entries.find((candidate) => candidate.job.id === id);
    if (!entry) throw badArgument('job', 'the number of a job in the queue', id);
    return entry;
  };
  const next = () => {
    if (running || closed || held || callOff) return;
    const entry = entries.find((candidate) => candidate.job.state === 'waiting');
    if (!entry) return;
    const told = { changed, keep, onLibrary: () => listeners.onLibrary() };
    running = work(entry, engine, told).then((locked) => {
      running = undefined;
      // Whoever holds the library holds it for the others too.
      if (locked && !closed)
        callOff = later(() => {
          callOff = undefined;
          next();
        }, lockedMs);
      keep();
      next();
    });
  };
  const halt = (id: number, state: 'paused' | 'cancelled') => {
    const entry = find(id);
    if (!live.includes(entry.job.state)) return activity();
    entry.job = { ...entry.job, state, ...(state === 'cancelled' ? ended() : {}) };
    entry.stop?.abort();
    keep();
    return changed();
  };
  /** What runs goes back to waiting; what it has done is kept. */
  const giveWay = () => {
    const entry = entries.find(({ job }) => job.state === 'running');
    if (!entry) return;
    entry.job = { ...entry.job, state: 'waiting' };
    entry.stop?.abort();
  };

  return {
    activity,
    add(request, paused = false) {
      const state = paused ? 'paused' : 'waiting';
      const job: Job = { id: ++lastId, paths: request.paths, state, addedAt: now() };
      entries.push({ job, request, stop: undefined });
      keep();
      next();
      return changed();
    },
    cancel: (id) => halt(id, 'cancelled'),
    pause: (id) => halt(id, 'paused'),
    resume(id) {
      const entry = find(id);
      if (entry.job.state === 'paused') entry.job = { ...entry.job, state: 'waiting' };
      keep();
      next();
      return changed();
    },
    move(id, to) {
      if (!moveEntry(entries, find(id), to)) return activity();
      if (firstLive(entries)?.job.state === 'waiting') giveWay();
      keep();
      next();
      return changed();
    },
    hold(hold) {
      held = hold;
      if (held) giveWay();
      next();
      return changed();
    },
    clear() {
      const left = entries.filter(({ job }) => live.includes(job.state));
      entries.splice(0, entries.length, ...left);
      return changed();
    },
    async close() {
      closed = true;
      callOff?.();
      for (const entry of entries) entry.stop?.abort();
      await running;
    },
  };
}

const kept = ({ job, request }: Entry): KeptJob => ({
  request,
  paused: job.state === 'paused',
  running: job.state === 'running',
});

const firstLive = (entries: readonly Entry[]) =>
  entries.find(({ job }) => job.state === 'waiting' || job.state === 'running');

/** Moves an entry among those that are not ended. @returns whether it moved */
function moveEntry(entries: Entry[], entry: Entry, to: QueuePlace): boolean {
  const order = entries.filter(({ job }) => live.includes(job.state));
  const from = order.indexOf(entry);
  const target = to === 'first' ? 0 : from + (to === 'earlier' ? -1 : 1);
  if (from < 0 || target === from || target < 0 || target >= order.length) return false;
  order.splice(from, 1);
  order.splice(target, 0, entry);
  entries.splice(
    0,
    entries.length,
    ...entries.map((old) => (live.includes(old.job.state) ? order.shift()! : old)),
  );
  return true;
}

/** @returns whether the library was locked, and the job waits again */
async function work(
  entry: Entry,
  engine: Pick<Engine, 'index'>,
  { changed, keep, onLibrary }: { changed: () => void; keep: () => void; onLibrary: () => void },
): Promise<boolean> {
  const stop = new AbortController();
  entry.stop = stop;
  entry.job = { ...entry.job, state: 'running', progress: undefined };
  keep();
  changed();
  let told = 0;
  let subject: string | undefined;
  let listed: { count: number | undefined; at: number } = { count: undefined, at: 0 };
  const onProgress = (progress: Progress) => {
    if (stop.signal.aborted) return;
    entry.job = { ...entry.job, progress };
    const now = performance.now();
    // Files that wait come into the library one by one; people needn't see each of them come.
    const more = progress.listed !== listed.count && now - listed.at > listEveryMs;
    if (more) listed = { count: progress.listed, at: now };
    if (progress.subject !== subject || more) onLibrary();
    else if (performance.now() - told < tellEveryMs) return;
    subject = progress.subject;
    told = performance.now();
    changed();
  };
  try {
    const result = await engine.index(entry.request, { signal: stop.signal, onProgress, queued: true });
    if (stop.signal.aborted) return false;
    if (result.videos.some(({ error }) => error?.code === locked)) return waitAgain(entry);
    const failed = result.videos.length > 0 && result.videos.every((video) => video.status === 'failed');
    entry.job = { ...entry.job, state: failed ? 'failed' : 'done', result, ...ended() };
    return false;
  } catch (error) {
    if (stop.signal.aborted) return false;
    const failure = failureOf(error);
    if (failure.code === locked) return waitAgain(entry);
    entry.job = { ...entry.job, state: 'failed', error: failure, ...ended() };
    return false;
  } finally {
    entry.stop = undefined;
    changed();
    onLibrary();
  }
}

const locked = 'library-locked';

/** What is indexed already is found to be so the next time. */
function waitAgain(entry: Entry): true {
  entry.job = { ...entry.job, state: 'waiting', progress: undefined };
  return true;
}

const now = () => new Date().toISOString();
const ended = () => ({ endedAt: now() });
