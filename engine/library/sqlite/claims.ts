import type { LibraryDatabase } from './database.ts';
import type { Leases } from './leases.ts';
import type { Claim } from '../ports/jobs.ts';

interface ClaimRow {
  content_hash: string;
  holder: string;
  lease_until: number;
}

/** Who is indexing which content. */
export class Claims {
  readonly #db: LibraryDatabase;
  readonly #leases: Leases;
  readonly #own = new Set<string>();

  constructor(db: LibraryDatabase, leases: Leases) {
    this.#db = db;
    this.#leases = leases;
  }

  /** Takes the right to index a content; undefined where it is taken. */
  take(contentHash: string): Claim | undefined {
    if (this.#own.has(contentHash)) return undefined;
    const taken = this.#db.write(() => {
      const row = this.#db.get<ClaimRow>('SELECT * FROM claims WHERE content_hash = ?', contentHash);
      if (row && row.holder !== this.#leases.holder && this.#leases.lives(row.holder, row.lease_until))
        return false;
      this.#db.run(
        `INSERT INTO claims VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until`,
        contentHash,
        this.#leases.holder,
        this.#leases.until(),
      );
      return true;
    });
    if (!taken) return undefined;
    this.#own.add(contentHash);
    return {
      release: () => {
        if (!this.#own.delete(contentHash)) return;
        this.#db.run(
          'DELETE FROM claims WHERE content_hash = ? AND holder = ?',
          contentHash,
          this.#leases.holder,
        );
      },
    };
  }

  /** Contents that somebody alive is indexing. */
  all(): string[] {
    return this.#db
      .all<ClaimRow>('SELECT * FROM claims')
      .filter(({ holder, lease_until }) => this.#leases.lives(holder, lease_until))
      .map(({ content_hash }) => content_hash);
  }

  /** Forgets what the dead held. */
  cleanUp(): void {
    const alive = new Set(this.all());
    for (const { content_hash } of this.#db.all<ClaimRow>('SELECT * FROM claims'))
      if (!alive.has(content_hash)) this.#db.run('DELETE FROM claims WHERE content_hash = ?', content_hash);
  }
}
