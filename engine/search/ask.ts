import { LongviewError, throwIfCancelled } from '../protocol/errors.ts';
import { askRequestSchema, gammaRange, parseRequest, type AskRequest } from '../protocol/requests.ts';
import { answerNeighbour } from './answers/neighbour.ts';
import { answerCount, answerTimes, answerWhen } from './answers/occurrences.ts';
import { answerEnd, answerOpen, answerOrder, answerWhat } from './answers/sequence.ts';
import { answerShown } from './answers/shown.ts';
import { prepare, type Asking, type Draft } from './asking.ts';
import { calibration } from './calibration.ts';
import { normaliseQuestion, parseQuestion } from './questions.ts';
import { Reading } from './reading.ts';
import type { CallOptions } from '../protocol/engine.ts';
import type { AskResult } from '../protocol/results.ts';
import type { AnswerKey, IndexedVideo } from '../store/types.ts';
import type { SearchDeps } from './types.ts';

/** What `ask` takes besides its request. */
export type AskOptions = CallOptions & { onText?: (piece: string) => void };

/** How answers are made, for the cache's key. Raise the number when a change here changes answers. */
const sampling = 'greedy;reading-2';

/**
 * Answers a question about one video: retrieval picks what to read, the decoder reads it in time order at the chosen
 * gamma, and the moments that support the answer are its evidence. A known answer comes from the store, without
 * loading the model.
 * @throws LongviewError `bad-argument`, `video-not-in-library`, `video-not-indexed`, `cannot-read`, `cancelled`.
 */
export async function ask(
  deps: SearchDeps,
  request: AskRequest,
  options: AskOptions = {},
): Promise<AskResult> {
  const began = performance.now();
  const {
    question,
    in: where,
    gamma = gammaRange.explain,
    fresh = false,
  } = parseRequest(askRequestSchema, request);
  throwIfCancelled(options.signal);
  const video = deps.store.videoFor(where);
  refuseOtherIndex(video, deps);
  const key: AnswerKey = {
    contentHash: video.contentHash,
    indexRun: video.indexRun,
    modelFingerprint: deps.model.fingerprint,
    question: normaliseQuestion(question),
    gamma,
    sampling,
  };
  const known = fresh ? undefined : deps.store.cachedAnswer(key);
  if (known)
    return {
      ...known,
      question,
      videoId: video.id,
      path: video.path,
      cached: true,
      timing: { ...known.timing, totalMs: performance.now() - began },
    };

  const asking = await open(deps, video, question, gamma, options);
  const draft = await answer(asking);
  const { reading, footage } = asking;
  const result: AskResult = {
    question,
    answer: draft.answer,
    gamma,
    model: deps.model.id,
    cached: false,
    confidence: draft.confidence,
    confident: draft.answer !== '' && draft.confidence >= calibration.confident && isSupported(draft),
    evidence: draft.evidence,
    timing: {
      prefillMs: reading.prefillMs,
      decodeMs: reading.decodeMs,
      tokens: reading.tokens,
      totalMs: performance.now() - began,
    },
    videoId: video.id,
    path: video.path,
    read: { patches: reading.patches, ofPatches: footage.table.starts.length },
  };
  throwIfCancelled(options.signal);
  deps.store.keepAnswer(key, result);
  return result;
}

/** A decoder may be sure of a wrong name: what it says must also be found where it says it is. */
function isSupported({ evidence }: Draft): boolean {
  const sum = evidence.reduce((all, { score }) => all + score, 0);
  return evidence.length === 0 || sum / evidence.length >= calibration.supported;
}

/** Visual tokens of one bundle mean nothing to another. */
function refuseOtherIndex(video: IndexedVideo, { model }: SearchDeps): void {
  if (video.modelFingerprint === model.fingerprint) return;
  throw new LongviewError(
    'video-not-indexed',
    `${video.path} is indexed with another model than ${model.id}`,
    'Index it again with --force.',
  );
}

async function open(
  deps: SearchDeps,
  video: IndexedVideo,
  asked: string,
  gamma: number,
  { signal, onText }: AskOptions,
): Promise<Asking> {
  const { reader, eyes, text, id } = await deps.model.open();
  if (!reader || !eyes)
    throw new LongviewError(
      'cannot-read',
      `The model ${id} can't answer questions: it has no decoder`,
      'Choose a bundle that can read; "longview models" lists them.',
    );
  return prepare(
    deps,
    { video, table: deps.store.patchTable(video.id) },
    {
      text,
      reading: new Reading(deps.store, video.id, { reader, grid: eyes.grid }, gamma, signal),
      asked,
      question: parseQuestion(asked),
      onText,
    },
  );
}

function answer(asking: Asking): Promise<Draft> {
  const { question } = asking;
  switch (question.kind) {
    case 'shown':
      return answerShown(asking, question.subject);
    case 'after':
    case 'before':
      return answerNeighbour(asking, question.kind, question.subject);
    case 'first':
    case 'last':
      return answerEnd(asking, question.kind);
    case 'order':
      return answerOrder(asking);
    case 'what':
      return answerWhat(asking, question.at);
    case 'when':
      return answerWhen(asking, question.subject);
    case 'times':
      return answerTimes(asking, question.subject);
    case 'count':
      return answerCount(asking, question.subject);
    case 'open':
      return answerOpen(asking);
  }
}
