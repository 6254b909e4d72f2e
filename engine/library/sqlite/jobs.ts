import { z } from 'zod';
import { type ErrorData, errorCodes } from '../../protocol/errors.ts';
import type { LibraryDatabase } from './database.ts';
import type { Leases } from './leases.ts';
import type { Job, JobSettings, JobState } from '../types.ts';

interface JobRow {
  path: string;
  position: number;
  state: JobState;
  settings: string;
  error: string | null;
  crashes: number;
  updated_at: number;
  holder: string | null;
  lease_until: number | null;
  at: number | null;
  died_at: number | null;
}

/** Deaths so close to each other, in seconds, are at the same place: several batches are worked on at once. */
const samePlaceSec = 10;

const storedError = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  remedy: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});

const storedSettings = z
  .object({
    model: z.string().optional(),
    fps: z.number().optional(),
    force: z.boolean().optional(),
    with: z.array(z.string()).optional(),
    without: z.array(z.string()).optional(),
  })
  .catch({});

/** The files that are to be indexed, and those that failed. */
export class Jobs {
  readonly #db: LibraryDatabase;
  readonly #leases: Leases;

  constructor(db: LibraryDatabase, leases: Leases) {
    this.#db = db;
    this.#leases = leases;
  }

  /**
   * Puts files at the end; those that are in the queue keep their place and start afresh. Crashes are forgotten of what
   * failed: somebody wants another try. What another living process works on is left to it.
   */
  add(paths: readonly string[], settings: JobSettings): void {
    this.#db.write(() => {
      const last = this.#db.get<{ position: number | null }>('SELECT max(position) AS position FROM jobs');
      let position = last?.position ?? 0;
      for (const path of paths) {
        const row = this.#row(path);
        if (row && this.#isOthers(row)) continue;
        this.#db.run(
          `INSERT INTO jobs (path, position, state, settings, updated_at) VALUES (?, ?, 'waiting', ?, ?)
           ON CONFLICT DO UPDATE SET state = 'waiting', settings = excluded.settings, error = NULL, at = NULL,
             holder = NULL, lease_until = NULL, crashes = CASE state WHEN 'failed' THEN 0 ELSE crashes END,
             updated_at = excluded.updated_at`,
          path,
          ++position,
          JSON.stringify(settings),
          Date.now(),
        );
      }
    });
  }

  set(path: string, state: JobState, error?: ErrorData): void {
    const running = state === 'running';
    this.#db.run(
      'UPDATE jobs SET state = ?, error = ?, holder = ?, lease_until = ?, at = NULL, updated_at = ? WHERE path = ?',
      state,
      error ? JSON.stringify(error) : null,
      running ? this.#leases.holder : null,
      running ? this.#leases.until() : null,
      Date.now(),
      path,
    );
  }

  /** Which batch of frames is being looked at; its end, where it was reached, clears what happened before it. */
  at(path: string, at: number | undefined): void {
    this.#db.run(
      `UPDATE jobs SET at = ?, crashes = CASE WHEN ? > died_at + ? THEN 0 ELSE crashes END WHERE path = ?`,
      at ?? null,
      at ?? null,
      samePlaceSec,
      path,
    );
  }

  remove(paths: readonly string[]): void {
    this.#db.write(() => {
      for (const path of paths) this.#db.run('DELETE FROM jobs WHERE path = ?', path);
    });
  }

  /**
   * Puts what dead processes were working on back into the queue. A death counts against the file only where a batch of
   * its frames was in the decoder or the frame encoder, and the one before was at the same place, give or take what is
   * worked on at once.
   */
  cleanUp(): void {
    this.#db.write(() => {
      for (const row of this.#db.all<JobRow>("SELECT * FROM jobs WHERE state = 'running'")) {
        if (this.#isOthers(row) || row.holder === this.#leases.holder) continue;
        const crashes =
          row.at === null ? row.crashes : isSamePlace(row.at, row.died_at) ? row.crashes + 1 : 1;
        this.#db.run(
          `UPDATE jobs SET state = 'waiting', holder = NULL, lease_until = NULL, at = NULL, died_at = ?, crashes = ?
           WHERE path = ?`,
          row.at ?? row.died_at,
          crashes,
          row.path,
        );
      }
    });
  }

  all(): Job[] {
    return this.#db.all<JobRow>('SELECT * FROM jobs ORDER BY position').map((row) => ({
      path: row.path,
      state: row.state,
      position: row.position,
      settings: storedSettings.parse(JSON.parse(row.settings)),
      error: row.error === null ? undefined : storedError.safeParse(JSON.parse(row.error)).data,
      crashes: row.crashes,
      updatedAt: row.updated_at,
    }));
  }

  #row(path: string): JobRow | undefined {
    return this.#db.get<JobRow>('SELECT * FROM jobs WHERE path = ?', path);
  }

  /** Another living process works on it. */
  #isOthers({ state, holder, lease_until }: JobRow): boolean {
    return state === 'running' && holder !== this.#leases.holder && this.#leases.lives(holder, lease_until);
  }
}

function isSamePlace(at: number, before: number | null): boolean {
  return before !== null && Math.abs(at - before) <= samePlaceSec;
}
