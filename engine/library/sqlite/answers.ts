import { type AskResult, askResultSchema } from '../../protocol/results.ts';
import { LongviewError } from '../../protocol/errors.ts';
import type { LibraryDatabase } from './database.ts';
import type { AnswerKey, StoredAnswer } from '../types.ts';

interface AnswerRow {
  num: number;
  result: string;
  created_at: number;
  used_at: number;
  pinned: number;
}

/** Uses within this time count as one: reading a known answer should seldom have to write. */
const usedAgainMs = 60_000;

/** Bytes that answers may take where nobody said: some ten thousand answers. */
const defaultLimit = 32 * 2 ** 20;
const limitKey = 'answers limit';

/** Answers that were given: a cache by key, and a history. */
export class Answers {
  readonly #db: LibraryDatabase;

  constructor(db: LibraryDatabase) {
    this.#db = db;
  }

  /** The newest answer of a key. */
  find(key: AnswerKey): AskResult | undefined {
    const row = this.#db.get<AnswerRow>(
      `SELECT num, result, created_at, used_at, pinned FROM answers
       WHERE question_key = ? AND content_hash = ? AND index_run = ? AND model_fingerprint = ?
         AND gamma = ? AND sampling = ? ORDER BY num DESC LIMIT 1`,
      key.question,
      key.contentHash,
      key.indexRun,
      key.modelFingerprint,
      key.gamma,
      key.sampling,
    );
    const result = row && parse(row.result);
    const now = Date.now();
    if (row && result && now - row.used_at > usedAgainMs) this.#used(row.num, now);
    return result;
  }

  /** Adds an answer. */
  keep(key: AnswerKey, answer: AskResult): void {
    const now = Date.now();
    this.#db.write(() => {
      const { lastInsertRowid } = this.#db.run(
        `INSERT INTO answers (content_hash, index_run, model_fingerprint, question_key, gamma, sampling,
           result, created_at, used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        key.contentHash,
        key.indexRun,
        key.modelFingerprint,
        key.question,
        key.gamma,
        key.sampling,
        JSON.stringify(answer),
        now,
        now,
      );
      const videos = new Set([answer.videoId, ...answer.evidence.flatMap(({ videoId }) => videoId ?? [])]);
      for (const video of videos)
        this.#db.run(
          'INSERT INTO answer_videos (answer, video) SELECT ?, num FROM videos WHERE id = ?',
          lastInsertRowid,
          video,
        );
      this.prune(this.size().limitBytes, lastInsertRowid);
    });
  }

  /** Answers, newest first; of one video where its number is given. */
  history(video?: number): StoredAnswer[] {
    const columns = 'num, result, created_at, used_at, pinned FROM answers';
    const rows =
      video === undefined
        ? this.#db.all<AnswerRow>(`SELECT ${columns} ORDER BY num DESC`)
        : this.#db.all<AnswerRow>(
            `SELECT ${columns} JOIN answer_videos ON answer = num WHERE video = ? ORDER BY num DESC`,
            video,
          );
    return rows.flatMap((row) => {
      const result = parse(row.result);
      return result
        ? [
            {
              number: row.num,
              result,
              createdAt: row.created_at,
              usedAt: row.used_at,
              pinned: row.pinned === 1,
            },
          ]
        : [];
    });
  }

  remove(number: number): void {
    this.#db.writeAnyhow(() => this.#db.run('DELETE FROM answers WHERE num = ?', number));
  }

  #used(number: number, now: number): void {
    try {
      this.#db.run('UPDATE answers SET used_at = ? WHERE num = ?', now, number);
    } catch (error) {
      // Reading goes on where nothing can be written.
      if (!(error instanceof LongviewError) || !['disk-full', 'library-locked'].includes(error.code))
        throw error;
    }
  }

  pin(number: number, pinned: boolean): void {
    this.#db.run('UPDATE answers SET pinned = ? WHERE num = ?', pinned ? 1 : 0, number);
  }

  /**
   * Removes the least recently used that aren't pinned until the rest fits.
   * @param spared an answer that stays all the same: the one that was given just now
   * @returns how many went
   */
  prune(maxBytes: number, spared = -1): number {
    return this.#db.run(
      `DELETE FROM answers WHERE pinned = 0 AND num <> ? AND num IN (
         SELECT kept.num FROM (
           SELECT own.num, sum(length(own.result)) OVER (
             ORDER BY own.pinned DESC, own.used_at DESC, own.num DESC) AS upTo FROM answers AS own) AS kept
         WHERE kept.upTo > ?)`,
      spared,
      maxBytes,
    ).changes;
  }

  /** What they take, and may take. */
  size(): { bytes: number; limitBytes: number } {
    const { bytes } = this.#db.get<{ bytes: number }>(
      'SELECT coalesce(sum(length(result)), 0) AS bytes FROM answers',
    )!;
    const row = this.#db.get<{ value: string }>('SELECT value FROM settings WHERE key = ?', limitKey);
    const limit = row ? Number(JSON.parse(row.value)) : defaultLimit;
    return { bytes, limitBytes: Number.isFinite(limit) ? limit : defaultLimit };
  }

  /** Keeps them within so many bytes from now on. @returns how many went */
  limit(maxBytes: number): number {
    return this.#db.write(() => {
      this.#db.run(
        'INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
        limitKey,
        JSON.stringify(maxBytes),
      );
      return this.prune(maxBytes);
    });
  }
}

/** An answer that a Longview of another age wrote in another shape is no answer. */
function parse(json: string): AskResult | undefined {
  const parsed = askResultSchema.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : undefined;
}
