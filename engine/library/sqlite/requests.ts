import type { LibraryDatabase } from './database.ts';
import type { Leases } from './leases.ts';
import type { KeptRequest } from '../ports/jobs.ts';

interface RequestRow {
  num: number;
  request: string;
  state: 'waiting' | 'running' | 'paused';
  holder: string | null;
  lease_until: number | null;
}

/** What somebody asked to have indexed, until it is done or given up. */
export class Requests {
  readonly #db: LibraryDatabase;
  readonly #leases: Leases;
  /** Rows that `hold` put there: they end by themselves. */
  readonly #held = new Set<number>();

  constructor(db: LibraryDatabase, leases: Leases) {
    this.#db = db;
    this.#leases = leases;
  }

  /** Those that this process may work on, in order. */
  all(): KeptRequest[] {
    return this.#free().map(({ request, state }) => ({
      request: JSON.parse(request) as unknown,
      paused: state === 'paused',
      running: state === 'running',
    }));
  }

  /** Keeps these instead of those that this process may work on. */
  replace(requests: readonly KeptRequest[]): void {
    this.#db.write(() => {
      for (const { num } of this.#free()) this.#db.run('DELETE FROM requests WHERE num = ?', num);
      for (const [position, one] of requests.entries()) this.#insert(one, position);
    });
  }

  /** Keeps one until it is ended; a process that dies leaves it to the next. */
  hold(request: unknown): { end(): void } {
    const num = this.#insert({ request, paused: false, running: true }, 0);
    this.#held.add(num);
    return {
      end: () => {
        this.#held.delete(num);
        this.#db.run('DELETE FROM requests WHERE num = ?', num);
      },
    };
  }

  #insert({ request, paused, running }: KeptRequest, position: number): number {
    return this.#db.run(
      'INSERT INTO requests (request, state, position, holder, lease_until, added_at) VALUES (?, ?, ?, ?, ?, ?)',
      JSON.stringify(request),
      paused ? 'paused' : running ? 'running' : 'waiting',
      position,
      this.#leases.holder,
      this.#leases.until(),
      Date.now(),
    ).lastInsertRowid;
  }

  #free(): RequestRow[] {
    return this.#db
      .all<RequestRow>('SELECT * FROM requests ORDER BY position, num')
      .filter(
        ({ num, holder, lease_until }) =>
          !this.#held.has(num) &&
          (holder === this.#leases.holder || !this.#leases.lives(holder, lease_until)),
      );
  }
}
