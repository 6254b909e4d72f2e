import { resolve } from 'node:path';
import { numeric, type Arguments, type Command, type CommandEngine, type Context } from '../command.ts';
import { plural, printable, range } from '../format.ts';
import { table } from '../table.ts';
import { UsageError } from '../usage.ts';
import { badArgument } from '../../../protocol/errors.ts';
import { exportFormatNames, type ExportFormat } from '../../../protocol/export.ts';
import type { Kept } from '../../../protocol/keeping.ts';

const actions = ['add', 'forget', 'rename', 'delete', 'out'] as const;

/** `longview bin`: moments that are kept, in bins. */
export const binCommand: Command = {
  name: 'bin',
  summary: 'list the bins, show the moments of one, keep a moment, export them',
  usage: '[<name>]',
  options: {
    add: { type: 'string' },
    start: { type: 'string' },
    end: { type: 'string' },
    note: { type: 'string' },
    forget: { type: 'string' },
    rename: { type: 'string' },
    delete: { type: 'boolean' },
    format: { type: 'string' },
    out: { type: 'string' },
    overwrite: { type: 'boolean' },
  },
  optionValues: {
    add: '<video>',
    start: '<seconds>',
    end: '<seconds>',
    note: '"<words>"',
    forget: '<n>',
    rename: '<name>',
    format: '<format>',
    out: '<file|folder>',
  },
  optionHelp: {
    add: 'keep a moment of this video (id or path) in the bin, which is made where there is none',
    start: 'with --add: where the moment begins',
    end: 'with --add: where it ends',
    note: 'with --add: a note on it',
    forget: 'forget moment n, in every bin',
    rename: 'give the bin another name',
    delete: 'delete the bin; favourites and moments with tags, notes or other bins stay',
    format: `with --out: ${exportFormatNames.join(', ')} (default: edl)`,
    out: 'export the moments of the bin to this file, or a folder for clips',
    overwrite: 'with --out: replace a file that exists (footage is never replaced)',
  },
  words: { min: 0, max: 1, what: 'the name of a bin' },
  async run(context, { words: [name], options }) {
    const chosen = actions.filter((action) => options[action] !== undefined && options[action] !== false);
    if (chosen.length > 1)
      throw new UsageError(`bin takes one of --${chosen.join(' and --')}`, 'Do one after the other.');
    const [action] = chosen;
    const engine = await context.engine();
    if (action === 'forget') {
      const result = await engine.forgetKept({ numbers: [numeric(options.forget)!] });
      if (!context.json) context.terminal.line(`Moment ${String(options.forget)} is forgotten.`);
      return { result };
    }
    if (name === undefined) {
      if (action) throw new UsageError(`--${action} needs the name of a bin`, 'Write it after "bin".');
      const result = await engine.kept();
      if (!context.json) printBins(context, result);
      return { result };
    }
    if (action === 'add') return add(context, engine, name, options);
    const kept = await engine.kept();
    const bin = kept.bins.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (!bin) throw badArgument('the bin', `one of ${kept.bins.map((one) => one.name).join(', ')}`, name);
    const moments = kept.moments.filter(({ bins }) => bins.includes(bin.number));
    if (action === 'rename' || action === 'delete') {
      const change = action === 'delete' ? { remove: true as const } : { name: options.rename as string };
      const result = await engine.editBin({ bin: bin.number, ...change });
      if (!context.json)
        context.terminal.line(
          printable(
            action === 'delete'
              ? `Bin "${bin.name}" is deleted.`
              : `The bin is called "${String(options.rename)}" now.`,
          ),
        );
      return { result };
    }
    if (action === 'out') return write(context, engine, bin.name, moments, options);
    if (!context.json) printMoments(context, moments);
    return { result: { bin, moments } };
  },
};

async function add(context: Context, engine: CommandEngine, name: string, options: Arguments['options']) {
  const start = numeric(options.start);
  const end = numeric(options.end);
  if (start === undefined || end === undefined)
    throw new UsageError('--add needs --start and --end', 'Give both in seconds.');
  for (const [name, value] of Object.entries({ start, end }))
    if (typeof value !== 'number') throw badArgument(`--${name}`, 'a number of seconds', value);
  const note = options.note as string | undefined;
  const moment = { video: options.add as string, start, end, ...(note === undefined ? {} : { note }) };
  const result = await engine.keep({ moments: [moment], binNamed: name });
  if (!context.json) context.terminal.line(printable(`${range(start, end)} is kept in "${name}".`));
  return { result };
}

async function write(
  context: Context,
  engine: CommandEngine,
  title: string,
  moments: Kept['moments'],
  { format = 'edl', out, overwrite }: Arguments['options'],
) {
  const file = resolve(out as string);
  const result = await engine.exportMoments(
    {
      title,
      format: format as ExportFormat,
      moments: moments.flatMap(({ videoId, start, end, note, title: found }) =>
        videoId === null ? [] : [{ video: videoId, start, end, note: note || found }],
      ),
    },
    {
      signal: context.signal,
      place: format === 'clips' ? { folder: file } : { file, overwrite: overwrite === true },
    },
  );
  if (!context.json)
    context.terminal.line(printable(`${plural(result.moments, 'moment')} written to ${result.out ?? ''}.`));
  return { result };
}

function printBins({ terminal }: Context, { bins, moments }: Kept): void {
  const favourites = moments.filter(({ favourite }) => favourite).length;
  if (bins.length === 0)
    terminal.line('No bins yet. Make one with "longview bin NAME --add VIDEO --start 10 --end 20".');
  else
    table(
      [{ title: 'bin' }, { title: 'moments', right: true }],
      bins.map(({ name, moments: count }) => [name, String(count)]),
      terminal.width,
    ).forEach((line, i) => terminal.line(i === 0 ? terminal.style('dim', line) : line));
  if (favourites > 0) terminal.line(plural(favourites, 'favourite'));
}

function printMoments({ terminal }: Context, moments: Kept['moments']): void {
  if (moments.length === 0) return terminal.line('The bin is empty.');
  const lines = table(
    [
      { title: '#', right: true },
      { title: 'moment' },
      { title: 'video', shrink: 'middle' },
      { title: 'note', shrink: 'end' },
      { title: 'tags', shrink: 'end' },
    ],
    moments.map(({ number, start, end, path, videoId, note, title, tags }) => [
      String(number),
      range(start, end),
      videoId === null ? `${path} (not in the library)` : path,
      note || title,
      tags.join(', '),
    ]),
    terminal.width,
  );
  lines.forEach((line, i) => terminal.line(i === 0 ? terminal.style('dim', line) : line));
}
