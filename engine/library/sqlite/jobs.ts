import { z } from 'zod';
import { type ErrorData, errorCodes } from '../../protocol/errors.ts';
import type { LibraryDatabase } from './database.ts';
import type { Job, JobState } from '../types.ts';

interface JobRow {
  path: string;
  position: number;
  state: JobState;
  model_id: string | null;
  fps: number | null;
  force: number;
  error: string | null;
  crashes: number;
  updated_at: number;
}

const storedError = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  remedy: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});

/** What is still to be indexed, and what failed. */
export class Jobs {
  readonly #db: LibraryDatabase;

  constructor(db: LibraryDatabase) {
    this.#db = db;
  }

  /**
   * Puts files at the end; those that are in the queue keep their place and start afresh. Crashes are forgotten of what
   * failed: somebody wants another try.
   */
  add(paths: readonly string[], how: { modelId?: string; fps?: number; force?: boolean }): void {
    this.#db.write(() => {
      const last = this.#db.get<{ position: number | null }>('SELECT max(position) AS position FROM jobs');
      let position = last?.position ?? 0;
      for (const path of paths) {
        this.#db.run(
          `INSERT INTO jobs (path, position, state, model_id, fps, force, updated_at)
           VALUES (?, ?, 'waiting', ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET state = 'waiting', model_id = excluded.model_id, fps = excluded.fps,
             force = excluded.force, error = NULL, crashes = CASE state WHEN 'failed' THEN 0 ELSE crashes END, updated_at = excluded.updated_at`,
          path,
          ++position,
          how.modelId ?? null,
          how.fps ?? null,
          how.force ? 1 : 0,
          Date.now(),
        );
      }
    });
  }

  set(path: string, state: JobState, error?: ErrorData): void {
    this.#db.run(
      'UPDATE jobs SET state = ?, error = ?, updated_at = ? WHERE path = ?',
      state,
      error ? JSON.stringify(error) : null,
      Date.now(),
      path,
    );
  }

  /** Something of a file was stored: what crashed before is behind. */
  advanced(path: string): void {
    this.#db.run('UPDATE jobs SET crashes = 0 WHERE path = ? AND crashes > 0', path);
  }

  remove(paths: readonly string[]): void {
    this.#db.write(() => {
      for (const path of paths) this.#db.run('DELETE FROM jobs WHERE path = ?', path);
    });
  }

  all(): Job[] {
    return this.#db.all<JobRow>('SELECT * FROM jobs ORDER BY position').map((row) => ({
      path: row.path,
      state: row.state,
      position: row.position,
      modelId: row.model_id ?? undefined,
      fps: row.fps ?? undefined,
      force: row.force === 1,
      error: row.error === null ? undefined : storedError.safeParse(JSON.parse(row.error)).data,
      crashes: row.crashes,
      updatedAt: row.updated_at,
    }));
  }
}
