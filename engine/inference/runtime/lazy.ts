/**
 * Something that is opened when it is first needed, once. A failure is not remembered: the next call tries again.
 */
export class Lazy<T extends AsyncDisposable> implements AsyncDisposable {
  readonly #open: () => Promise<T>;
  #opened: Promise<T> | undefined;

  constructor(open: () => Promise<T>) {
    this.#open = open;
  }

  /** The thing, opened by the first call. */
  async get(): Promise<T> {
    const opened = (this.#opened ??= this.#open());
    try {
      return await opened;
    } catch (error) {
      if (this.#opened === opened) this.#opened = undefined;
      throw error;
    }
  }

  /** Closes it, if it is open; the next {@link get} opens it anew. */
  async [Symbol.asyncDispose](): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    if (!opened) return;
    const thing = await opened.catch(() => undefined);
    await thing?.[Symbol.asyncDispose]();
  }
}
