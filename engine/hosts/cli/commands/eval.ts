import { gammaLimits } from '../../../protocol/gamma.ts';
import { resolve } from 'node:path';
import { readTextFile } from '../../../media/index.ts';
import { badArgument } from '../../../protocol/errors.ts';
import { numeric, type Command, type Context } from '../command.ts';
import { duration, percent, plural, printable } from '../format.ts';
import type {
  ChoiceMeasures,
  EvaluationResult,
  Latency,
  MomentMeasures,
} from '../../../protocol/evaluation.ts';
import { annotationFormats } from '../../../protocol/evaluation.ts';

/** `longview eval`: how well finding and asking do against annotations. */
export const evalCommand: Command = {
  name: 'eval',
  summary: 'measure finding and asking against annotated videos',
  usage: '<file>',
  options: {
    videos: { type: 'string' },
    format: { type: 'string' },
    limit: { type: 'string' },
    gamma: { type: 'string' },
    choose: { type: 'string' },
    quick: { type: 'boolean' },
    'no-index': { type: 'boolean' },
  },
  optionValues: {
    videos: '<folder>',
    format: '<format>',
    limit: '<n>',
    gamma: '<number>',
    choose: '<words|letters|answer>',
  },
  optionHelp: {
    videos: 'the folder that holds the videos (default: the folder of the file)',
    format: `${annotationFormats.join(', ')} (default: recognised from the file)`,
    limit: 'ask the first n questions only',
    gamma: `time scale, ${gammaLimits} (default: that of find and ask)`,
    choose:
      'how an option is chosen: by the probability of its "words" (default) or of its "letters", or by the written "answer"',
    quick: 'skip the re-check of moments by the decoder',
    'no-index': 'skip videos that are not in the library yet, instead of indexing them first',
  },
  words: { min: 1, max: 1, what: 'a file of annotations' },
  async run(context, { words, options }) {
    const { evaluate, readAnnotations } = await import('../../../evaluation/index.ts');
    const { findAnnotatedVideos } = await import('../annotated-videos.ts');
    const [file] = words;
    const limit = wholeNumber(numeric(options.limit));
    const annotations = readAnnotations(
      await readTextFile(file, 'Name a file of annotations.'),
      options.format as string | undefined,
    );
    const calls = { signal: context.signal, onProgress: context.terminal.progress };
    const engine = await context.engine();
    const place = await findAnnotatedVideos(engine, annotations.tasks.slice(0, limit), {
      ...calls,
      file,
      folder: options.videos as string | undefined,
      index: options['no-index'] !== true,
    });
    const gamma = numeric(options.gamma);
    const quick = options.quick === true;
    const result = await evaluate(engine, annotations, resolve(file), {
      ...calls,
      place,
      limit,
      gamma,
      choose: wayOf(options.choose),
      quick,
    });
    if (!context.json) print(context, result);
    const whole = [result.bad, result.missing, result.failed].every((list) => list.length === 0);
    return { result, exitCode: whole ? 0 : 1 };
  },
};

function wayOf(value: unknown): 'words' | 'letters' | 'answer' | undefined {
  if (value === undefined || value === 'words' || value === 'letters' || value === 'answer') return value;
  throw badArgument('choose', 'words, letters or answer', value);
}

function wholeNumber(limit: number | undefined): number | undefined {
  if (limit === undefined || (Number.isInteger(limit) && limit > 0)) return limit;
  throw badArgument('limit', 'a whole number from 1', limit);
}

function print({ terminal }: Context, result: EvaluationResult): void {
  const { moments, choice, asked, tasks, format } = result;
  terminal.line(terminal.style('bold', `${asked} of ${plural(tasks, 'annotation')} asked (${format})`));
  if (moments) momentLines(moments).forEach((line) => terminal.line(line));
  if (choice) choiceLines(choice).forEach((line) => terminal.line(line));
  const place = (at: { line: number } | { entry: number }) =>
    'line' in at ? `line ${at.line}` : `entry ${at.entry}`;
  for (const { at, problem } of result.bad) terminal.note(`${place(at)}: ${printable(problem)}`);
  for (const { video, tasks: wanting, problem } of result.missing)
    terminal.note(`${printable(video)}: ${printable(problem)} (${plural(wanting, 'annotation')} left out)`);
  for (const { at, error } of result.failed) terminal.note(`${place(at)}: ${error.message} ${error.remedy}`);
  terminal.line(terminal.style('dim', duration(result.wallSec * 1000)));
}

function momentLines(measures: MomentMeasures): string[] {
  const { recallAt1, map, medianRank, notHere, latencyMs, firstLatencyMs } = measures;
  const lines: string[] = [];
  if (recallAt1 && map)
    lines.push(
      `R@1          IoU 0.3 ${percent(recallAt1['iou0.3'])}   0.5 ${percent(recallAt1['iou0.5'])}   0.7 ${percent(recallAt1['iou0.7'])}   (${measures.present} present)`,
      `mAP          ${percent(map.average)}   at IoU 0.5 ${percent(map['iou0.5'])}   0.75 ${percent(map['iou0.75'])}`,
      `median rank  ${medianRank ?? 'beyond the list'}`,
    );
  const share = (value: number | null) => (value === null ? 'none' : percent(value));
  lines.push(
    `"not here"   precision ${share(notHere.precision)}   recall ${share(notHere.recall)}   (${notHere.absent} absent, said ${notHere.said} times)`,
  );
  if (firstLatencyMs) lines.push(`first list   ${latencyLine(firstLatencyMs)}`);
  if (latencyMs) lines.push(`final list   ${latencyLine(latencyMs)}`);
  return lines;
}

function choiceLines(measures: ChoiceMeasures): string[] {
  const { accuracy, chance, macroAccuracy, groups, unmatched, latencyMs } = measures;
  return [
    `accuracy     ${percent(accuracy ?? 0)}   by chance ${percent(chance ?? 0)}   mean of groups ${percent(macroAccuracy ?? 0)}`,
    ...groups.map(
      ({ group, questions, accuracy: own }) => `  ${printable(group)}: ${percent(own)} of ${questions}`,
    ),
    `unmatched    ${plural(unmatched, 'answer')} named no option, or several`,
    ...(latencyMs ? [`latency      ${latencyLine(latencyMs)}`] : []),
  ];
}

function latencyLine({ p50, p90, p95, p99, max }: Latency): string {
  return Object.entries({ p50, p90, p95, p99, max })
    .map(([name, value]) => `${name} ${duration(value)}`)
    .join('   ');
}
