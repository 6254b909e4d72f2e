import { gammaLimits, gammaModes, gammaRange } from '../../../protocol/gamma.ts';
import { clock } from '../../../protocol/clock.ts';
import { basename } from 'node:path';
import { duration, percent, plural, printable, range } from '../format.ts';
import { numeric, type Arguments, type Command, type Context } from '../command.ts';
import { table } from '../table.ts';
import { UsageError } from '../usage.ts';
import type { AskRequest } from '../../../protocol/requests.ts';
import type { PlanResult } from '../../../protocol/asking.ts';
import type { Engine } from '../../../protocol/engine.ts';
import type { AskResult, AskRun } from '../../../protocol/results.ts';

/** `longview ask`: a question about videos, answered with the moments that prove it. */
export const askCommand: Command = {
  name: 'ask',
  summary: 'ask a question about a video, some, or the whole library',
  usage: '"<question>"',
  options: {
    in: { type: 'string', multiple: true },
    gamma: { type: 'string' },
    gammas: { type: 'string' },
    model: { type: 'string' },
    plan: { type: 'boolean' },
    fresh: { type: 'boolean' },
  },
  optionValues: {
    in: '<video|folder>',
    gamma: '<number|auto|compare>',
    gammas: '<number,…>',
    model: '<id>',
  },
  optionHelp: {
    in: 'a video (id or path) or a folder to ask about; may be given several times (default: the whole library)',
    gamma: `time scale, ${gammaLimits} (default ${gammaRange.explain}); "auto" for the answer that most scales agree on, "compare" for several side by side`,
    gammas: 'the scales that auto and compare run, as in 0.5,1,2',
    model:
      'the model that answers (see "longview models"; default: the one in the settings, or the built-in one)',
    plan: 'estimate the cost without asking',
    fresh: 'ask the model again even where the answer is known',
  },
  words: { min: 1, max: 1, what: 'a question' },
  async run(context, { words, options }) {
    const engine = await context.engine();
    const request: AskRequest = {
      question: words[0],
      in: options.in as string[] | undefined,
      gamma: scale(options.gamma),
      gammas: scales(options.gammas),
      fresh: options.fresh as boolean | undefined,
      model: options.model as string | undefined,
    };
    if (options.plan) {
      const result = await engine.plan(request, { signal: context.signal });
      if (!context.json) printPlan(context, result);
      return { result };
    }
    const streamed = streaming(context);
    const result = await engine.ask(request, streamed.options);
    if (!context.json) printAnswer(context, result, streamed.text());
    return { result };
  },
};

function scale(value: Arguments['options'][string]): AskRequest['gamma'] {
  const mode = gammaModes.find((name) => name === value);
  return mode ?? numeric(value);
}

function scales(value: Arguments['options'][string]): number[] | undefined {
  return typeof value === 'string' ? value.split(',').map((one) => numeric(one)!) : undefined;
}

/** What a call that answers takes, and what it has written on the terminal so far. */
export function streaming({ terminal, json, signal }: Context) {
  let text = '';
  return {
    text: () => text,
    options: {
      signal,
      onProgress: terminal.progress,
      onText: (piece: string) => {
        if (json || !terminal.live) return;
        text += piece;
        terminal.write(piece);
      },
    },
  };
}

/** The library's only video, which needs no naming. */
export async function onlyVideo(engine: Engine): Promise<string> {
  const { videos } = await engine.library();
  if (videos.length === 1) return videos[0].id;
  throw new UsageError(
    videos.length === 0 ? 'The library is empty' : 'Several videos are in the library; choose one with --in',
    videos.length === 0
      ? 'Add a video with "longview index <file>".'
      : '"longview library" lists their ids and paths.',
  );
}

/** An answer with its evidence. @param streamed what of it stands on the terminal already */
export function printAnswer({ terminal }: Context, result: AskResult, streamed: string): void {
  if (streamed !== '') terminal.line();
  // One run stands for all where the decoder wasn't asked.
  const several = (result.runs?.length ?? 0) > 1;
  const compared = several && result.request?.gamma === 'compare';
  if (several && result.runs) printRuns({ terminal }, result.runs);
  const answer = result.translated?.answer ?? result.answer;
  if (streamed.trim() !== answer && !compared) terminal.line(terminal.style('bold', printable(answer)));
  if (result.agreement !== undefined && result.runs)
    terminal.line(`${percent(result.agreement)} of ${plural(result.runs.length, 'gamma')} agree.`);
  if (!result.confident && !result.cannot && !compared)
    terminal.line(
      terminal.style('yellow', `Not sure (${percent(result.confidence)}): take this as a guess.`),
    );
  if (!result.cannot || result.evidence.length > 0) printEvidence({ terminal }, result);
  for (const { text, supported } of result.statements ?? [])
    if (!supported && (result.statements?.length ?? 0) > 1)
      terminal.line(terminal.style('yellow', `unsupported: ${printable(text)}`));
  for (const { message, remedy } of result.notices ?? []) terminal.note(printable(`${message} ${remedy}`));
  terminal.line(terminal.style('dim', costLine(result)));
}

function printRuns({ terminal }: Pick<Context, 'terminal'>, runs: readonly AskRun[]): void {
  const lines = table(
    [
      { title: 'gamma', right: true },
      { title: 'answer', shrink: 'end' },
      { title: 'confidence', right: true },
      { title: 'evidence', right: true },
    ],
    runs.map(({ gamma, answer, confidence, evidence }) => [
      String(gamma),
      answer,
      percent(confidence),
      `${evidence.filter(({ supported }) => supported).length} of ${evidence.length}`,
    ]),
    terminal.width,
  );
  lines.forEach((line, i) => terminal.line(i === 0 ? terminal.style('dim', line) : line));
}

function printEvidence({ terminal }: Pick<Context, 'terminal'>, { evidence, path }: AskResult): void {
  if (evidence.length === 0) {
    terminal.line(terminal.style('dim', 'No moment in the footage supports this answer.'));
    return;
  }
  const several = evidence.some((one) => (one.path ?? path) !== path);
  const lines = table(
    [
      ...(several ? [{ title: 'video', shrink: 'middle' as const }] : []),
      { title: 'moment' },
      { title: 'confidence', right: true },
      { title: '' },
      { title: 'evidence', shrink: 'end' },
    ],
    evidence.map((one) => [
      ...(several ? [basename(one.path ?? path)] : []),
      range(one.start, one.end),
      percent(one.score),
      one.supported === false ? 'unsupported' : '',
      one.reason,
    ]),
    terminal.width,
  );
  lines.forEach((line, i) => {
    const faint = i === 0 || evidence[i - 1].supported === false;
    terminal.line(faint ? terminal.style('dim', line) : line);
  });
}

function costLine({ runs, gamma, cached, read, scope, timing, decoder }: AskResult): string {
  const scales = runs ? runs.map((run) => run.gamma).join(', ') : String(gamma);
  const where =
    scope && scope.ofVideos > 1 ? `, in ${scope.videos} of ${plural(scope.ofVideos, 'video')}` : '';
  const cost = cached
    ? 'from the answer cache'
    : `${read.patches} of ${plural(read.ofPatches, 'temporal patch')} read${where}`;
  return `${decoder === false ? '' : `gamma ${scales}, `}${cost}, ${duration(timing.totalMs)}`;
}

function printPlan({ terminal }: Context, plan: PlanResult): void {
  const { cached, gammas, frames, patches, passes, promptTokens, newTokens, expectedSec, trusted } = plan;
  const of = `${plan.videos} of ${plural(plan.ofVideos, 'video')}, ${clock(plan.seconds)} of footage`;
  if (cached)
    terminal.line('The answer is in the cache: asking costs nothing (--fresh asks the model again).');
  terminal.line(`videos   ${of}`);
  terminal.line(`frames   ${plural(frames, 'frame')} in ${plural(patches, 'temporal patch')}`);
  terminal.line(
    `model    asked ${plural(passes, 'time')}, ${plural(promptTokens, 'token')} to read, at most ${newTokens} to write (gamma ${gammas.join(', ')})`,
  );
  const source = {
    training: 'as trained',
    limit: 'more would take minutes',
    'self-test': 'by the self-test on this machine',
  }[trusted.source];
  terminal.line(`context  at most ${plural(trusted.patches, 'temporal patch')} in one prompt (${source})`);
  terminal.line(
    `time     ${expectedSec === null ? 'not known yet: nothing was asked with this model on this machine' : `about ${duration(expectedSec * 1000)}`}`,
  );
}
