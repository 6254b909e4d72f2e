import { Worker } from 'node:worker_threads';
import { logOf } from '../../core/log.ts';
import type { Letterbox, RgbFrame } from '../../core/frames.ts';
import { LongviewError } from '../../protocol/errors.ts';
// A worker gets the runtime only from a process that has loaded it through the door.
import '../../onnxruntime/index.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { PatchAnalysis } from '../types.ts';
import { encodeProgram } from '../runtime/encode-program.ts';
import type { FromWorker, ToWorker, WorkerStart } from './messages.ts';

/** A temporal patch of two frames, and where the picture lies in them. */
export interface PooledPatch {
  frames: readonly [RgbFrame, RgbFrame];
  letterbox: Letterbox;
}

interface Job extends PooledPatch {
  number: number;
  done: (analysis: PatchAnalysis) => void;
  failed: (error: unknown) => void;
}

/** Threads that encode frames: as many as there are cores, each with a session of one thread. */
export class WorkerPool {
  readonly #bundle: Bundle;
  readonly #frameBytes: number;
  readonly #most: number;
  readonly #program: string;
  readonly #threads = new Set<Thread>();
  readonly #waiting: Job[] = [];
  #last = 0;
  #closed = false;

  /**
   * @param frameBytes of one frame
   * @param own a worker's program; tests put a broken one here
   */
  constructor(bundle: Bundle, frameBytes: number, most: number, own?: string) {
    this.#bundle = bundle;
    this.#frameBytes = frameBytes;
    this.#most = most;
    this.#program = own ?? encodeProgram();
  }

  /**
   * Encodes a temporal patch on whichever thread is free next.
   * @throws LongviewError `engine-stopped` where the thread ended meanwhile, `cancelled`, and what the encoder throws
   */
  run(patch: PooledPatch, signal: AbortSignal | undefined): Promise<PatchAnalysis> {
    if (this.#closed) return Promise.reject(closed());
    return new Promise((done, failed) => {
      const job: Job = { ...patch, number: ++this.#last, done, failed };
      const onAbort = () => {
        const at = this.#waiting.indexOf(job);
        // One that runs is let run: its result is dropped.
        if (at >= 0) this.#waiting.splice(at, 1);
        failed(cancelled(signal));
      };
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener('abort', onAbort);
          how(value);
        };
      job.done = settle(done);
      job.failed = settle(failed);
      if (signal?.aborted) return onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(job);
      this.#serve();
    });
  }

  /** Waits for the runs under way and ends the threads. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.splice(0)) job.failed(closed());
    await Promise.all([...this.#threads].map((thread) => thread.end()));
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      let free = [...this.#threads].find((thread) => thread.free);
      if (!free && this.#threads.size < this.#most) free = this.#start();
      if (!free) return;
      free.give(this.#waiting.shift()!);
    }
  }

  #start(): Thread {
    const thread = new Thread(this.#program, this.#bundle, this.#frameBytes, (gone) => {
      if (gone) this.#threads.delete(thread);
      this.#serve();
    });
    this.#threads.add(thread);
    return thread;
  }
}

/** Threads that may be in the middle of a run. */
const alive = new Set<Thread>();
// The runtime's native part ends the process with a crash where its thread is taken away in the middle of a run.
process.on('exit', () => {
  for (const thread of alive) thread.waitUntilIdle();
});
/** Longer than any run, also the first one, which opens the graphs, on a machine that is very busy. */
const longestRunMs = 30_000;

/** One thread and what it works on. It keeps the process alive only while it works. */
class Thread {
  readonly #worker: Worker;
  /** Where the worker sees the two frames that it works on. */
  readonly #frames: readonly Uint8Array[];
  readonly #onFree: (gone: boolean) => void;
  /** As of {@link WorkerStart.pending}. */
  readonly #pending: Int32Array<SharedArrayBuffer>;
  #job: Job | undefined;
  #idle: (() => void) | undefined;
  #gone = false;

  constructor(file: string, bundle: Bundle, frameBytes: number, onFree: (gone: boolean) => void) {
    this.#onFree = onFree;
    const shared = new SharedArrayBuffer(2 * frameBytes);
    this.#frames = [0, 1].map((half) => new Uint8Array(shared, half * frameBytes, frameBytes));
    const pending = new SharedArrayBuffer(4);
    this.#pending = new Int32Array(pending);
    this.#pending[0] = 1;
    const workerData: WorkerStart = { bundle, frames: shared, pending };
    // None of this process's own arguments: it may have been told to be a script, or to end with its parent.
    this.#worker = new Worker(file, { workerData, name: 'frame encoder', execArgv: [] });
    alive.add(this);
    this.#worker.unref();
    this.#worker.on('message', (message: FromWorker) => this.#hear(message));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', (code) => this.#end(new Error(`it ended with code ${code}`)));
  }

  get free(): boolean {
    return !this.#gone && this.#job === undefined;
  }

  give(job: Job): void {
    this.#job = job;
    this.#worker.ref();
    const [a, b] = job.frames;
    const single = a.pixels === b.pixels;
    this.#frames[0].set(a.pixels);
    if (!single) this.#frames[1].set(b.pixels);
    const { number, letterbox } = job;
    Atomics.add(this.#pending, 0, 1);
    this.#worker.postMessage({ job: number, times: [a.time, b.time], single, letterbox } satisfies ToWorker);
  }

  /** Blocks this thread until the other has nothing to do. */
  waitUntilIdle(): void {
    const until = performance.now() + longestRunMs;
    for (let left; (left = Atomics.load(this.#pending, 0)) > 0;)
      if (Atomics.wait(this.#pending, 0, left, until - performance.now()) === 'timed-out') return;
  }

  async end(): Promise<void> {
    if (this.#job && !this.#gone) await new Promise<void>((resolve) => (this.#idle = resolve));
    if (!this.#gone) this.waitUntilIdle();
    this.#gone = true;
    alive.delete(this);
    await this.#worker.terminate();
  }

  #hear(message: FromWorker): void {
    if ('ready' in message || message.job !== this.#job?.number) return;
    const job = this.#job;
    this.#job = undefined;
    this.#worker.unref();
    if ('analysis' in message) job.done(message.analysis);
    else job.failed(rebuilt(message.error));
    this.#idle?.();
    this.#onFree(false);
  }

  #end(why: Error): void {
    if (this.#gone) return;
    this.#gone = true;
    alive.delete(this);
    logOf('inference').error('a frame encoder’s thread ended: {message}', { message: why.message });
    this.#job?.failed(
      new LongviewError(
        'engine-stopped',
        `The frame encoder ended unexpectedly: ${why.message}.`,
        'Index the video again; close other programs if memory is short.',
        { cause: why },
      ),
    );
    this.#job = undefined;
    this.#idle?.();
    this.#onFree(true);
  }
}

function rebuilt(error: Exclude<FromWorker, { ready: true } | { analysis: unknown }>['error']): Error {
  if ('code' in error) return LongviewError.fromData(error);
  return Object.assign(new Error(error.message), { stack: error.stack });
}

function closed(): LongviewError {
  return new LongviewError('engine-stopped', 'The frame encoder has been closed.', 'Open the model again.');
}

function cancelled(signal: AbortSignal | undefined): LongviewError {
  return new LongviewError('cancelled', 'The operation was cancelled.', 'Start it again when you like.', {
    cause: signal?.reason,
  });
}
