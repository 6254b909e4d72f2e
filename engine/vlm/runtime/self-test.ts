import { Tensor } from 'onnxruntime-node';
import { z } from 'zod';
import { attentionGraphBase64, productsGraphBase64 } from './self-test-graphs.ts';
import type { ProviderName } from './provider-names.ts';
import { GraphSession, type Tensors } from './session.ts';

/** What a provider's self-test found. */
export const selfTestSchema = z.strictObject({
  /** Largest absolute difference to the CPU provider's numbers, prefill and one decoding step. */
  worst: z.number(),
  /** How many times as fast as the CPU provider it multiplies matrices. */
  speedup: z.number(),
});

/** Parsed {@link selfTestSchema}. */
export type SelfTest = z.infer<typeof selfTestSchema>;

/** Differences that fp32 arithmetic in another order makes are well below this; wrong results are well above. */
export const selfTestTolerance = 1e-3;

/**
 * Runs a tiny attention layer (a prefill of 12 tokens, then one step on its cache) and a row of matrix products on
 * a provider and on the CPU, and compares.
 * @throws ProviderFailure when the provider can't.
 */
export async function selfTest(provider: ProviderName): Promise<SelfTest> {
  const tested = await attend(provider);
  const expected = await attend('cpu');
  let worst = 0;
  for (const [i, value] of expected.entries()) {
    const difference = Math.abs(value - (tested[i] as number));
    worst = difference <= worst ? worst : difference;
  }
  return { worst: Number.isNaN(worst) ? Infinity : worst, speedup: await speedup(provider) };
}

/** A software adapter needs minutes for what a GPU does in a millisecond: it is told apart on few rows first. */
async function speedup(provider: ProviderName): Promise<number> {
  const onFew = (await multiply('cpu', 8)) / (await multiply(provider, 8));
  return onFew < 0.02 ? onFew : (await multiply('cpu', 256)) / (await multiply(provider, 256));
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

function attend(provider: ProviderName): Promise<number[]> {
  return withGraph(attentionGraphBase64, provider, prefillAndStep);
}

async function prefillAndStep(session: GraphSession): Promise<number[]> {
  const weights: Tensors = {
    project: wave([128, 256], 0.1),
    out: wave([128, 128], 0.13),
    scale: wave([128], 1),
  };
  const [key, value] = [wave([1, 2, 0, 32], 0), wave([1, 2, 0, 32], 0)];
  const prefill = await session.run({ ...weights, ...step(12, 0), 'past.key': key, 'past.value': value });
  const decode = await session.run({
    ...weights,
    ...step(1, 12),
    'past.key': prefill['present.key'] as Tensor,
    'past.value': prefill['present.value'] as Tensor,
  });
  return [prefill.y, decode.y].flatMap((tensor) => [...((tensor as Tensor).data as Float32Array)]);
}

function step(tokens: number, past: number): Tensors {
  const total = past + tokens;
  return {
    x: wave([1, tokens, 128], 1, past),
    cos: wave([tokens, 16], 0.7, 1),
    sin: wave([tokens, 16], 0.7, 2),
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
