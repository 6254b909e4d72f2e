import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import * as ort from '../../../engine/onnxruntime/index.ts';
import { fixtureCases, fixtureDecoder, fixturePrompt, fixtureWeights, recorded } from '../testing/fixture.ts';
import { largestDifference, runDecoder } from '../testing/run-decoder.ts';
import { memorySource } from '../weights/source.ts';
import { buildDecoderGraph } from './decoder.ts';

const { hiddenSize, headDim, kvHeads, layers, vocabSize } = fixtureDecoder;
const weights = memorySource(fixtureWeights);

suite('the decoder at fp32', () => {
  let session: ort.InferenceSession;
  before(async () => {
    const planned = buildDecoderGraph(fixtureDecoder, weights, { precision: 'fp32' });
    session = await ort.InferenceSession.create(await planned.encode());
  });
  after(() => session.release());

  test('its inputs and outputs are called as the runtime knows them', () => {
    const cache = (prefix: string) =>
      [0, 1].flatMap((layer) => ['key', 'value'].map((part) => `${prefix}.${layer}.${part}`));
    assert.deepEqual(
      [...session.inputNames].sort(),
      ['inputs_embeds', 'cos', 'sin', 'last', ...cache('past')].sort(),
    );
    assert.deepEqual([...session.outputNames].sort(), ['logits', 'hidden', ...cache('present')].sort());
  });

  for (const one of fixtureCases)
    test(`${one.name}: logits are those of the authors' code, in one piece and in chunks of 5`, async () => {
      const prompt = fixturePrompt(one);
      const expected = recorded(`${one.name}.logits`);
      const whole = await runDecoder(session, fixtureDecoder, prompt);
      const chunked = await runDecoder(session, fixtureDecoder, prompt, 5);
      assert.ok(largestDifference(whole, expected) < 1e-4);
      assert.ok(largestDifference(chunked, expected) < 1e-4);
    });

  test('`last` says how many positions have logits: none, some, or all that there are', async () => {
    const prompt = fixturePrompt(fixtureCases[0]);
    const rows = 3;
    for (const [last, expected] of [
      [0, 0],
      [2, 2],
      [9, 3],
    ] as const) {
      const { logits, hidden } = await session.run({
        ...emptyPast(0),
        inputs_embeds: tensor(prompt.embeddings.subarray(0, rows * hiddenSize), [1, rows, hiddenSize]),
        cos: tensor(prompt.cos.subarray(0, rows * headDim), [rows, headDim]),
        sin: tensor(prompt.sin.subarray(0, rows * headDim), [rows, headDim]),
        last: new ort.Tensor('int64', BigInt64Array.of(BigInt(last)), [1]),
      });
      assert.deepEqual(logits?.dims, [1, expected, vocabSize]);
      assert.deepEqual(hidden?.dims, [1, expected, hiddenSize]);
    }
  });
});

test('a shared cache is written in place and gives the same logits', async () => {
  const planned = buildDecoderGraph(fixtureDecoder, weights, { precision: 'fp32', cache: 'shared' });
  const session = await ort.InferenceSession.create(await planned.encode());
  const one = fixtureCases.find(({ name }) => name === 'video.hope.0.75') as (typeof fixtureCases)[0];
  const prompt = fixturePrompt(one);
  const cache = emptyPast(64);
  const present = Object.fromEntries(
    Object.entries(cache).map(([name, buffer]) => [name.replace('past', 'present'), buffer]),
  );
  const logits = new Float32Array(one.tokens * vocabSize);
  for (let start = 0; start < one.tokens; start += 7) {
    const rows = Math.min(7, one.tokens - start);
    const part = (data: Float32Array, width: number) => data.subarray(start * width, (start + rows) * width);
    const outputs = await session.run(
      {
        ...cache,
        past_length: new ort.Tensor('int64', BigInt64Array.of(BigInt(start)), [1]),
        inputs_embeds: tensor(part(prompt.embeddings, hiddenSize), [1, rows, hiddenSize]),
        cos: tensor(part(prompt.cos, headDim), [rows, headDim]),
        sin: tensor(part(prompt.sin, headDim), [rows, headDim]),
        last: new ort.Tensor('int64', BigInt64Array.of(BigInt(rows)), [1]),
      },
      { logits: null, hidden: null, ...present } as unknown as ort.InferenceSession.FetchesType,
    );
    logits.set(outputs['logits']?.data as Float32Array, start * vocabSize);
  }
  assert.ok(largestDifference(logits, recorded(`${one.name}.logits`)) < 1e-4);
  const keys = cache['past.1.key'];
  assert.notEqual(keys.data[(one.tokens - 1) * headDim], 0);
  assert.equal(keys.data[one.tokens * headDim], 0);
  await session.release();
});

test('half precision stays close to float32, whatever it computes on', async () => {
  const session = await ort.InferenceSession.create(
    await buildDecoderGraph(fixtureDecoder, weights, { precision: 'fp16' }).encode(),
  );
  const one = fixtureCases[1];
  const past = Object.fromEntries(
    Object.keys(emptyPast(0)).map((name) => [
      name,
      new ort.Tensor('float16', new Uint16Array(0), [1, kvHeads, 0, headDim]),
    ]),
  );
  const prompt = fixturePrompt(one);
  const { logits } = await session.run({
    ...past,
    inputs_embeds: tensor(prompt.embeddings, [1, one.tokens, hiddenSize]),
    cos: tensor(prompt.cos, [one.tokens, headDim]),
    sin: tensor(prompt.sin, [one.tokens, headDim]),
    last: new ort.Tensor('int64', BigInt64Array.of(BigInt(one.tokens)), [1]),
  });
  const expected = recorded(`${one.name}.logits`);
  assert.ok(largestDifference(logits?.data as Float32Array, expected) < 0.02);
  await session.release();
});

test('stored in half of its bytes it computes in float32', async () => {
  const half = await buildDecoderGraph(fixtureDecoder, weights, {
    precision: 'fp32',
    halfStored: true,
  }).encode();
  const whole = await buildDecoderGraph(fixtureDecoder, weights, { precision: 'fp32' }).encode();
  assert.ok(half.length < 0.6 * whole.length);
  const session = await ort.InferenceSession.create(half);
  const one = fixtureCases[1];
  const logits = await runDecoder(session, fixtureDecoder, fixturePrompt(one));
  const difference = largestDifference(logits, recorded(`${one.name}.logits`));
  assert.ok(difference > 0 && difference < 0.02, String(difference));
  await session.release();
});

function tensor(data: Float32Array, dims: number[]): ort.Tensor {
  return new ort.Tensor('float32', data, dims);
}

function emptyPast(length: number): Record<string, ort.Tensor> {
  const names = Array.from({ length: layers }, (_, layer) =>
    ['key', 'value'].map((part) => `past.${layer}.${part}`),
  ).flat();
  return Object.fromEntries(
    names.map((name) => [
      name,
      tensor(new Float32Array(kvHeads * length * headDim), [1, kvHeads, length, headDim]),
    ]),
  );
}
