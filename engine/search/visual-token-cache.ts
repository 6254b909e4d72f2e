/** Bytes of visual tokens that are kept for the next question. */
const mostBytes = 256 * 2 ** 20;

/** Visual tokens of footage that was looked at for a question, for the next one; the least recently used go. */
export class VisualTokenCache {
  readonly #kept = new Map<string, Float32Array>();
  readonly #most: number;
  #bytes = 0;

  constructor(most: number = mostBytes) {
    this.#most = most;
  }

  /** @param key of a bundle, an index and a temporal patch */
  get(key: string): Float32Array | undefined {
    const tokens = this.#kept.get(key);
    if (tokens) {
      this.#kept.delete(key);
      this.#kept.set(key, tokens);
    }
    return tokens;
  }

  set(key: string, tokens: Float32Array): void {
    this.#bytes += tokens.byteLength - (this.#kept.get(key)?.byteLength ?? 0);
    this.#kept.delete(key);
    this.#kept.set(key, tokens);
    for (const [oldest, { byteLength }] of this.#kept) {
      if (this.#bytes <= this.#most || oldest === key) break;
      this.#kept.delete(oldest);
      this.#bytes -= byteLength;
    }
  }
}
