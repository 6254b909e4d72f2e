import type { OnProgress } from '../../protocol/progress.ts';

/** Tells progress through a number of bytes, as part of a longer operation, at most a few times a second. */
export class ByteProgress {
  /** The file being worked on. */
  subject: string | undefined;
  readonly #stage: string;
  readonly #bytes: number;
  readonly #range: readonly [number, number];
  readonly #onProgress: OnProgress | undefined;
  readonly #started = performance.now();
  #done = 0;
  #told = -Infinity;

  /** @param range the shares of the whole operation between which this part lies. */
  constructor(
    stage: string,
    bytes: number,
    range: readonly [number, number],
    onProgress: OnProgress | undefined,
  ) {
    this.#stage = stage;
    this.#bytes = bytes;
    this.#range = range;
    this.#onProgress = onProgress;
  }

  /** Counts bytes as done. */
  add(bytes: number): void {
    this.#done += bytes;
    const now = performance.now();
    const finished = this.#done >= this.#bytes;
    if (!this.#onProgress || (now - this.#told < 200 && !finished)) return;
    this.#told = now;
    const share = Math.min(1, this.#done / Math.max(1, this.#bytes));
    const seconds = (now - this.#started) / 1000;
    this.#onProgress({
      stage: this.#stage,
      fraction: this.#range[0] + (this.#range[1] - this.#range[0]) * share,
      // The first seconds say little about the rest.
      ...(seconds > 2 ? { secondsLeft: (seconds * (1 - share)) / share } : {}),
      ...(this.subject === undefined ? {} : { subject: this.subject }),
    });
  }
}
