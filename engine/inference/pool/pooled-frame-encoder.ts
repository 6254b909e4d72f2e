import { availableParallelism } from 'node:os';
import type { Letterbox, RgbFrame } from '../../core/frames.ts';
import { throwIfCancelled } from '../../protocol/errors.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { checkFrames } from '../frame-encoder.ts';
import type { FrameEncoder, PatchAnalysis } from '../types.ts';
import { openOneEncoder } from './one-encoder.ts';
import { WorkerPool } from './worker-pool.ts';

/** More sessions than this cost memory (some 100 MB each) and wait for the decoder of a video all the same. */
const mostThreads = 4;
/** Threads with nothing to do for so long are ended, and their memory is free. */
const restAfterMs = 20_000;

/**
 * A bundle's frame encoder on threads beside this one, a session of one thread on each core: this thread serves the
 * window and reads frames meanwhile. Two such sessions encode more frames a second than one of two threads, which spin
 * while they wait for each other (`npm run -s bench -- index`). Threads are started when there is something to encode.
 */
export class PooledFrameEncoder implements FrameEncoder, AsyncDisposable {
  readonly framesPerPatch = 2;
  /** One temporal patch a run: on one thread the fastest measured, and the smallest. */
  readonly batchPatches = 1;
  readonly width: number;
  readonly height: number;
  readonly grid: readonly [number, number];
  readonly hiddenSize: number;
  readonly embeddingSize: number;
  readonly atOnce: number;
  readonly #bundle: Bundle;
  readonly #restAfterMs: number;
  #pool: WorkerPool | undefined;
  #working = 0;
  #rest: NodeJS.Timeout | undefined;

  /**
   * @param options.threads cores that may be used; all where absent
   * @param options.restAfterMs how long threads may have nothing to do before they are ended
   */
  constructor(
    bundle: Bundle,
    options: { threads?: number | undefined; restAfterMs?: number | undefined } = {},
  ) {
    const { threads } = options;
    this.#bundle = bundle;
    this.#restAfterMs = options.restAfterMs ?? restAfterMs;
    this.atOnce = Math.max(1, Math.min(mostThreads, threads || availableParallelism()));
    // It says what it is without opening anything.
    const { width, height, grid, hiddenSize, embeddingSize } = openOneEncoder(bundle, { provider: 'cpu' });
    this.width = width;
    this.height = height;
    this.grid = grid;
    this.hiddenSize = hiddenSize;
    this.embeddingSize = embeddingSize;
  }

  /** See {@link FrameEncoder.analyse}; the first call starts threads. @throws LongviewError as there, `bad-bundle`, `engine-stopped`. */
  async analyse(
    patches: readonly (readonly [RgbFrame, RgbFrame])[],
    letterbox: Letterbox,
    signal?: AbortSignal,
  ): Promise<PatchAnalysis[]> {
    checkFrames(this, patches, letterbox);
    throwIfCancelled(signal);
    clearTimeout(this.#rest);
    this.#working++;
    try {
      const pool = (this.#pool ??= new WorkerPool(this.#bundle, this.width * this.height * 3, this.atOnce));
      return await Promise.all(patches.map((frames) => pool.run({ frames, letterbox }, signal)));
    } finally {
      if (--this.#working === 0)
        this.#rest = setTimeout(() => void this[Symbol.asyncDispose](), this.#restAfterMs).unref();
    }
  }

  /** Whether there are threads now. */
  get hasThreads(): boolean {
    return this.#pool !== undefined;
  }

  /** Waits for the runs under way and ends the threads; the next {@link analyse} starts them again. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#rest);
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.close();
  }
}
