import { gammaRange } from '../protocol/gamma.ts';
import { agreed } from './agreement.ts';
import { answer } from './answers/index.ts';
import { answeringModel, openAnswering, type Answerer } from './answering.ts';
import { lookerFor, prepare, readerFor, type Asking, type LookFor } from './asking.ts';
import { chooseVideos } from './choose-videos.ts';
import { resultOf } from './statements.ts';
import { calibration, numbersOf } from '../search/calibration.ts';
import { scoringFor } from '../search/scoring.ts';
import { noteThroughput } from './throughput.ts';
import { PlanningSession, DecoderSession, type DecoderOptions } from '../search/decoder-session.ts';
import { ConcatenatedTimeline } from './timeline.ts';
import { spokenKinds } from '../language/spoken-questions.ts';
import { toldLines } from './told-lines.ts';
import { askedOf, knownAnswer, type Asked } from './asked.ts';
import { withNotices } from './notices.ts';
import { cannotText } from '../protocol/cannot.ts';
import { effectiveContext } from './effective-context.ts';
import { answerIn } from '../language/lexicon/index.ts';
import { LongviewError, throwIfCancelled } from '../protocol/errors.ts';
import type { AskRequest } from '../protocol/requests.ts';
import type { AskCallOptions, TrustedLength } from '../protocol/asking.ts';
import type { AskResult, AskRun } from '../protocol/results.ts';
import type { Model } from '../inference/types.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { SearchDeps, SearchStore } from '../search/types.ts';

/** What the decoder reads for a question, and the longest context in which that is relied on. */
export interface Opened {
  timeline: ConcatenatedTimeline;
  /** Videos whose visual tokens are gone, where others can be read. */
  leftOut: readonly IndexedVideo[];
  decoder: DecoderOptions;
  context: TrustedLength;
  lookFor: LookFor;
  /** What the scores of the library's own bundle mean, what it was taught, and what is said in the footage. */
  own: Pick<Asking, 'numbers' | 'vocabulary' | 'saidOf' | 'linesOf'>;
}

/**
 * Answers a question about a video, some, or the library: retrieval picks what to read, the decoder reads it in time
 * order at the chosen gamma, and the moments that support the answer are its evidence. A known answer comes from the
 * store, without loading the model.
 * @throws LongviewError `bad-argument`, `video-not-in-library`, `video-not-indexed`, `cannot-read`, `cancelled`.
 */
export async function ask(
  deps: SearchDeps,
  request: AskRequest,
  options: AskCallOptions = {},
): Promise<AskResult> {
  const began = performance.now();
  throwIfCancelled(options.signal);
  const asked = askedOf(deps, request);
  const nothing = unaskable(deps, asked, began);
  if (nothing) return nothing;
  // Quoting costs nothing, and more may be heard since.
  const quotes = spokenKinds.has(asked.parsed.asks.kind);
  const known = asked.fresh || quotes ? undefined : knownAnswer(deps, asked);
  if (known)
    return withNotices(deps, asked, {
      ...known,
      timing: { ...known.timing, totalMs: performance.now() - began },
    });

  const opened = await openAsked(deps, asked, options.signal);
  const result = await answerAll(deps, asked, opened, options, began);
  throwIfCancelled(options.signal);
  // Once what was left out can be read again, there is more to say.
  if (opened.leftOut.length === 0) keep(deps, asked, result);
  return withNotices(deps, asked, result, opened.leftOut);
}

/** What is said to some words that are no question for this model; nothing is looked at, and nothing kept. */
function unaskable(deps: SearchDeps, asked: Asked, began: number): AskResult | undefined {
  const { cannot } = asked;
  if (!cannot) return undefined;
  const { id } = answeringModel(deps);
  const [video] = asked.videos;
  return {
    question: asked.question,
    answer: cannotText(cannot),
    gamma: asked.gammas[0],
    model: id,
    cached: false,
    confidence: 0,
    confident: false,
    evidence: [],
    timing: { prefillMs: 0, decodeMs: 0, tokens: 0, totalMs: performance.now() - began },
    videoId: video.id,
    path: video.path,
    read: { patches: 0, ofPatches: asked.videos.reduce((sum, { patches }) => sum + patches, 0) },
    cannot,
    decoder: false,
    request: asked.request,
  };
}

/** Loads what reading takes, and picks the videos to read. @throws LongviewError `cannot-read`. */
export async function openAsked(deps: SearchDeps, asked: Asked, signal?: AbortSignal): Promise<Opened> {
  const model = await deps.model.open();
  const { decoder, grid, vocabulary, numbers, tokensOf, earlier, limited } = deps.answering
    ? await openAnswering(deps.answering, signal)
    : ownReader(model);
  const { store } = deps;
  const scoring = await scoringFor(model, store, asked.videos);
  const { readable, leftOut } = tokensOf ? { readable: asked.videos, leftOut: [] } : withTokens(store, asked);
  const footage = await chooseVideos(deps, readable, model, scoring, asked.parsed);
  const timeline = new ConcatenatedTimeline(store, footage, tokensOf);
  const context = effectiveContext(store, answeringModel(deps).fingerprint, decoder.trainedPatches, limited);
  return {
    timeline,
    leftOut,
    context,
    decoder: { decoder, grid, effectivePatches: context.patches, earlier, vocabulary, numbers },
    lookFor: lookerFor(store, model, scoring, timeline),
    own: {
      numbers: scoring.numbers,
      vocabulary: model.vocabulary,
      saidOf: readerFor(store, timeline),
      linesOf: toldLines(store, timeline),
    },
  };
}

/** An answer that can't be kept is given all the same. */
function keep({ store }: SearchDeps, asked: Asked, result: AskResult): void {
  try {
    store.keepAnswer(asked.key, result);
  } catch (error) {
    if (!(error instanceof LongviewError) || error.code !== 'disk-full') throw error;
  }
}

/** The feature cache may be deleted, or cut: what it lost is left out as long as anything remains to be read. */
function withTokens(store: SearchStore, { videos }: Asked) {
  const leftOut = videos.filter(({ id, patches }) => patches > 0 && !store.hasTokens(id));
  const readable = videos.filter((video) => !leftOut.includes(video));
  return readable.some(({ patches }) => patches > 0)
    ? { readable, leftOut }
    : { readable: videos, leftOut: [] };
}

/** What the library's own bundle reads with: visual tokens that its frame encoder left there. */
function ownReader(model: Model): Answerer {
  const { id, decoder, frameEncoder, vocabulary } = model;
  if (decoder && frameEncoder)
    return { decoder, grid: frameEncoder.grid, vocabulary, numbers: numbersOf(model) };
  throw new LongviewError(
    'cannot-read',
    `The model ${id} can't answer questions: it has no decoder`,
    'Choose a model that can "read"; "longview models" lists them.',
  );
}

async function answerAll(
  deps: SearchDeps,
  asked: Asked,
  opened: Opened,
  options: AskCallOptions,
  began: number,
): Promise<AskResult> {
  const runs: AskRun[] = [];
  let read = 0;
  for (const [i, gamma] of asked.gammas.entries()) {
    if (asked.mode) tellProgress(options, i, asked.gammas.length, gamma);
    const { run, patches } = await answerAt(
      deps,
      asked,
      opened,
      gamma,
      asked.mode ? { signal: options.signal } : options,
      i === 0 ? began : performance.now(),
    );
    read = Math.max(read, patches);
    runs.push(run);
    if (asked.mode) options.onRun?.(run);
    // What the decoder wasn't asked is the same at every scale.
    if (run.decoder === false) break;
  }
  const { run, share } = agreed(runs);
  const shown = asked.mode === 'compare' ? nearest(runs, gammaRange.explain) : run;
  const [first] = shown.evidence;
  const main =
    opened.timeline.parts.find(({ video }) => video.id === first?.videoId) ?? opened.timeline.parts[0];
  return {
    ...shown,
    ...(asked.mode && { runs }),
    ...(asked.mode && runs.length > 1 && { agreement: share }),
    ...(asked.mode === 'auto' &&
      runs.length > 1 && {
        confidence: share,
        confident: shown.confident && share >= calibration.confident,
      }),
    question: asked.question,
    model: answeringModel(deps).id,
    cached: false,
    timing: { ...shown.timing, ...summed(runs), totalMs: performance.now() - began },
    videoId: main.video.id,
    path: main.video.path,
    read: { patches: read, ofPatches: asked.videos.reduce((sum, video) => sum + video.patches, 0) },
    scope: {
      videos: opened.timeline.parts.length,
      ofVideos: asked.videos.length,
      skipped: asked.skipped,
      seconds: asked.videos.reduce((sum, video) => sum + video.durationSec, 0),
    },
    request: asked.request,
  };
}

async function answerAt(
  deps: SearchDeps,
  asked: Asked,
  { timeline, decoder, lookFor, own }: Opened,
  gamma: number,
  { signal, onText }: AskCallOptions,
  began: number,
): Promise<{ run: AskRun; patches: number }> {
  const { parser, parsed } = asked;
  const translates = answerIn(asked.answerIn, '') !== undefined;
  const session = new DecoderSession(timeline, '', decoder, gamma, signal);
  let firstMs: number | undefined;
  const written = (piece: string) => {
    firstMs ??= performance.now() - began;
    // What is put into another language is shown when it is whole.
    if (!translates) onText?.(piece);
  };
  const raw = await answer(
    prepare({ parser, ...own, timeline, lookFor, session, question: parsed, onText: written }),
  );
  const totalMs = performance.now() - began;
  noteThroughput(deps.store, answeringModel(deps).fingerprint, session.cost, totalMs);
  const { prefillMs, decodeMs, tokens } = session.cost;
  return {
    run: {
      gamma,
      ...resultOf(raw, timeline),
      decoder: session.cost.passes > 0,
      timing: { prefillMs, decodeMs, tokens, totalMs, firstMs: firstMs ?? totalMs },
    },
    patches: session.patches,
  };
}

function tellProgress({ onProgress }: AskCallOptions, done: number, all: number, gamma: number): void {
  onProgress?.({ stage: `answering at gamma ${gamma}`, fraction: done / all });
}

function nearest(runs: readonly AskRun[], gamma: number): AskRun {
  return runs.reduce((a, b) => (Math.abs(b.gamma - gamma) < Math.abs(a.gamma - gamma) ? b : a));
}

function summed(runs: readonly AskRun[]): { prefillMs: number; decodeMs: number; tokens: number } {
  const sum = (of: (run: AskRun) => number) => runs.reduce((total, run) => total + of(run), 0);
  return {
    prefillMs: sum(({ timing }) => timing.prefillMs),
    decodeMs: sum(({ timing }) => timing.decodeMs),
    tokens: sum(({ timing }) => timing.tokens),
  };
}

/** A session that only counts, for a plan. */
export async function dryRun(asked: Asked, opened: Opened): Promise<PlanningSession> {
  const { timeline, decoder, lookFor, own } = opened;
  // What is only planned was not read: nothing is kept of it.
  const session = new PlanningSession(timeline, '', { ...decoder, earlier: undefined }, asked.gammas[0]);
  const { parser, parsed } = asked;
  await answer(prepare({ parser, ...own, timeline, lookFor, session, question: parsed }));
  return session;
}
