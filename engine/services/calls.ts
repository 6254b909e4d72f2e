import { LongviewError, throwIfCancelled } from '../protocol/errors.ts';

/** The calls under way: refused after the end, cancelled by it, and waited for by it. */
export class Calls {
  readonly #ending = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  /**
   * Runs a call.
   * @param signal the caller's; `work` gets one that also tells of the end
   * @throws LongviewError `engine-stopped`, `cancelled`, and what `work` throws.
   */
  async run<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.refuseAfterEnd();
    throwIfCancelled(signal);
    const running = work(AbortSignal.any([this.#ending.signal, ...(signal ? [signal] : [])]));
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** @throws LongviewError `engine-stopped`. */
  refuseAfterEnd(): void {
    if (this.#ending.signal.aborted)
      throw new LongviewError('engine-stopped', 'The engine was closed.', 'Start Longview again.');
  }

  /** Cancels what is running and waits for it. */
  async end(): Promise<void> {
    this.#ending.abort();
    await Promise.allSettled(this.#running);
  }
}
