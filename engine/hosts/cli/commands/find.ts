import { clock } from '../../../protocol/clock.ts';
import { basename } from 'node:path';
import { duration, percent, plural, range } from '../format.ts';
import { numeric, type Command, type Context } from '../command.ts';
import { table } from '../table.ts';
import type { FindResult, Moment } from '../../../protocol/results.ts';

/** `longview find`: moments that show what the words say. */
export const findCommand: Command = {
  name: 'find',
  summary: 'find the moments that show something',
  usage: '"<words>" [--in ID|PATH] [--gamma G] [--limit N] [--quick]',
  options: {
    in: { type: 'string', multiple: true },
    gamma: { type: 'string' },
    limit: { type: 'string' },
    quick: { type: 'boolean' },
  },
  optionHelp: {
    in: 'search this video only (may be given several times)',
    gamma: 'time scale of the re-check, 0.25 to 4 (default 0.75)',
    limit: 'how many moments to show (default 10)',
    quick: 'leave out the re-check of the best by the decoder',
  },
  words: { min: 1, max: 1, what: 'the words to look for' },
  async run(context, { words, options }) {
    const engine = await context.engine();
    const result = await engine.find(
      {
        query: words[0],
        in: options.in as string[] | undefined,
        gamma: numeric(options.gamma),
        limit: numeric(options.limit),
        refine: options.quick ? false : undefined,
      },
      { signal: context.signal, onProgress: context.terminal.progress },
    );
    if (!context.json) print(context, result);
    return { result };
  },
};

function print({ terminal }: Context, result: FindResult): void {
  const { moments, examined } = result;
  const looked = `${plural(examined.videos, 'video')}, ${clock(examined.seconds)} of footage`;
  if (examined.videos === 0)
    terminal.line('The library is empty. Add videos with "longview index <folder>".');
  else if (!result.confident)
    terminal.line(
      `${terminal.style('yellow', 'No confident match')} for "${result.query}" in ${looked}.` +
        (moments.length > 0 ? ' The nearest:' : ''),
    );
  else terminal.line(`"${result.query}" in ${looked}:`);
  const lines = table(
    [
      { title: '#', right: true },
      { title: 'video', shrink: 'middle' },
      { title: 'moment' },
      { title: 'sure', right: true },
      { title: 'by' },
      { title: 'why', shrink: 'end' },
    ],
    moments.map((moment, i) => row(moment, i)),
    terminal.width,
  );
  if (moments.length > 0)
    lines.forEach((line, i) => {
      const sure = i > 0 && moments[i - 1].confidence >= 0.5;
      terminal.line(sure ? line : terminal.style('dim', line));
    });
  if (result.skipped > 0)
    terminal.note(
      `${plural(result.skipped, 'video')} left out, indexed with another model: index again with --force.`,
    );
  terminal.line(terminal.style('dim', `gamma ${result.gamma}, ${duration(result.latencyMs)}`));
}

function row(moment: Moment, i: number): string[] {
  return [
    String(i + 1),
    basename(moment.path),
    range(moment.start, moment.end),
    percent(moment.confidence),
    moment.source,
    moment.reason,
  ];
}
