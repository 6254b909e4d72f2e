import { badArgument } from '../protocol/errors.ts';
import { limitAnswersRequestSchema, rerunRequestSchema } from '../protocol/asking.ts';
import { parseRequest } from '../protocol/requests.ts';
import type { AnswersLimit } from '../protocol/asking.ts';
import type { AskRequest } from '../protocol/requests.ts';
import type { Store, StoredAnswer } from '../library/index.ts';

/** An answer of the history. @throws LongviewError `bad-argument`. */
export function storedAnswer(store: Store, number: number): StoredAnswer {
  const found = store.answers().find((answer) => answer.number === number);
  if (!found) throw badArgument('number', 'the number of an answer in the history', number);
  return found;
}

/** The request that an answer of the history was given to, to be asked afresh. */
export function requestAgain(store: Store, request: unknown): AskRequest {
  const { number } = parseRequest(rerunRequestSchema, request);
  const { question, videoId, gamma, request: asked } = storedAnswer(store, number).result;
  // Answers of earlier versions were about one video at one gamma.
  return { question, ...(asked ?? { in: videoId, gamma }), fresh: true };
}

/** Sets how much room the answers may take, or only makes that much. */
export function limitAnswers(store: Store, request: unknown): AnswersLimit {
  const { bytes, once } = parseRequest(limitAnswersRequestSchema, request);
  const removed = once ? store.pruneAnswers(bytes) : store.limitAnswers(bytes);
  return { ...store.answersSize(), removed };
}
