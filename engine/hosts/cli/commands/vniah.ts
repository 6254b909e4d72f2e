import { gammaLimits, gammaRange } from '../../../protocol/gamma.ts';
import { writeFile } from 'node:fs/promises';
import { allowNewFiles } from '../../../core/private-files.ts';
import { resolve } from 'node:path';
import { badArgument } from '../../../protocol/errors.ts';
import { cannotWrite } from '../../../protocol/file-errors.ts';
import type { VniahResult } from '../../../protocol/vniah.ts';
import { numeric, type Arguments, type Command, type Context } from '../command.ts';
import { duration, percent, plural } from '../format.ts';
import { table } from '../table.ts';

/** `longview vniah`: how far past its training length a model still finds a needle. */
export const vniahCommand: Command = {
  name: 'vniah',
  summary: 'measure up to which length a model finds needles in a haystack of footage (V-NIAH)',
  usage: '',
  options: {
    frames: { type: 'string' },
    depths: { type: 'string' },
    gamma: { type: 'string' },
    needles: { type: 'string' },
    haystack: { type: 'string' },
    model: { type: 'string' },
    out: { type: 'string' },
  },
  formerOptions: { bundle: 'model' },
  optionValues: {
    frames: '<n,…>',
    depths: '<number,…>',
    gamma: '<number>',
    needles: '<file.json>',
    haystack: '<file>',
    model: '<id>',
    out: '<file.svg>',
  },
  optionHelp: {
    frames:
      'lengths of the haystack in frames, one temporal patch each, as in 50,100 (default: 1/2 to 8 times the trained length)',
    depths:
      'where the needle goes, 0 (before everything) to 1 (after everything); default: 0,0.2,0.4,0.6,0.8,1',
    gamma: `time scale, ${gammaLimits} (default: ${gammaRange.find}, the paper’s for retrieval)`,
    needles: 'a JSON file [{"path", "prompt", "answer"}] of pictures to plant (default: built-in drawings)',
    haystack: 'a video file, sampled evenly; it is only read (default: synthetic footage)',
    model: 'the model to test (default: the one that the library is indexed with)',
    out: 'write the heat map to this SVG file, which must not exist yet',
  },
  words: { min: 0, max: 0, what: 'nothing' },
  async run(context, { options }) {
    const place = (value: unknown) => (typeof value === 'string' ? resolve(value) : undefined);
    const engine = await context.engine();
    const result = await engine.vniah(
      {
        frames: numbers('frames', options.frames),
        depths: numbers('depths', options.depths),
        gamma: numeric(options.gamma),
        needles: place(options.needles),
        haystack: place(options.haystack),
        model: options.model as string | undefined,
      },
      { signal: context.signal, onProgress: context.terminal.progress },
    );
    const out = place(options.out);
    if (out !== undefined) await writeMap(out, result);
    if (!context.json) print(context, result, out);
    return { result };
  },
};

/** "50,100" as numbers; what is none goes on as text, for the engine to quote. */
function numbers(name: string, value: Arguments['options'][string]): number[] | undefined {
  if (typeof value !== 'string') return undefined;
  const list = value.split(',').map((part) => numeric(part) as number);
  const wrong = list.find((number) => typeof number !== 'number');
  if (wrong !== undefined) throw badArgument(name, 'numbers with commas between them', value);
  return list;
}

async function writeMap(file: string, result: VniahResult): Promise<void> {
  const { heatMap } = await import('../../../needle/index.ts');
  const squares = result.cells.map((cell) => ({ ...cell, accuracy: cell.found / cell.asked }));
  const title = `${result.model} (${result.variant}), gamma ${result.gamma}`;
  const svg = heatMap({ squares, title, trainedFrames: result.trainedFrames });
  try {
    allowNewFiles();
    await writeFile(file, svg, { flag: 'wx' });
  } catch (cause) {
    throw cannotWrite(file, cause);
  }
}

function print({ terminal }: Context, result: VniahResult, out: string | undefined): void {
  const { model, variant, gamma, trainedFrames, cells, needleCount, tokensPerFrame, accuracy } = result;
  const lengths = [...new Set(cells.map((cell) => cell.frames))];
  const depths = [...new Set(cells.map((cell) => cell.depth))];
  const rows = depths.map((depth) => [
    percent(depth),
    ...lengths.map((length) => {
      const cell = cells.find((one) => one.frames === length && one.depth === depth)!;
      return percent(cell.found / cell.asked);
    }),
  ]);
  terminal.line(terminal.style('bold', `${model} (${variant}), gamma ${gamma}: ${percent(accuracy)} found`));
  const columns = [
    { title: 'depth' },
    ...lengths.map((length) => ({ title: `${length}${length > trainedFrames ? '*' : ''}`, right: true })),
  ];
  for (const line of table(columns, rows, terminal.width)) terminal.line(line);
  terminal.line(
    terminal.style(
      'dim',
      `frames across; * beyond the trained ${trainedFrames} frames; ${plural(tokensPerFrame, 'token')} a frame, ${plural(needleCount, 'needle')} a cell, ${duration(result.wallSec * 1000)}`,
    ),
  );
  if (out !== undefined) terminal.line(`Heat map: ${out}`);
}
