import { gammaLimits, gammaRange } from '../../../protocol/gamma.ts';
import { numeric, type Arguments, type Command, type Context } from '../command.ts';
import { duration, plural, printable, range } from '../format.ts';
import { table } from '../table.ts';
import { UsageError } from '../usage.ts';
import { exportFormatNames } from '../../../protocol/export.ts';
import type { ExportRequest, Material } from '../../../export/index.ts';
import { allowNewFiles } from '../../../core/private-files.ts';
import type { Engine } from '../../../protocol/engine.ts';
import type { ExportResult } from '../../../protocol/export.ts';

const formatNames = exportFormatNames.join(', ');

/** `longview export`: moments and answers for other programs. */
export const exportCommand: Command = {
  name: 'export',
  summary: 'write moments for an editing program, a player or a table, or cut them out',
  usage: `${exportFormatNames.join('|')} (--query "<words>" | --ask "<question>") --out <file|folder>`,
  options: {
    query: { type: 'string' },
    ask: { type: 'string' },
    out: { type: 'string' },
    in: { type: 'string', multiple: true },
    limit: { type: 'string' },
    gamma: { type: 'string' },
    quick: { type: 'boolean' },
    rate: { type: 'string' },
    exact: { type: 'boolean' },
    unsupported: { type: 'boolean' },
    overwrite: { type: 'boolean' },
  },
  optionValues: {
    query: '"<words>"',
    ask: '"<question>"',
    out: '<file|folder>',
    in: '<video|folder>',
    limit: '<n>',
    gamma: '<number>',
    rate: '<fps>',
  },
  optionHelp: {
    query: 'words to find; the moments found are exported',
    ask: 'a question to ask instead; the moments that support the answer are exported',
    out: 'the file to write, or the folder for clips',
    in: 'only this video (id or path) or folder; may be given several times (default: the whole library)',
    limit: 'the most moments to export, with --query (default 10)',
    gamma: `time scale, ${gammaLimits} (default ${gammaRange.find} for --query, ${gammaRange.explain} for --ask)`,
    quick: 'with --query: skip the re-check of the best moments by the decoder',
    rate: 'frames per second of the timeline: 23.976, 24, 25, 29.97, 29.97ndf, … (default: those of the first video)',
    exact: 'with clips: encode again, so that they begin and end on the exact frames',
    unsupported: 'with --ask: also export the moments that the re-check did not confirm',
    overwrite: 'replace a file that exists (footage is never replaced)',
  },
  words: { min: 1, max: 1, what: `a format: ${formatNames}` },
  async run(context, { words, options }) {
    const given = check(words[0], options);
    const began = performance.now();
    const { checkExport, exportMaterial } = await import('../../../export/index.ts');
    // What is wrong with the format or the file is told before anything is searched.
    await checkExport(given);
    const engine = await context.engine();
    const { videos } = await engine.library();
    const request = { ...given, footage: videos.map(({ path }) => path) };
    await checkExport(request);
    const material = await gather(context, engine, options);
    allowNewFiles();
    const result = await exportMaterial(material, request, {
      signal: context.signal,
      onProgress: context.terminal.progress,
    });
    if (!context.json) print(context, result, performance.now() - began);
    const failed = result.skipped.length > 0 || result.clips?.some(({ error }) => error) === true;
    return { result, exitCode: failed ? 1 : 0 };
  },
};

function check(format: string, options: Arguments['options']): ExportRequest {
  if ((options.query === undefined) === (options.ask === undefined))
    throw new UsageError(
      'export needs either --query or --ask',
      'Say what to export, as in --query "a dog".',
    );
  if (typeof options.out !== 'string' || options.out === '')
    throw new UsageError(
      'export needs --out',
      'Name the file to write, or the folder for clips, with --out.',
    );
  return {
    format,
    out: options.out,
    overwrite: options.overwrite as boolean | undefined,
    exact: options.exact as boolean | undefined,
    rate: options.rate as string | undefined,
  };
}

async function gather(context: Context, engine: Engine, options: Arguments['options']): Promise<Material> {
  const { materialOfAnswer, materialOfFind } = await import('../../../export/index.ts');
  const calls = { signal: context.signal, onProgress: context.terminal.progress };
  const places = options.in as string[] | undefined;
  const gamma = numeric(options.gamma);
  if (typeof options.ask === 'string') {
    const answered = await engine.ask({ question: options.ask, in: places, gamma }, calls);
    return materialOfAnswer(answered, { unsupported: options.unsupported as boolean | undefined });
  }
  const request = {
    query: options.query as string,
    in: places,
    gamma,
    limit: numeric(options.limit),
    refine: options.quick ? false : undefined,
  };
  return materialOfFind(await engine.find(request, calls));
}

function print({ terminal }: Context, result: ExportResult, milliseconds: number): void {
  if (!result.confident)
    terminal.line(
      `${terminal.style('yellow', 'No confident match')} for ${JSON.stringify(result.title)}: these moments are only the nearest.`,
    );
  const counting = `${result.frameRate} frames per second${result.dropFrame ? ', drop-frame' : ''}`;
  const what = result.clips ? plural(result.moments, 'clip') : plural(result.moments, 'moment');
  terminal.line(`${what} written to ${printable(result.out ?? '')} (${counting}).`);
  if (result.clips && result.clips.length > 0)
    table(
      [{ title: 'clip', shrink: 'middle' }, { title: 'holds' }],
      result.clips.map(({ path, start, end, error }) => [path, error ? 'failed' : range(start, end)]),
      terminal.width,
    ).forEach((line, i) => terminal.line(i === 0 ? terminal.style('dim', line) : line));
  for (const note of result.notes) terminal.note(printable(note));
  for (const { path, leftOut = [] } of result.clips ?? [])
    if (leftOut.length > 0) terminal.note(printable(`${path}: left out: ${leftOut.join('; ')}.`));
  for (const { path, error } of [...result.skipped, ...(result.clips ?? [])])
    if (error) terminal.note(`${printable(path)}: ${error.message} ${error.remedy}`);
  terminal.line(terminal.style('dim', duration(milliseconds)));
}
