import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import * as ort from '../../../engine/onnxruntime/index.ts';
import { decoderTensors } from '../checkpoint/expected.ts';
import { fixtureDecoder } from '../testing/fixture.ts';
import { Random } from '../testing/random.ts';
import { argmaxRows, runDecoder } from '../testing/run-decoder.ts';
import type { Prompt } from '../testing/run-decoder.ts';
import type { Tensor } from '../testing/safetensors.ts';
import { memorySource } from '../weights/source.ts';
import type { DecoderConfig } from './config.ts';
import { buildDecoderGraph } from './decoder.ts';

/*
 * How often does a quantised model choose another token? Errors of independent matrices add up, and whether they change
 * the choice depends on nothing but how far the best logit is ahead of the second. A tied random model says its own input
 * again and is always sure; an untied random one is never sure (half of its positions are near-ties, as between 2,000
 * equal draws), so there a change says nothing. A trained model lies between: sure at most positions, in doubt at some.
 */

const wide = { hiddenSize: 256, intermediateSize: 512, headDim: 64, vocabSize: 1000 };

suite('a wider random model whose embeddings are tied, as the 2B model’s are', () => {
  const config = { ...fixtureDecoder, ...wide, tied: true };
  let model: Model;
  before(async () => (model = await exactModel(config, randomTensors(config, new Random(7)), 400)));

  for (const [scheme, least] of [
    ['int8 in blocks', 0.99],
    ['int8 in rows', 0.99],
    ['int4', 0.95],
  ] as const)
    test(`${scheme} keeps the argmax on ${100 * least} % of positions`, async () => {
      const kept = share(await changes(model, scheme));
      assert.ok(kept >= least, `${kept}`);
    });
});

suite('the same model with four channels of activations thirty times as large as the others', () => {
  const config = { ...fixtureDecoder, ...wide, tied: true };
  let model: Model;
  before(
    async () => (model = await exactModel(config, withOutliers(randomTensors(config, new Random(7))), 400)),
  );

  test('whole rows keep 98 % of all choices: the rotation spreads what sticks out', async () => {
    const kept = share(await changes(model, 'int8 in rows'));
    assert.ok(kept >= 0.98, `${kept}`);
  });
});

suite('a deeper untied model whose logits are spread as a trained one’s', () => {
  const config = { ...fixtureDecoder, ...wide, hiddenSize: 512, heads: 8, layers: 6, tied: false };
  let model: Model;
  before(async () => (model = await exactModel(config, trainedLike(config), 300)));

  test('is sure at many positions and in doubt at some: a 20th are near-ties, a half stand clear', () => {
    const sorted = model.margins.toSorted((a, b) => a - b);
    assert.ok(sorted[Math.floor(0.05 * sorted.length)] < 0.1);
    assert.ok(sorted[Math.floor(0.5 * sorted.length)] > 1);
  });

  for (const [precision, everywhere, clear] of [
    ['int8 in blocks', 0.98, 1],
    ['int8 in rows', 0.96, 1],
    ['int4', 0.9, 0.98],
  ] as const)
    test(`${precision} keeps ${100 * everywhere} % of all choices, and ${100 * clear} % of those that stand clear`, async () => {
      const kept = await changes(model, precision);
      assert.ok(share(kept) >= everywhere, `${share(kept)}`);
      const sure = kept.filter((_, token) => model.margins[token] > 1);
      assert.ok(share(sure) >= clear, `${share(sure)}`);
    });
});

const schemes = {
  fp32: { precision: 'fp32' },
  'int8 in blocks': { precision: 'int8', eightBits: 'blocks' },
  'int8 in rows': { precision: 'int8', eightBits: 'rows' },
  int4: { precision: 'int4' },
} as const;

type Scheme = keyof typeof schemes;

interface Model {
  config: DecoderConfig;
  tensors: Record<string, Tensor>;
  prompt: Prompt;
  argmax: number[];
  /** How far each position's best logit is ahead of the second, in standard deviations of its logits. */
  margins: number[];
}

async function exactModel(
  config: DecoderConfig,
  tensors: Record<string, Tensor>,
  tokens: number,
): Promise<Model> {
  const prompt = randomPrompt(config, tensors, tokens);
  const logits = await run(config, tensors, prompt, 'fp32');
  const rows = Array.from({ length: tokens }, (_, token) =>
    logits.subarray(token * config.vocabSize, (token + 1) * config.vocabSize),
  );
  return { config, tensors, prompt, argmax: argmaxRows(logits, config.vocabSize), margins: rows.map(margin) };
}

/** Whether each position's choice is the same in another precision. */
async function changes({ config, tensors, prompt, argmax }: Model, scheme: Scheme) {
  const logits = await run(config, tensors, prompt, scheme);
  return argmaxRows(logits, config.vocabSize).map((row, token) => row === argmax[token]);
}

function share(kept: readonly boolean[]): number {
  return kept.filter(Boolean).length / kept.length;
}

function margin(logits: Float32Array): number {
  const [second, best] = logits.toSorted().slice(-2);
  const mean = logits.reduce((sum, value) => sum + value, 0) / logits.length;
  return (
    (best - second) / Math.sqrt(logits.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logits.length)
  );
}

async function run(
  config: DecoderConfig,
  tensors: Record<string, Tensor>,
  prompt: Prompt,
  scheme: Scheme,
): Promise<Float32Array> {
  const planned = buildDecoderGraph(config, memorySource(tensors), schemes[scheme]);
  const session = await ort.InferenceSession.create(await planned.encode());
  const logits = await runDecoder(session, config, prompt);
  await session.release();
  return logits;
}

/** Weights as transformers initialises them. */
function randomTensors(config: DecoderConfig, random: Random): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const [name, shape] of decoderTensors(config)) {
    const count = shape.reduce((product, size) => product * size, 1);
    const data = name.includes('norm') ? new Float32Array(count).fill(1) : random.normal(count, 0.02);
    tensors[name] = { shape, data };
  }
  return tensors;
}

/** Norms that make some channels large, and matrices that read them as if they weren't: the model is the same. */
function withOutliers(tensors: Record<string, Tensor>): Record<string, Tensor> {
  const channels = [3, 77, 130, 201];
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    if (name.includes('layernorm')) for (const channel of channels) data[channel] *= 30;
    if (!/(?:q|k|v|gate|up)_proj\.weight/u.test(name)) continue;
    for (let row = 0; row < shape[0]; row++)
      for (const channel of channels) data[row * shape[1] + channel] /= 30;
  }
  return tensors;
}

/**
 * Random layers around something to say: each token has a successor, its row of the output matrix points where the
 * token's embedding does, and embeddings have lengths that differ by a factor of up to 7, so that some outweigh what
 * the layers add and others don't. Matrices that write to the residual stream are small as in GPT-2's initialisation.
 */
function trainedLike(config: DecoderConfig): Record<string, Tensor> {
  const random = new Random(7);
  const tensors = randomTensors(config, random);
  for (const [name, { data }] of Object.entries(tensors)) {
    if (!/o_proj|down_proj/u.test(name)) continue;
    data.forEach((value, i) => (data[i] = value / Math.sqrt(2 * config.layers)));
  }
  const { hiddenSize, vocabSize } = config;
  const embeddings = tensors['model.embed_tokens.weight'].data;
  const head = tensors['lm_head.weight'].data;
  for (let token = 0; token < vocabSize; token++) {
    const successor = (token * 7 + 3) % vocabSize;
    const length = 0.4 * Math.exp(2 * random.uniform());
    for (let d = 0; d < hiddenSize; d++) {
      head[successor * hiddenSize + d] = embeddings[token * hiddenSize + d];
      embeddings[token * hiddenSize + d] *= length;
    }
  }
  return tensors;
}

function randomPrompt(config: DecoderConfig, tensors: Record<string, Tensor>, tokens: number): Prompt {
  const { hiddenSize, headDim, vocabSize } = config;
  const random = new Random(9);
  const table = tensors['model.embed_tokens.weight'].data;
  const embeddings = new Float32Array(tokens * hiddenSize);
  for (let token = 0; token < tokens; token++) {
    const row = Math.floor(random.uniform() * vocabSize) * hiddenSize;
    embeddings.set(table.subarray(row, row + hiddenSize), token * hiddenSize);
  }
  const angles = Float32Array.from(
    { length: tokens * headDim },
    (_, i) => Math.floor(i / headDim) * 10_000 ** (-(i % (headDim / 2)) / (headDim / 2)),
  );
  return { embeddings, cos: angles.map(Math.cos), sin: angles.map(Math.sin) };
}
