import type { Peak } from './torch-side.ts';
import type { Measured, Sizes } from './turns.ts';
import { median } from '../median.ts';

/** One line of the table. */
export interface Row {
  work: Measured['work'];
  side: string;
  /** Median of the rounds. */
  seconds: number;
  fastest: number;
  slowest: number;
  /** Tokens (visual ones, for encoding) a second. */
  tokensPerSecond: number;
  /** Times as fast as PyTorch fp32 and bf16, by medians. */
  timesFp32?: number;
  timesBf16?: number;
  gflops: number;
  gbytes: number;
  /** Largest difference to PyTorch fp32's numbers, as a share of their largest. */
  apart?: number;
}

/** What the bench found. */
export interface Result {
  provider: string;
  torch: string;
  attention: string;
  layers: number;
  threads: number;
  rounds: number;
  sizes: Sizes;
  peak: Peak;
  rows: Row[];
}

/** The 2B model's numbers of weights: in a decoder layer, a vision block, and its merger. */
const decoderLayer = 1536 * (1536 * 2 + 2 * 256) + 3 * 1536 * 8960;
const visionBlock = 1280 * 1280 * 12;
const merger = 5120 * (5120 + 1536);

/** Turns what was measured into lines. */
export function rowsOf(measured: readonly Measured[], sizes: Sizes, layers: number): Row[] {
  return measured.map(({ work, side, seconds, sample }) => {
    const middle = median(seconds);
    const same = measured.filter((other) => other.work === work);
    const torch = (dtype: string) => same.find((other) => other.side.name === `PyTorch ${dtype}`);
    const times = (dtype: string) => {
      const other = torch(dtype);
      return other && median(other.seconds) / middle;
    };
    const { flops, bytes, tokens } = costs(work, sizes, layers, side.weightBytes);
    return {
      work,
      side: side.name,
      seconds: middle,
      fastest: Math.min(...seconds),
      slowest: Math.max(...seconds),
      tokensPerSecond: tokens / middle,
      timesFp32: times('fp32'),
      timesBf16: times('bf16'),
      gflops: flops / middle / 1e9,
      gbytes: bytes / middle / 1e9,
      apart: apart(sample, torch('fp32')?.sample),
    };
  });
}

/** Arithmetic that the work needs (2 a weight and token, and attention), and bytes of weights it reads at least. */
function costs(work: Row['work'], { tokens, steps, grid }: Sizes, layers: number, weightBytes: number) {
  if (work === 'encode') {
    const perPatch = grid[1] * grid[2];
    const patches = grid[0] * perPatch;
    const flops =
      2 * patches * visionBlock * layers + 4 * patches * perPatch * 1280 * layers + (patches / 2) * merger;
    return { flops, bytes: (visionBlock * layers + merger) * weightBytes, tokens: patches / 4 };
  }
  if (work === 'prefill') {
    const flops = layers * (2 * tokens * decoderLayer + 2 * tokens * tokens * 1536);
    return { flops, bytes: layers * decoderLayer * weightBytes, tokens };
  }
  const flops = layers * steps * (2 * decoderLayer + 4 * tokens * 1536);
  return {
    flops,
    bytes: layers * steps * (decoderLayer * weightBytes + tokens * 2 * 256 * 4),
    tokens: steps,
  };
}

function apart(sample: readonly number[], expected: readonly number[] | undefined): number | undefined {
  if (!expected) return undefined;
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...sample.map((value, i) => Math.abs(value - expected[i]))) / largest;
}

const titles = {
  prefill: ({ tokens }: Sizes) => `prefill of ${tokens} tokens`,
  decode: ({ tokens, steps }: Sizes) => `decode of ${steps} tokens after ${tokens}`,
  encode: ({ grid }: Sizes) => `vision: ${grid[0]} temporal patches of ${grid[1]} x ${grid[2]}`,
};

/** The table as text (it is Markdown as well). */
export function table({
  provider,
  torch,
  attention,
  layers,
  threads,
  rounds,
  sizes,
  peak,
  rows,
}: Result): string {
  const peaks = `${peak.gflops.toFixed(0)} GFLOP/s (fp32 product), ${peak.gbytes.toFixed(1)} GB/s (reading)`;
  const lines = [
    `The 2B model's shapes, ${layers} decoder layers and ${layers} vision blocks, ${threads} threads, medians of ${rounds}`,
    `rounds in turn. Longview on ${provider}; ${torch}, attention: ${attention}. Measured peak: ${peaks}.`,
    '',
    '| work | side | s (fastest–slowest) | tokens/s | × PyTorch fp32 | × bf16 | share of peak | off by |',
    '|---|---|---|---|---|---|---|---|',
  ];
  for (const row of rows) {
    const share =
      row.work === 'decode'
        ? `${percent(row.gbytes / peak.gbytes)} of bandwidth`
        : `${percent(row.gflops / peak.gflops)} of FLOP/s`;
    const cells = [
      titles[row.work](sizes),
      row.side,
      `${row.seconds.toFixed(3)} (${row.fastest.toFixed(3)}–${row.slowest.toFixed(3)})`,
      row.tokensPerSecond.toFixed(1),
      row.timesFp32?.toFixed(2) ?? '',
      row.timesBf16?.toFixed(2) ?? '',
      share,
      row.apart?.toExponential(0) ?? '',
    ];
    lines.push(`| ${cells.join(' | ')} |`);
  }
  return `${lines.join('\n')}\n`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
