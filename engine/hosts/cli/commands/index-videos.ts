import { clock } from '../../../protocol/clock.ts';
import { optionalExtractors, type OptionalExtractor } from '../../../protocol/requests.ts';
import { duration, percent, plural, printable } from '../format.ts';
import { numeric, type Command, type Context, type Outcome } from '../command.ts';
import { table } from '../table.ts';
import type { IndexResult } from '../../../protocol/results.ts';

/** `longview index`: puts files and folders into the library. */
export const indexCommand: Command = {
  name: 'index',
  summary: 'put videos into the library, so that they can be searched',
  usage: '<file|folder>…',
  options: {
    model: { type: 'string' },
    fps: { type: 'string' },
    with: { type: 'string' },
    without: { type: 'string' },
    language: { type: 'string' },
    force: { type: 'boolean' },
  },
  optionValues: { model: '<id>', fps: '<number>', with: '<name,…>', without: '<name,…>', language: '<code>' },
  optionHelp: {
    model:
      'the model that indexes (see "longview models"; default: the one in the settings, or the built-in one)',
    fps: 'frames to analyse per second of video, 0.1 to 30',
    with: `from now on also extract: ${optionalExtractors.join(', ')} (separated by commas)`,
    without: 'stop extracting these; what was extracted stays',
    force: 'index again what is already indexed',
    language: 'the language that is spoken, from now on: en, zh, …; auto (default) detects it piece by piece',
  },
  words: { min: 1, max: Infinity, what: 'at least one file or folder' },
  async run(context, { words, options }) {
    const engine = await context.engine();
    const result = await engine.index(
      {
        paths: words,
        model: options.model as string | undefined,
        fps: numeric(options.fps),
        ...(typeof options.with === 'string' && { with: listed(options.with) }),
        ...(typeof options.without === 'string' && { without: listed(options.without) }),
        ...(typeof options.language === 'string' && { language: options.language }),
        force: options.force as boolean | undefined,
      },
      { signal: context.signal, onProgress: context.terminal.progress },
    );
    return printIndexed(context, result);
  },
};

/** Prints what became of each file. @returns the outcome of the command that indexed them */
export function printIndexed(context: Context, result: IndexResult): Outcome {
  if (!context.json) print(context, result);
  const failed = result.videos.some((video) => video.status === 'failed' || video.status === 'cancelled');
  return { result, exitCode: failed ? 1 : 0 };
}

/** A list as it is typed; what isn't known is for the engine to say. */
const listed = (text: string) => text.split(',').map((word) => word.trim() as OptionalExtractor);

function print({ terminal }: Context, { videos, wallSec, realtimeFactor }: IndexResult): void {
  const colour = {
    indexed: 'green',
    unchanged: 'dim',
    moved: 'cyan',
    failed: 'red',
    cancelled: 'yellow',
  } as const;
  const lines = table(
    [
      { title: 'id' },
      { title: 'video', shrink: 'middle' },
      { title: 'length', right: true },
      { title: 'state' },
    ],
    videos.map((video) => [
      video.id ?? '-',
      video.path,
      video.durationSec === null ? '-' : clock(video.durationSec),
      video.status,
    ]),
    terminal.width,
  );
  lines.forEach((line, i) =>
    terminal.line(terminal.style(i === 0 ? 'dim' : colour[videos[i - 1].status], line)),
  );
  for (const { path, error, problems = [] } of videos)
    for (const { message, remedy } of [
      ...(error ? [error] : []),
      ...problems.map((problem) => problem.error),
    ])
      terminal.note(printable(`${path}: ${message} ${remedy}`));
  const done = videos.filter((video) => video.status === 'indexed').length;
  const speed = realtimeFactor > 0 ? `, ${realtimeFactor.toFixed(1)} times real time` : '';
  terminal.line(`${plural(done, 'video')} indexed in ${duration(wallSec * 1000)}${speed}.`);
  if (videos.length === 0) terminal.line('No videos found.');
  else if (done < videos.length && done > 0)
    terminal.line(
      terminal.style('dim', `${percent(done / videos.length)} of ${plural(videos.length, 'file')}.`),
    );
}
