import { engine } from '../engine/index.ts';
import { language } from '../i18n/index.svelte.ts';
import { shown } from './failure.ts';
import { likeIn } from './like.svelte.ts';
import { asRequest, everything, sameFilters, type Filters } from './filters.ts';
import { inOldOrder, sameOrder } from './order.ts';
import type { FindResult } from '../../../engine/protocol/results.ts';
import type { Shown } from './failure.ts';

/** A search that runs as somebody types: the newest words win, and the list comes in two steps. */
export class Search {
  query = $state('');
  phase = $state<'idle' | 'finding' | 'refining' | 'done' | 'failed'>('idle');
  result = $state.raw<FindResult | undefined>();
  error = $state.raw<Shown | undefined>();
  /** The refined list, held back while somebody is pointing into the first one. */
  waiting = $state.raw<FindResult | undefined>();
  filters = $state.raw<Filters>(everything);
  /** The picture that is looked for, as it stands in the address. */
  like = $state.raw<string | undefined>();
  #held = false;
  /** More can be found than when the list was made. */
  #stale = false;
  #within: string | undefined;
  #stop: AbortController | undefined;

  /** Somebody points at (or has the focus in) the list: nothing in it may move. */
  hold(): void {
    this.#held = true;
  }

  /** Nobody does any more: the refined order may come. */
  release(): void {
    this.#held = false;
    this.apply();
    if (this.#stale) this.again();
  }

  /** Shows the refined order now. */
  apply(): void {
    if (!this.waiting) return;
    this.result = this.waiting;
    this.waiting = undefined;
  }

  /** Looks again for the same words, because more is indexed now; not while somebody points into the list. */
  again(): void {
    this.#stale = this.#held && this.query !== '';
    if (!this.#held && (this.query !== '' || this.like)) void this.run(this.query, this.#within);
  }

  /** Somebody came to a search: what was found for the same stands; what failed is tried once more. */
  async visit(query: string, filters: Filters, like?: string): Promise<void> {
    const same = query.trim() === this.query && sameFilters(filters, this.filters) && like === this.like;
    this.like = like;
    this.filters = filters;
    if (!same || this.phase === 'failed') await this.run(query);
  }

  /** Looks for some words, in one video where its id is given. */
  async run(query: string, within?: string): Promise<void> {
    this.#stop?.abort();
    this.#stale = false;
    this.#within = within;
    this.waiting = undefined;
    this.query = query.trim();
    const like = within === undefined ? likeIn(this.like) : undefined;
    if (this.query === '' && !like) {
      this.phase = 'idle';
      this.result = undefined;
      return;
    }
    const stop = new AbortController();
    this.#stop = stop;
    this.phase = 'finding';
    try {
      const result = await engine.call(
        'find',
        {
          ...(this.query === '' ? {} : { query: this.query }),
          ...(like && { like }),
          limit: 60,
          language: language(),
          ...(within === undefined ? {} : { in: [within] }),
          ...asRequest(this.filters, new Date()),
        },
        {
          signal: stop.signal,
          on: {
            first: (first) => {
              if (stop.signal.aborted) return;
              this.result = first;
              this.phase = 'refining';
            },
          },
        },
      );
      if (!stop.signal.aborted) this.#finish(result);
    } catch (error) {
      if (stop.signal.aborted) return;
      this.error = shown(error);
      this.phase = this.error ? 'failed' : 'idle';
    }
  }

  #finish(result: FindResult): void {
    const first = this.phase === 'refining' ? this.result : undefined;
    if (first && this.#held && !sameOrder(first, result)) {
      this.result = inOldOrder(first, result);
      this.waiting = result;
    } else this.result = result;
    this.phase = 'done';
  }
}

/** The search over the whole library. */
export const librarySearch = new Search();
