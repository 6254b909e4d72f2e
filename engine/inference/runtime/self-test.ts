import { Tensor } from '../../onnxruntime/index.ts';
import { z } from 'zod';
import { attentionGraphBase64, productsGraphBase64 } from './self-test-graphs.ts';
import type { ProviderName } from './provider-names.ts';
import { GraphSession, type Tensors } from './session.ts';

/** What a provider's self-test found. */
export const selfTestSchema = z.strictObject({
  /** Largest absolute difference to the CPU provider's numbers. */
  worst: z.number(),
  /** The most tokens that may be read at once, where its kernels for more give wrong numbers. */
  mostTokens: z.int().positive().optional(),
  /** How many times as fast as the CPU provider it multiplies matrices. */
  speedup: z.number(),
});

/** Parsed {@link selfTestSchema}. */
export type SelfTest = z.infer<typeof selfTestSchema>;

/** Differences that fp32 arithmetic in another order makes are well below this; wrong results are well above. */
export const selfTestTolerance = 1e-3;

/** WebGPU's attention takes another kernel from 32 tokens on, one that is wrong where subgroups are small. */
const fewTokens = 16;

/**
 * Runs a tiny attention layer (a prefill of 80 tokens, then one step on its cache) and a row of matrix products on a
 * provider and on the CPU, and compares. Where the prefill in one piece is wrong, it is tried in pieces of 16 tokens.
 * @throws ProviderFailure when the provider can't; TooSlow for a software adapter, unless `patient`.
 */
export async function selfTest(provider: ProviderName, { patient = false } = {}): Promise<SelfTest> {
  // A software adapter needs seconds for what a GPU does in a millisecond: it is told apart on few rows first.
  const onFew = (await multiply('cpu', 8)) / (await multiply(provider, 8));
  if (onFew < 0.02 && !patient) throw new TooSlow(onFew);
  const speedup = async () =>
    onFew < 0.02 ? onFew : (await multiply('cpu', 256)) / (await multiply(provider, 256));
  const expected = await attend('cpu', promptTokens);
  const worst = difference(await attend(provider, promptTokens), expected);
  if (worst <= selfTestTolerance) return { worst, speedup: await speedup() };
  const inPieces = difference(await attend(provider, fewTokens), expected);
  if (inPieces > selfTestTolerance) return { worst, speedup: await speedup() };
  return { worst: inPieces, mostTokens: fewTokens, speedup: await speedup() };
}

/** A provider works, but slower than any GPU: a software adapter. */
class TooSlow extends Error {
  constructor(speedup: number) {
    super(`${speedup.toPrecision(2)} times the speed of the CPU (a software adapter)`);
  }
}

const promptTokens = 80;

/** Compares the last pieces' outputs, which both ways of reading have. */
function difference(actual: readonly number[], expected: readonly number[]): number {
  let worst = 0;
  const skipped = expected.length - actual.length;
  for (const [i, value] of actual.entries()) {
    const apart = Math.abs(value - expected[skipped + i]);
    if (!(apart <= worst)) worst = Number.isNaN(apart) ? Infinity : apart;
  }
  return worst;
}

/** Opens a graph for as long as `use` takes. (Node 22 has no `await using` yet.) */
async function withGraph<T>(
  base64: string,
  provider: ProviderName,
  use: (session: GraphSession) => Promise<T>,
): Promise<T> {
  const session = await GraphSession.open(Buffer.from(base64, 'base64'), { provider });
  try {
    return await use(session);
  } finally {
    await session[Symbol.asyncDispose]();
  }
}

function attend(provider: ProviderName, most: number): Promise<number[]> {
  return withGraph(attentionGraphBase64, provider, (session) => prefillAndStep(session, most));
}

/** @returns the outputs of the prefill's last piece and of one step after it. */
async function prefillAndStep(session: GraphSession, most: number): Promise<number[]> {
  const weights: Tensors = {
    project: wave([128, 256], 0.1),
    out: wave([128, 128], 0.13),
    scale: wave([128], 1),
  };
  let past: Tensors = { 'past.key': wave([1, 2, 0, 32], 0), 'past.value': wave([1, 2, 0, 32], 0) };
  const numbers: number[] = [];
  for (let at = 0; at <= promptTokens; at += most) {
    const tokens = at === promptTokens ? 1 : most;
    const run = await session.run({ ...weights, ...past, ...step(tokens, at) });
    past = { 'past.key': run['present.key'], 'past.value': run['present.value'] };
    if (at + most < promptTokens) continue;
    // The attention that looks both ways sees one piece only, so it can't be compared when there are several.
    if (at === 0) numbers.push(...numbersOf(run['both-ways']));
    numbers.push(...numbersOf(run.y));
  }
  return numbers;
}

function numbersOf(tensor: Tensor | undefined): Iterable<number> {
  return (tensor as Tensor).data as Float32Array;
}

function step(tokens: number, past: number): Tensors {
  const total = past + tokens;
  // Rows are the same however the prompt is cut.
  const rows = (width: number, scale: number, phase: number) =>
    new Tensor('float32', wave([total, width], scale, phase).data.slice(past * width) as Float32Array, [
      tokens,
      width,
    ]);
  const x = rows(128, 1, 0);
  return {
    x: new Tensor('float32', x.data, [1, tokens, 128]),
    cos: rows(16, 0.7, 1),
    sin: rows(16, 0.7, 2),
    last: new Tensor('int32', [total - 1], [1]),
    total: new Tensor('int32', [total], [1]),
  };
}

/** Milliseconds of eight products of [rows, 512] with [512, 512]. */
function multiply(provider: ProviderName, rows: number): Promise<number> {
  return withGraph(productsGraphBase64, provider, async (session) => {
    const feeds = { x: wave([rows, 512], 1), matrix: wave([512, 512], 0.06) };
    // The first run compiles shaders.
    await session.run(feeds);
    const start = performance.now();
    await session.run(feeds);
    return performance.now() - start;
  });
}

/** A tensor of varied, reproducible numbers. */
function wave(dims: readonly number[], scale: number, phase = 0): Tensor {
  const count = dims.reduce((product, size) => product * size, 1);
  const data = Float32Array.from({ length: count }, (_, i) => scale * Math.sin(phase + i * 0.618 + (i % 7)));
  return new Tensor('float32', data, dims);
}
