import { createHash } from 'node:crypto';
import { agreed } from './agreement.ts';
import { answer } from './answers/index.ts';
import { lookerFor, prepare, type LookFor } from './asking.ts';
import { calibration } from './calibration.ts';
import { chooseVideos } from './choose-videos.ts';
import { dress } from './dress.ts';
import { notePace } from './pace.ts';
import { normaliseQuestion, parseQuestion, type Question } from './questions.ts';
import { DryReading, Reading } from './reading.ts';
import { Reel } from './reel.ts';
import { scopeOf, type Scope } from './scope.ts';
import { trustedLength } from './trust.ts';
import { LongviewError, throwIfCancelled } from '../protocol/errors.ts';
import { askRequestSchema, gammaRange, parseRequest, type AskRequest } from '../protocol/requests.ts';
import type { AskCallOptions, TrustedLength } from '../protocol/asking.ts';
import type { AskResult, AskRun } from '../protocol/results.ts';
import type { AnswerKey } from '../store/types.ts';
import type { Eyes, Reader } from '../vlm/types.ts';
import type { SearchDeps } from './types.ts';

/** How answers are made, for the cache's key. Raise the number when a change here changes answers. */
const sampling = 'greedy;reading-3';

/** The scaling factors of "auto" (those of training) and of "compare" (the presets, and time as it is). */
const modes = { auto: [0.5, 0.75, 1, 1.25, 1.5], compare: [gammaRange.find, 1, gammaRange.explain] };

/** A question, parsed, with the videos that it is about. */
export interface Asked extends Scope {
  question: string;
  reading: Question;
  /** One, or those of a mode. */
  gammas: readonly number[];
  mode: 'auto' | 'compare' | undefined;
  key: AnswerKey;
  request: AskResult['request'];
  fresh: boolean;
}

/** What the decoder reads for a question, and how far it is trusted. */
export interface Opened {
  reel: Reel;
  reader: { reader: Reader; grid: Eyes['grid']; trusted: number };
  trusted: TrustedLength;
  lookFor: LookFor;
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
  const known = asked.fresh ? undefined : knownAnswer(deps, asked);
  if (known) return { ...known, timing: { ...known.timing, totalMs: performance.now() - began } };

  const opened = await openAsked(deps, asked);
  const result = await answerAll(deps, asked, opened, options, began);
  throwIfCancelled(options.signal);
  deps.store.keepAnswer(asked.key, result);
  return result;
}

/** Parses a request and finds its videos. @throws LongviewError as {@link ask}. */
export function askedOf(deps: SearchDeps, request: AskRequest): Asked {
  const { question, in: where, gamma, gammas, fresh = false } = parseRequest(askRequestSchema, request);
  const scope = scopeOf(deps, where);
  const mode = typeof gamma === 'string' ? gamma : undefined;
  const chosen = mode ? [...new Set(gammas ?? modes[mode])] : [(gamma as number) ?? gammaRange.explain];
  const several = mode ? `;${mode}:${chosen.join(',')}` : '';
  return {
    ...scope,
    question,
    reading: parseQuestion(question),
    gammas: chosen,
    mode,
    fresh,
    request: { in: where, gamma, gammas },
    key: {
      contentHash: oneOf(scope.videos.map((video) => video.contentHash)),
      indexRun: oneOf(scope.videos.map((video) => video.indexRun)),
      modelFingerprint: deps.model.fingerprint,
      question: normaliseQuestion(question),
      gamma: mode ? 0 : chosen[0],
      sampling: sampling + several,
    },
  };
}

/** One name for several: itself where there is one, else a digest that doesn't depend on their order. */
function oneOf(names: readonly string[]): string {
  if (names.length === 1) return names[0];
  return createHash('sha256').update(JSON.stringify(names.toSorted())).digest('hex');
}

/** The answer in the cache, with its videos where they are now. */
export function knownAnswer({ store }: SearchDeps, asked: Asked): AskResult | undefined {
  const known = store.cachedAnswer(asked.key);
  if (!known) return undefined;
  const paths = new Map(asked.videos.map(({ id, path }) => [id, path]));
  const here = (evidence: AskResult['evidence']) =>
    evidence.map((one) => (one.videoId ? { ...one, path: paths.get(one.videoId) ?? one.path } : one));
  return {
    ...known,
    question: asked.question,
    path: paths.get(known.videoId) ?? known.path,
    evidence: here(known.evidence),
    ...(known.runs && { runs: known.runs.map((run) => ({ ...run, evidence: here(run.evidence) })) }),
    cached: true,
  };
}

/** Loads what reading takes, and picks the videos to read. @throws LongviewError `cannot-read`. */
export async function openAsked(deps: SearchDeps, asked: Asked): Promise<Opened> {
  const { reader, eyes, text, id } = await deps.model.open();
  if (!reader || !eyes)
    throw new LongviewError(
      'cannot-read',
      `The model ${id} can't answer questions: it has no decoder`,
      'Choose a bundle that can read; "longview models" lists them.',
    );
  const { store, match, model } = deps;
  const footage = await chooseVideos(deps, asked.videos, text, asked.reading, asked.question);
  const reel = new Reel(store, footage);
  const trusted = trustedLength(store, model.fingerprint, reader.trainedPatches);
  return {
    reel,
    trusted,
    reader: { reader, grid: eyes.grid, trusted: trusted.patches },
    lookFor: lookerFor(store, match, text, reel),
  };
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
  }
  const { run, share } = agreed(runs);
  const shown = asked.mode === 'compare' ? nearest(runs, gammaRange.explain) : run;
  const [first] = shown.evidence;
  const main = opened.reel.parts.find(({ video }) => video.id === first?.videoId) ?? opened.reel.parts[0];
  return {
    ...shown,
    ...(asked.mode && { runs, agreement: share }),
    ...(asked.mode === 'auto' && {
      confidence: share,
      confident: shown.confident && share >= calibration.confident,
    }),
    question: asked.question,
    model: deps.model.id,
    cached: false,
    timing: { ...shown.timing, ...summed(runs), totalMs: performance.now() - began },
    videoId: main.video.id,
    path: main.video.path,
    read: { patches: read, ofPatches: asked.videos.reduce((sum, video) => sum + video.patches, 0) },
    scope: {
      videos: opened.reel.parts.length,
      ofVideos: asked.videos.length,
      skipped: asked.skipped,
      seconds: asked.videos.reduce((sum, video) => sum + video.durationSec, 0),
    },
    request: asked.request,
  };
}

async function answerAt(
  { store, match, model }: SearchDeps,
  asked: Asked,
  { reel, reader, lookFor }: Opened,
  gamma: number,
  { signal, onText }: AskCallOptions,
  began: number,
): Promise<{ run: AskRun; patches: number }> {
  const reading = new Reading(reel, '', reader, gamma, signal);
  let firstMs: number | undefined;
  const told = (piece: string) => {
    firstMs ??= performance.now() - began;
    onText?.(piece);
  };
  const draft = await answer(
    prepare({ match, reel, lookFor, reading, asked: asked.question, question: asked.reading, onText: told }),
  );
  const totalMs = performance.now() - began;
  notePace(store, model.fingerprint, reading.cost, totalMs);
  const { prefillMs, decodeMs, tokens } = reading.cost;
  return {
    run: {
      gamma,
      ...dress(draft, reel),
      timing: { prefillMs, decodeMs, tokens, totalMs, firstMs: firstMs ?? totalMs },
    },
    patches: reading.patches,
  };
}

function tellProgress({ onProgress }: AskCallOptions, done: number, all: number, gamma: number): void {
  onProgress?.({ stage: `reading at gamma ${gamma}`, fraction: done / all });
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

/** A reading that only counts, for a plan. */
export async function dryRun({ match }: SearchDeps, asked: Asked, opened: Opened): Promise<DryReading> {
  const { reel, reader, lookFor } = opened;
  const reading = new DryReading(reel, '', reader, asked.gammas[0]);
  await answer(prepare({ match, reel, lookFor, reading, asked: asked.question, question: asked.reading }));
  return reading;
}
