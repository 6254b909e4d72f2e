import { answeringModel } from './answering.ts';
import { dryRun, openAsked } from './ask.ts';
import { askedOf, knownAnswer } from './asked.ts';
import { expectedSeconds, throughputOf } from './throughput.ts';
import { throwIfCancelled } from '../protocol/errors.ts';
import type { PlanResult } from '../protocol/asking.ts';
import type { CallOptions } from '../protocol/engine.ts';
import type { AskRequest } from '../protocol/requests.ts';
import type { SearchDeps } from '../search/types.ts';

/** What is no question for the model costs nothing. */
const free = { cost: { passes: 0, promptTokens: 0, tokens: 0 }, patches: 0 };

/**
 * What a question would cost: the same steps as `ask`, with a decoder that reads nothing. Counts are upper bounds
 * (an answer that names less is re-checked less).
 * @throws LongviewError as `ask`.
 */
export async function plan(
  deps: SearchDeps,
  request: AskRequest,
  { signal }: CallOptions = {},
): Promise<PlanResult> {
  throwIfCancelled(signal);
  const asked = askedOf(deps, request);
  const cached = !asked.fresh && knownAnswer(deps, asked) !== undefined;
  const opened = await openAsked(deps, asked, signal);
  throwIfCancelled(signal);
  const { cost, patches } = asked.cannot ? free : await dryRun(asked, opened);
  const { passes, promptTokens, tokens } = cost;
  const times = asked.gammas.length;
  const throughput = throughputOf(deps.store, answeringModel(deps).fingerprint);
  const seconds =
    throughput && expectedSeconds(throughput, { promptTokens: times * promptTokens, tokens: times * tokens });
  return {
    question: asked.question,
    cached,
    gammas: [...asked.gammas],
    videos: opened.timeline.parts.length,
    ofVideos: asked.videos.length,
    seconds: asked.videos.reduce((sum, video) => sum + video.durationSec, 0),
    frames: 2 * patches,
    patches,
    passes: times * passes,
    promptTokens: times * promptTokens,
    newTokens: times * tokens,
    expectedSec: cached ? 0 : (seconds ?? null),
    speed: throughput
      ? { promptTokensPerSec: throughput.promptTokensPerSec, newTokensPerSec: throughput.newTokensPerSec }
      : null,
    trusted: opened.context,
    trainedGammas: [...(answeringModel(deps).trainedGammas ?? [])],
    model: answeringModel(deps).id,
  };
}
