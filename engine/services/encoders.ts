import { z } from 'zod';
import type { Store } from '../library/index.ts';
import { LongviewError } from '../protocol/errors.ts';
import type { Bundles, FoundBundle } from './bundles.ts';

/** In the library's settings: ids of the bundles whose embeddings stand beside those of the library's own. */
const setting = 'encoders';
const stored = z.array(z.string()).catch([]);

/** The frame encoders beside the library's own: each is one more track of every video. */
export class Encoders {
  readonly #bundles: Bundles;
  readonly #store: () => Store;

  constructor(bundles: Bundles, store: () => Store) {
    this.#bundles = bundles;
    this.#store = store;
  }

  /** Their ids, in the order in which they were added. */
  ids(): string[] {
    return stored.parse(this.#store().setting(setting) ?? []);
  }

  /** Adds one; every video gets its track with the next indexing. */
  add(id: string): void {
    if (!this.ids().includes(id)) this.#store().setSetting(setting, [...this.ids(), id]);
  }

  /** Takes one away with what it made; all else is as before. */
  remove(id: string): void {
    const left = this.ids().filter((other) => other !== id);
    this.#store().setSetting(setting, left.length > 0 ? left : undefined);
    this.#store().removeTracks(`frames/${id}`);
  }

  /** Those that are at hand; one whose bundle is gone or broken is passed over. */
  async atHand(): Promise<FoundBundle[]> {
    const found: FoundBundle[] = [];
    for (const id of this.ids()) {
      try {
        found.push(await this.#bundles.named(id));
      } catch (error) {
        if (!(error instanceof LongviewError)) throw error;
      }
    }
    return found;
  }
}

/** Whether a bundle only puts pictures and words into one space: it stands beside another, not in its place. */
export function standsBeside({ manifest: { can } }: FoundBundle): boolean {
  return can.includes('embed') && !can.includes('detect') && !can.includes('read');
}
