import type { KvCache } from './kv-cache.ts';

interface Entry {
  cache: KvCache;
  /** Lengths that the cache can be rewound to, by the digest of the prompt's beginning of that length. */
  lengths: ReadonlyMap<string, number>;
}

/**
 * Keeps the caches of prompts' prefixes (a video, before the question), so that a second question on the same video
 * needn't read it again. Bounded in bytes; the least recently used goes first.
 */
export class PrefixCache {
  readonly #maxBytes: number;
  /** The most recently used last. */
  #entries: Entry[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that it holds now. */
  get bytes(): number {
    return this.#entries.reduce((sum, { cache }) => sum + cache.bytes, 0);
  }

  /**
   * The cache of the longest known beginning, rewound to it. It belongs to the caller, who puts it back; where a longer
   * prefix is known that only begins alike, a copy is given and the prefix is kept.
   * @param digests of the prompt's beginnings, shortest first (prefixDigests).
   */
  take(digests: readonly string[]): KvCache | undefined {
    for (const digest of digests.toReversed()) {
      const index = this.#entries.findLastIndex(({ lengths }) => lengths.has(digest));
      const entry = this.#entries[index];
      const length = entry?.lengths.get(digest);
      if (!entry || length === undefined) continue;
      this.#entries.splice(index, 1);
      if (length === entry.cache.length) return entry.cache;
      this.#entries.push(entry);
      const copy = entry.cache.fork(length);
      if (copy) return copy;
    }
    return undefined;
  }

  /** Takes a cache back (or in). @param lengths that it can be rewound to, by digest, the longest (its own) last. */
  put(cache: KvCache, lengths: readonly (readonly [digest: string, length: number])[]): void {
    const whole = lengths.at(-1)?.[0];
    const same = (entry: Entry) => [...entry.lengths.keys()].at(-1) === whole;
    for (const entry of this.#entries.filter(same)) this.#drop(entry);
    this.#entries.push({ cache, lengths: new Map(lengths) });
    this.shrink(this.#maxBytes);
  }

  /** Lets the least recently used go until at most so many bytes are held. */
  shrink(bytes: number): void {
    while (this.#entries.length > 0 && this.bytes > bytes) this.#drop(this.#entries[0]);
  }

  /** Frees everything. */
  clear(): void {
    for (const entry of [...this.#entries]) this.#drop(entry);
  }

  #drop(entry: Entry): void {
    this.#entries = this.#entries.filter((other) => other !== entry);
    entry.cache.dispose();
  }
}
