import { type AskResult, askResultSchema } from '../protocol/results.ts';
import type { LibraryDatabase } from './database.ts';
import type { AnswerKey, StoredAnswer } from './types.ts';

interface AnswerRow {
  num: number;
  result: string;
  created_at: number;
  used_at: number;
  pinned: number;
}

/** Uses within this time count as one: reading a known answer should seldom have to write. */
const usedAgainMs = 60_000;

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
    if (row && result && now - row.used_at > usedAgainMs)
      this.#db.run('UPDATE answers SET used_at = ? WHERE num = ?', now, row.num);
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
      this.#db.run(
        'INSERT INTO answer_videos (answer, video) SELECT ?, num FROM videos WHERE id = ?',
        lastInsertRowid,
        answer.videoId,
      );
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
    this.#db.run('DELETE FROM answers WHERE num = ?', number);
  }

  pin(number: number, pinned: boolean): void {
    this.#db.run('UPDATE answers SET pinned = ? WHERE num = ?', pinned ? 1 : 0, number);
  }

  /** Removes the least recently used that aren't pinned until the rest fits. @returns how many went */
  prune(maxBytes: number): number {
    return this.#db.run(
      `DELETE FROM answers WHERE pinned = 0 AND num IN (
         SELECT num FROM (
           SELECT num, sum(length(result)) OVER (ORDER BY pinned DESC, used_at DESC, num DESC) AS upTo FROM answers)
         WHERE upTo > ?)`,
      maxBytes,
    ).changes;
  }
}

/** An answer that a Longview of another age wrote in another shape is no answer. */
function parse(json: string): AskResult | undefined {
  const parsed = askResultSchema.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : undefined;
}
