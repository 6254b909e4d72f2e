import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ort from '../../onnxruntime/index.ts';
import { rotaryTables, type PositionIds } from '../../hope/index.ts';
import { fixtureCases, fixtureDecoder, fixturePrompt, fixtureWeights } from '../testing/fixture.ts';
import { largestDifference, runDecoder, type Prompt } from '../testing/run-decoder.ts';
import { memorySource } from '../weights/source.ts';
import { buildDecoderGraph } from './decoder.ts';

const { headDim } = fixtureDecoder;
const part = headDim / 2;
const pairs = part / 2;
const { embeddings } = fixturePrompt(fixtureCases[0]);
const tokens = embeddings.length / fixtureDecoder.hiddenSize;

/** Positions that differ by token and by axis. */
const ids: PositionIds = {
  t: Float64Array.from({ length: tokens }, (_, i) => i),
  h: Float64Array.from({ length: tokens }, (_, i) => 0.5 * i + 1),
  w: Float64Array.from({ length: tokens }, (_, i) => 2 * i - 3),
};

/**
 * Queries' and keys' channels in another order, the same in both, which changes no score: those that turn in pairs
 * (i, i + part / 2) of a head's first half lie where a whole head has its pairs (i, i + headDim / 2).
 */
function reordered(): typeof fixtureWeights {
  const from = Array.from({ length: headDim }, (_, to) => {
    const [half, i] = [Math.floor(to / (headDim / 2)), to % (headDim / 2)];
    return i < pairs ? half * pairs + i : part + half * pairs + (i - pairs);
  });
  const changed = Object.entries(fixtureWeights).map(([name, tensor]) => {
    if (!/\.[qk]_proj\./u.test(name)) return [name, tensor] as const;
    const width = tensor.shape.length === 1 ? 1 : tensor.shape[1];
    const data = new Float32Array(tensor.data.length);
    for (let row = 0; row < tensor.shape[0]; row++) {
      const source = Math.floor(row / headDim) * headDim + from[row % headDim];
      data.set(tensor.data.subarray(source * width, (source + 1) * width), row * width);
    }
    return [name, { ...tensor, data }] as const;
  });
  return Object.fromEntries(changed);
}

async function logitsOf(
  weights: typeof fixtureWeights,
  prompt: Prompt,
  rotaryDim?: number,
): Promise<Float32Array> {
  const config = { ...fixtureDecoder, ...(rotaryDim === undefined ? {} : { rotaryDim }) };
  const graph = buildDecoderGraph(config, memorySource(weights), { precision: 'fp32' });
  const session = await ort.InferenceSession.create(await graph.encode());
  try {
    return await runDecoder(session, config, prompt);
  } finally {
    await session.release();
  }
}

test('the first half of a head turns and the rest passes untouched', async () => {
  const small = rotaryTables(ids, {
    ...{ variant: 'm-rope', headDim, rotaryFraction: 0.5, sections: [1, 1, 2], theta: 10_000 },
  });
  const partly = await logitsOf(fixtureWeights, { embeddings, ...small }, part);
  // The same as a whole head whose other pairs turn by nothing.
  const cos = new Float32Array(tokens * headDim).fill(1);
  const sin = new Float32Array(tokens * headDim);
  for (let token = 0; token < tokens; token++)
    for (let i = 0; i < pairs; i++)
      for (const half of [0, headDim / 2]) {
        cos[token * headDim + half + i] = small.cos[token * part + i];
        sin[token * headDim + half + i] = small.sin[token * part + i];
      }
  const whole = await logitsOf(reordered(), { embeddings, cos, sin });
  assert.ok(largestDifference(partly, whole) < 1e-4);
  const still = await logitsOf(reordered(), {
    embeddings,
    cos: new Float32Array(cos.length).fill(1),
    sin: new Float32Array(sin.length),
  });
  assert.ok(largestDifference(partly, still) > 0.01, 'turning does something');
});
