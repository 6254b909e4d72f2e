/**
 * The engine against PyTorch (eager, transformers' own Qwen2-VL modules) at the 2B model's layer shapes: both sides do
 * the same work on the same cores, taking turns in one run. Weights are made up and converted on the fly.
 *   npm run -s bench -- engine [--json] [--quick] [--provider cpu] [--layers 4] [--threads N] [--attention sdpa]
 *     [--folder DIR: keep the converted model there and use it again]
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { badArgument } from '../../engine/protocol/errors.ts';
import { chooseProvider, type ProviderChoice } from '../../engine/inference/providers.ts';
import { convertCheckpoint, type Precision } from '../../engine/convert/index.ts';
import { shape2B, writeMadeUpCheckpoint } from '../support/checkpoint.ts';
import { OurSide } from './our-side.ts';
import { peakOfOurs } from './peak.ts';
import { rowsOf, table } from './table.ts';
import { fullSizes, quickSizes, takeTurns, type Side } from './turns.ts';
import { TorchSide } from './torch-side.ts';

export const what = 'prefill, decode and vision encoding against PyTorch, at the 2B model’s layer shapes';

const options = {
  json: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  provider: { type: 'string', default: 'cpu' },
  layers: { type: 'string', default: '4' },
  threads: { type: 'string', default: String(availableParallelism()) },
  attention: { type: 'string', default: 'sdpa' },
  rounds: { type: 'string' },
  folder: { type: 'string' },
} as const;

/** Measures both sides and prints the table. @param args see `options` */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const folder = values.folder ?? (await mkdtemp(join(tmpdir(), 'longview-engine-bench-')));
  const threads = wholeNumber('threads', values.threads);
  const layers = wholeNumber('layers', values.layers);
  const rounds = wholeNumber('rounds', values.rounds ?? (values.quick ? '1' : '5'));
  const sizes = values.quick ? quickSizes : fullSizes;
  const closing: AsyncDisposable[] = [];
  try {
    const chosen = await chooseProvider(values.provider as ProviderChoice);
    const precisions: Precision[] = chosen.provider === 'cpu' ? ['fp32', 'int8', 'int4'] : ['fp16', 'int4'];
    const checkpoint = await makeBundles(folder, layers, precisions);
    const torch = await startTorch(checkpoint, threads, values.attention);
    if (typeof torch !== 'string') closing.push(torch);
    const ours: Side[] = [];
    for (const precision of precisions) {
      const side = await OurSide.open(join(folder, precision), chosen, threads);
      closing.push(side);
      ours.push(ourSide(side, precision));
    }
    const sides = [...(typeof torch === 'string' ? [] : torchSides(torch)), ...ours];
    process.stderr.write('Both sides are ready; measuring…\n');
    const peaks = [await peakOfOurs(5, threads)];
    if (typeof torch !== 'string') peaks.push(await torch.peak(5));
    const measured = await takeTurns(sides, sizes, rounds);
    const result = {
      provider: `${chosen.provider} (${chosen.reason})`,
      torch: typeof torch === 'string' ? `not measured: ${torch}` : `PyTorch ${torch.version}`,
      ...{ attention: values.attention, layers, threads, rounds, sizes },
      peak: {
        gflops: Math.max(...peaks.map(({ gflops }) => gflops)),
        gbytes: Math.max(...peaks.map(({ gbytes }) => gbytes)),
      },
      rows: rowsOf(measured, sizes, layers),
    };
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : table(result));
  } finally {
    for (const thing of closing.reverse()) await thing[Symbol.asyncDispose]();
    if (values.folder === undefined) await rm(folder, { recursive: true });
  }
}

function wholeNumber(name: string, value: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw badArgument(`--${name}`, 'a whole number >= 1', value);
}

/** Converts a made-up checkpoint to every precision, where it isn't there yet. @returns the checkpoint's folder. */
async function makeBundles(
  folder: string,
  layers: number,
  precisions: readonly Precision[],
): Promise<string> {
  const source = join(folder, `checkpoint-${layers}`);
  if (!existsSync(source)) {
    await mkdir(source, { recursive: true });
    // A small vocabulary: the output matrix is no layer, and beside a few layers it would be most of the work.
    await writeMadeUpCheckpoint(source, shape2B({ layers, blocks: layers, vocabulary: 2048 }));
  }
  for (const precision of precisions) {
    const target = join(folder, precision);
    if (!existsSync(target)) await convertCheckpoint({ source, target, precision, id: `bench-${precision}` });
  }
  return source;
}

/** @returns the side, or in words why there is none. */
async function startTorch(
  checkpoint: string,
  threads: number,
  attention: string,
): Promise<TorchSide | string> {
  try {
    return await TorchSide.start(checkpoint, { threads, attention });
  } catch (error) {
    return (error as Error).message;
  }
}

function torchSides(torch: TorchSide): Side[] {
  return (['fp32', 'bf16'] as const).map((dtype) => ({
    name: `PyTorch ${dtype}`,
    weightBytes: dtype === 'fp32' ? 4 : 2,
    prefill: ({ tokens }) => torch.run('prefill', dtype, { tokens }),
    decode: ({ steps }) => torch.run('decode', dtype, { steps }),
    encode: ({ grid }) => torch.run('encode', dtype, { grid }),
  }));
}

/** Attention's share of a decoder layer's weights, which int4 keeps at 8 bits. */
const attention = 0.12;

/** Bytes that a decoder layer's weight takes; quantised ones with their blocks' scales. */
const weightBytes: Record<Precision, number> = {
  fp32: 4,
  fp16: 2,
  int8: 1,
  int4: 0.5 + 0.5 * attention + 4 / 32,
};

function ourSide(side: OurSide, precision: Precision): Side {
  return {
    name: `Longview ${precision}`,
    weightBytes: weightBytes[precision],
    prefill: ({ tokens, steps }) => side.prefill(tokens, steps),
    decode: ({ steps }) => side.decode(steps),
    encode: ({ grid }) => side.encode(grid),
  };
}
