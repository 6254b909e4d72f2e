import { LongviewError, throwIfCancelled, type ErrorCode } from '../protocol/errors.ts';
import { choicePrompt, matchOption } from './choice.ts';
import { countedMoments } from './moment-metrics.ts';
import { measureChoices, measureMoments, type ChoiceOutcome, type MomentOutcome } from './summary.ts';
import type { AskMeasures, ChooseRequest } from '../protocol/asking.ts';
import type { CallOptions, Engine } from '../protocol/engine.ts';
import type { EvaluationResult } from '../protocol/evaluation.ts';
import type { Annotations, ChoiceTask, MomentTask, Task } from './types.ts';

/** Where a task's video is, or why it can't be asked about. */
export type VideoPlace = { path: string } | { problem: string };

/** How annotations are asked. */
export interface EvaluateOptions extends CallOptions {
  /** Where a task's video is. */
  place(task: Task): VideoPlace;
  /** Ask only so many, from the first. */
  limit?: number;
  /** Default: the engine's own for finding and for asking. */
  gamma?: number;
  /**
   * How options are chosen among: by the probability of their words (default) or of their letters, or by what the
   * model writes when it is asked.
   */
  choose?: 'words' | 'letters' | 'answer';
  /** Leave out the decoder's re-check of moments. */
  quick?: boolean;
  /** Milliseconds, for latencies. Default: performance.now. */
  now?: () => number;
}

/** The part of an engine that is evaluated. */
export type EvaluatedEngine = Pick<Engine, 'find' | 'ask'> & Pick<AskMeasures, 'choose'>;

type Failure = EvaluationResult['failed'][number];

/** With these nothing else would go better. */
const hopeless: readonly ErrorCode[] = [
  'cancelled',
  'engine-stopped',
  'unknown-model',
  'bad-bundle',
  'cannot-read',
  'provider-unavailable',
  'library-too-new',
  'library-damaged',
  'library-locked',
  'disk-full',
  'disk-failed',
];

/**
 * Asks an engine what annotations ask, one after another, and measures the answers against them. A video that is
 * missing or an answer that fails is told, the others go on.
 * @throws LongviewError `cancelled`, and whatever would fail for every one.
 */
export async function evaluate(
  engine: EvaluatedEngine,
  annotations: Annotations,
  file: string,
  options: EvaluateOptions,
): Promise<EvaluationResult> {
  const now = options.now ?? (() => performance.now());
  const began = now();
  const wanted = annotations.tasks.slice(0, options.limit ?? Infinity);
  const missing = new Map<string, EvaluationResult['missing'][number]>();
  const failed: Failure[] = [];
  const moments: MomentOutcome[] = [];
  const choices: ChoiceOutcome[] = [];
  for (const [index, task] of wanted.entries()) {
    throwIfCancelled(options.signal);
    options.onProgress?.(progress(index, wanted.length, now() - began, task));
    const place = options.place(task);
    if ('problem' in place) {
      const known = missing.get(task.video);
      if (known) known.tasks++;
      else missing.set(task.video, { video: task.video, tasks: 1, problem: place.problem });
      continue;
    }
    try {
      if (task.kind === 'moments') moments.push(await askMoments(engine, task, place.path, options, now));
      else choices.push(await askChoice(engine, task, place.path, options, now));
    } catch (error) {
      if (!(error instanceof LongviewError) || hopeless.includes(error.code)) throw error;
      failed.push({ at: task.at, video: task.video, error: error.toData() });
    }
  }
  return {
    file,
    format: annotations.format,
    tasks: annotations.tasks.length,
    asked: moments.length + choices.length,
    moments: moments.length > 0 ? measureMoments(moments) : null,
    choice: choices.length > 0 ? measureChoices(choices) : null,
    bad: annotations.bad,
    missing: [...missing.values()],
    failed,
    wallSec: (now() - began) / 1000,
  };
}

function progress(done: number, all: number, milliseconds: number, { video }: Task) {
  const secondsLeft = done > 0 ? ((milliseconds / done) * (all - done)) / 1000 : undefined;
  return { stage: 'asking', fraction: done / all, secondsLeft, subject: video };
}

async function askMoments(
  engine: Pick<Engine, 'find'>,
  task: MomentTask,
  path: string,
  { gamma, quick, signal }: EvaluateOptions,
  now: () => number,
): Promise<MomentOutcome> {
  const request = {
    query: task.query,
    in: [path],
    gamma,
    limit: countedMoments,
    refine: quick ? false : undefined,
  };
  const began = now();
  let firstLatencyMs: number | undefined;
  const { moments, confident } = await engine.find(request, {
    signal,
    onFirst: () => (firstLatencyMs ??= now() - began),
  });
  const latencyMs = now() - began;
  return { task, found: moments.map(({ start, end }) => [start, end]), confident, latencyMs, firstLatencyMs };
}

async function askChoice(
  engine: EvaluatedEngine,
  task: ChoiceTask,
  path: string,
  { gamma, signal, choose = 'words' }: EvaluateOptions,
  now: () => number,
): Promise<ChoiceOutcome> {
  const began = now();
  if (choose !== 'answer') {
    const request: ChooseRequest = {
      question: task.question,
      options: [...task.options],
      in: path,
      gamma,
      by: choose,
    };
    const { chosen } = await engine.choose(request, { signal });
    return { task, chosen, latencyMs: now() - began };
  }
  // A remembered answer would tell nothing of how long answering takes.
  const { answer } = await engine.ask(
    { question: choicePrompt(task), in: path, gamma, fresh: true },
    { signal },
  );
  return { task, chosen: matchOption(answer, task.options), latencyMs: now() - began };
}
