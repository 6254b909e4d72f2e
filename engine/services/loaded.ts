import type { Model } from '../inference/types.ts';

/** Loads a bundle; engine/inference's openModel with what the engine was configured with. */
export type OpenModel = (folder: string) => Promise<Model>;

interface Entry {
  model: Promise<Model>;
  users: number;
  /** Set when it is to go as soon as nobody uses it. */
  leaving: boolean;
}

/** How many bundles stay in memory: the one that the library is indexed with, one beside it, and one that reads. */
const kept = 3;

/** Loaded bundles, each once. One that failed to load is tried again; the least recently used goes when there are many. */
export class LoadedModels {
  readonly #open: OpenModel;
  readonly #entries = new Map<string, Entry>();
  #closed = false;

  constructor(open: OpenModel) {
    this.#open = open;
  }

  /** Loads a bundle where it isn't yet, and keeps it at least until `work` is done. */
  async use<T>(
    fingerprint: string,
    folder: string,
    work: (open: () => Promise<Model>) => Promise<T>,
  ): Promise<T> {
    let entry: Entry | undefined;
    const open = () => {
      if (!entry) {
        entry = this.#entry(fingerprint, folder);
        entry.users++;
      }
      return entry.model;
    };
    try {
      return await work(open);
    } finally {
      if (entry) {
        entry.users--;
        if (entry.leaving && entry.users === 0) await dispose(entry);
      }
    }
  }

  /** Frees all of them; those in use when their work is done. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.letGoOfAll();
  }

  /** The same, but what is used next is opened anew. */
  async letGoOfAll(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map((entry) => this.#letGo(entry)));
  }

  #entry(fingerprint: string, folder: string): Entry {
    const known = this.#entries.get(fingerprint);
    if (known) {
      // Most recently used last.
      this.#entries.delete(fingerprint);
      this.#entries.set(fingerprint, known);
      return known;
    }
    const entry: Entry = { model: this.#open(folder), users: 0, leaving: this.#closed };
    entry.model.catch(() => {
      if (this.#entries.get(fingerprint) === entry) this.#entries.delete(fingerprint);
    });
    if (this.#closed) return entry;
    this.#entries.set(fingerprint, entry);
    for (const [name, oldest] of this.#entries) {
      if (this.#entries.size <= kept) break;
      this.#entries.delete(name);
      void this.#letGo(oldest);
    }
    return entry;
  }

  async #letGo(entry: Entry): Promise<void> {
    entry.leaving = true;
    if (entry.users === 0) await dispose(entry);
  }
}

async function dispose(entry: Entry): Promise<void> {
  const model = await entry.model.catch(() => undefined);
  await model?.[Symbol.asyncDispose]();
}
