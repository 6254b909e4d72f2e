import type { AskResult } from '../../protocol/results.ts';
import type { AnswerKey, StoredAnswer } from '../types.ts';

/** Answers that were given. */
export interface AnswersPort {
  /** The newest answer of a key. */
  cachedAnswer(key: AnswerKey): AskResult | undefined;
  /** Adds an answer; it is the cached one of its key from now on, older ones stay in the history. */
  keepAnswer(key: AnswerKey, answer: AskResult): void;
  /** Answers given so far, newest first; of one video where its id is given. */
  answers(videoId?: string): StoredAnswer[];
  removeAnswer(number: number): void;
  /** A pinned answer is never removed to save space. */
  pinAnswer(number: number, pinned: boolean): void;
  /** Removes the least recently used answers until all together are at most `maxBytes`. @returns how many went. */
  pruneAnswers(maxBytes: number): number;
  /** Keeps the answers within so many bytes from now on, as {@link AnswersPort.pruneAnswers}. @returns how many went. */
  limitAnswers(maxBytes: number): number;
  /** Bytes that the answers take, and may take. */
  answersSize(): { bytes: number; limitBytes: number };
}
