// A whole made-up model of the 7B geometry (28 layers, 15 GB in bfloat16, written to disk first): imported to int4, opened, and
// asked about 64 temporal patches. Each step is a process of its own, so that each has its own peak of memory.
//   npm run -s bench -- whole-model [--layers 28] [--vocab 152064] [--blocks 32] [--precision int4] [--patches 64]
//     [--frame 196x112] [--tokens 16] [--threads N] [--torch] [--json] [--folder DIR: keep everything there]
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { badArgument } from '../../engine/protocol/errors.ts';
import { againstTorch, type TorchResult } from './against-torch.ts';
import { stages, type Answered, type Converted, type StageOptions } from './stages.ts';
import { runStage } from './stage-process.ts';

export const what = 'a whole made-up 7B: imported to int4, opened, and asked about 64 temporal patches';

const options = {
  layers: { type: 'string', default: '28' },
  vocab: { type: 'string', default: '152064' },
  blocks: { type: 'string', default: '32' },
  precision: { type: 'string', default: 'int4' },
  patches: { type: 'string', default: '64' },
  frame: { type: 'string', default: '196x112' },
  tokens: { type: 'string', default: '16' },
  threads: { type: 'string', default: String(availableParallelism()) },
  folder: { type: 'string' },
  torch: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  stage: { type: 'string' },
} as const;

/** What one run measured. */
interface Measured {
  options: StageOptions;
  converted: Converted;
  answered: Answered;
  /** PyTorch's side, or in words why there is none. */
  torch: TorchResult | string;
}

/** Measures and prints. @param args see `options`; `--stage` is one of the steps, for the processes that this one starts */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const given = stageOptions(values, values.folder ?? '');
  if (values.stage !== undefined) {
    if (!Object.hasOwn(stages, values.stage))
      throw badArgument('--stage', `one of ${Object.keys(stages).join(', ')}`, values.stage);
    process.stdout.write(`${JSON.stringify(await stages[values.stage as keyof typeof stages](given))}\n`);
    return;
  }
  const folder = values.folder ?? (await mkdtemp(`${tmpdir()}/longview-whole-model-`));
  try {
    const measured = await measure({ ...given, folder }, values.torch);
    process.stdout.write(values.json ? `${JSON.stringify(measured)}\n` : report(measured));
  } finally {
    if (values.folder === undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function measure(given: StageOptions, withTorch: boolean): Promise<Measured> {
  await runStage('make', given);
  const converted = (await runStage('convert', given)) as Converted;
  const answered = (await runStage('answer', given)) as Answered;
  const torch = withTorch ? await againstTorch(given, converted, answered) : 'not asked for (--torch)';
  return { options: given, converted, answered, torch };
}

function stageOptions(values: Record<string, string | boolean | undefined>, folder: string): StageOptions {
  const count = (name: string) => {
    const number = Number(values[name]);
    if (Number.isSafeInteger(number) && number > 0) return number;
    throw badArgument(`--${name}`, 'a whole number >= 1', values[name]);
  };
  const frame = /^(\d+)x(\d+)$/u.exec(String(values['frame']));
  if (!frame) throw badArgument('--frame', 'a width and a height, as in 196x112', values['frame']);
  return {
    folder,
    layers: count('layers'),
    vocabulary: count('vocab'),
    blocks: count('blocks'),
    precision: values['precision'] as StageOptions['precision'],
    patches: count('patches'),
    frame: { width: Number(frame[1]), height: Number(frame[2]) },
    tokens: count('tokens'),
    threads: count('threads'),
  };
}

function report({ options: given, converted, answered, torch }: Measured): string {
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;
  const rate = (count: number, ms: number) => (count / (ms / 1000)).toFixed(2);
  const { weightBytes, peakBytes } = answered;
  const rows = [
    `${given.layers} layers, ${given.blocks} vision blocks, vocabulary ${given.vocabulary}; ${given.threads} threads`,
    `import: ${gigabytes(converted.readBytes)} -> ${gigabytes(converted.madeBytes)} (${given.precision}) in ${converted.seconds.toFixed(0)} s, peak memory ${gigabytes(converted.peakBytes)}`,
    `look: ${given.patches} temporal patches of ${given.frame.width}x${given.frame.height} in ${answered.lookSeconds.toFixed(1)} s, the vision encoder opened on the way`,
    `answer: ${answered.promptTokens} tokens read in ${(answered.prefillMs / 1000).toFixed(1)} s (${rate(answered.promptTokens, answered.prefillMs)} tokens/s), ${answered.newTokens} written in ${(answered.decodeMs / 1000).toFixed(1)} s (${rate(answered.newTokens, answered.decodeMs)} tokens/s), the decoder opened in ${answered.openSeconds.toFixed(1)} s`,
    `memory: peak ${gigabytes(peakBytes)}, ${(peakBytes / weightBytes).toFixed(2)} x the weights (${gigabytes(weightBytes)})`,
    typeof torch === 'string'
      ? `PyTorch: ${torch}`
      : `PyTorch ${torch.version} bf16, the same layers: ${torch.tokens} tokens read at ${torch.prefillPerSecond.toFixed(2)} tokens/s, written at ${torch.decodePerSecond.toFixed(2)}; Longview ${torch.prefillRatio.toFixed(2)} x and ${torch.decodeRatio.toFixed(2)} x`,
    '',
  ];
  return rows.join('\n');
}
