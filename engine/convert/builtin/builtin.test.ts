import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InferenceSession, Tensor } from '../../../engine/onnxruntime/index.ts';
import type { WeightSource } from '../weights/source.ts';
import { memorySource } from '../weights/source.ts';
import type { BranchConfig, HeadConfig } from './head.ts';
import { buildHeadGraph } from './head.ts';
import { trunkChannels, type TrunkBlock } from './trunk.ts';
import { cocoLabels } from './labels.ts';
import { buildTextGraph } from './text.ts';

const block: TrunkBlock = {
  inputs: 6,
  inner: 8,
  kernel: 3,
  stride: 2,
  outputs: 5,
  squeeze: 0,
  activation: 'hswish',
};
const headConfig: HeadConfig = {
  channels: 6,
  rows: 3,
  columns: 4,
  trunk: {
    middle: [block, { ...block, inputs: 5, kernel: 5, stride: 1, squeeze: 3 }],
    upper: [{ ...block, inputs: 5, kernel: 5, outputs: 7 }],
    last: 9,
  },
  branches: [
    { size: 8, heads: 2, inner: 12, blocks: 1 },
    { size: 6, heads: 3, inner: 10, blocks: 2 },
  ],
  embeddingSize: 5,
  tokens: 2,
  visualSize: 7,
  hiddenSize: 4,
};

const textConfig = {
  hiddenSize: 16,
  intermediateSize: 24,
  layers: 2,
  heads: 2,
  kvHeads: 1,
  headDim: 8,
  vocabSize: 20,
  rmsNormEps: 1e-6,
  tied: true,
};

/** Numbers between -1 and 1 that look random and are always the same. */
function numbers(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin((i + 1) * 12.9898 + seed * 78.233));
}

function source(shapes: Record<string, number[]>, given: Record<string, Float32Array> = {}): WeightSource {
  const tensors = Object.entries(shapes).map(([name, shape], seed) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return [name, { shape, data: given[name] ?? numbers(count, seed) }] as const;
  });
  return memorySource(Object.fromEntries(tensors));
}

function linearShapes(name: string, inputs: number, outputs: number): Record<string, number[]> {
  return { [`${name}.weight`]: [outputs, inputs], [`${name}.bias`]: [outputs] };
}

/** Several tables of shapes as one. */
function together(tables: Record<string, number[]>[]): Record<string, number[]> {
  return Object.fromEntries(tables.flatMap((table) => Object.entries(table)));
}

/** Shapes of a branch's tensors, with its prefix. */
function branchShapes(
  { size, heads, inner, blocks }: BranchConfig,
  prefix: string,
): Record<string, number[]> {
  const { rows, columns, trunk, embeddingSize } = headConfig;
  const width = trunkChannels(trunk);
  const layers = Array.from({ length: blocks }, (_, block) => `blocks.${block}`);
  const norms = ['norm', ...layers.flatMap((layer) => [`${layer}.norm1`, `${layer}.norm2`])].map((name) => ({
    [`${name}.weight`]: [size],
    [`${name}.bias`]: [size],
  }));
  const shapes = {
    mean: [width],
    scale: [width],
    place: [rows * columns, size],
    query: [heads, size / heads],
    ...together(norms),
    ...linearShapes('input', width, size),
    ...together(
      layers.map((layer) => ({
        ...linearShapes(`${layer}.qkv`, size, 3 * size),
        ...linearShapes(`${layer}.out`, size, size),
        ...linearShapes(`${layer}.up`, size, inner),
        ...linearShapes(`${layer}.down`, inner, size),
      })),
    ),
    ...linearShapes('key', size, size),
    ...linearShapes('value', size, size),
    ...linearShapes('project', size, embeddingSize),
  };
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [`${prefix}${name}`, shape]));
}

function convolutionShapes(name: string, inputs: number, outputs: number, kernel = 1) {
  return { [`${name}.weight`]: [outputs, inputs, kernel, kernel], [`${name}.bias`]: [outputs] };
}

function trunkShapes(): Record<string, number[]> {
  const { middle, upper, last } = headConfig.trunk;
  const blocks = (part: string, list: readonly TrunkBlock[]) =>
    list.map(({ inputs, inner, kernel, outputs, squeeze }, k) => ({
      ...convolutionShapes(`trunk.${part}.${k}.expand`, inputs, inner),
      ...convolutionShapes(`trunk.${part}.${k}.depthwise`, 1, inner, kernel),
      ...(squeeze > 0 ? convolutionShapes(`trunk.${part}.${k}.squeeze`, inner, squeeze) : {}),
      ...(squeeze > 0 ? convolutionShapes(`trunk.${part}.${k}.excite`, squeeze, inner) : {}),
      ...convolutionShapes(`trunk.${part}.${k}.project`, inner, outputs),
    }));
  return together([
    ...blocks('middle', middle),
    ...blocks('upper', upper),
    convolutionShapes('trunk.last', 7, last),
  ]);
}

/** Every cell counts in every view. */
const sameViews = new Float32Array((1 + headConfig.tokens) * headConfig.rows * headConfig.columns);

/** views: per view (the whole first), the logarithm of how much each cell counts. */
function headWeights(views: Float32Array = sameViews): WeightSource {
  const { branches, embeddingSize, tokens, visualSize, hiddenSize, rows, columns } = headConfig;
  const seen = branches[0].size + embeddingSize;
  const shapes = {
    ...trunkShapes(),
    ...together(branches.map((branch, k) => branchShapes(branch, `branches.${k}.`))),
    ...linearShapes('visual_up', seen, visualSize),
    ...linearShapes('visual_down', visualSize, hiddenSize),
    ...linearShapes('visual_skip', seen, hiddenSize),
    'whole_up.weight': [visualSize, seen],
    'whole_skip.weight': [hiddenSize, seen],
    visual_place: [tokens, hiddenSize],
    views: [1 + tokens, rows * columns],
  };
  return source(shapes, { views, visual_place: new Float32Array(tokens * hiddenSize) });
}

function textWeights(): WeightSource {
  const { hiddenSize, intermediateSize, heads, kvHeads, headDim, vocabSize } = textConfig;
  const layers = [0, 1].map((layer) => {
    const prefix = `model.layers.${layer}`;
    return {
      [`${prefix}.input_layernorm.weight`]: [hiddenSize],
      [`${prefix}.post_attention_layernorm.weight`]: [hiddenSize],
      ...linearShapes(`${prefix}.self_attn.q_proj`, hiddenSize, heads * headDim),
      ...linearShapes(`${prefix}.self_attn.k_proj`, hiddenSize, kvHeads * headDim),
      ...linearShapes(`${prefix}.self_attn.v_proj`, hiddenSize, kvHeads * headDim),
      [`${prefix}.self_attn.o_proj.weight`]: [hiddenSize, heads * headDim],
      [`${prefix}.mlp.gate_proj.weight`]: [intermediateSize, hiddenSize],
      [`${prefix}.mlp.up_proj.weight`]: [intermediateSize, hiddenSize],
      [`${prefix}.mlp.down_proj.weight`]: [hiddenSize, intermediateSize],
    };
  });
  return source({
    'model.embed_tokens.weight': [vocabSize, hiddenSize],
    'model.norm.weight': [hiddenSize],
    'projection.weight': [6, hiddenSize],
    ...together(layers),
  });
}

async function look(session: InferenceSession, frames: Float32Array, patches: number) {
  const { channels, rows, columns } = headConfig;
  const features = new Tensor('float32', frames, [patches, 2, channels, 4 * rows, 4 * columns]);
  const { tokens, embedding } = await session.run({ features });
  return { tokens, embedding, vector: embedding.data as Float32Array };
}

/** One frame's features; what each channel averages to depends on the seed. */
function frame(seed: number): Float32Array {
  return numbers(frameSize, seed).map((value, i) => value + 2 * Math.sin(Math.floor(i / 192) * seed));
}

const frameSize = headConfig.channels * 16 * headConfig.rows * headConfig.columns;

test('the head gives a unit embedding and the promised tokens for each patch', async () => {
  const bytes = await buildHeadGraph(headConfig, headWeights(), { precision: 'fp32' }).encode();
  const session = await InferenceSession.create(bytes);
  const { tokens, embedding, vector } = await look(session, numbers(3 * 2 * frameSize, 1), 3);
  assert.deepEqual(tokens.dims, [3, 2, 4]);
  assert.deepEqual(embedding.dims, [3, 5]);
  for (let patch = 0; patch < 3; patch++) {
    const length = Math.hypot(...vector.subarray(patch * 5, patch * 5 + 5));
    assert.ok(Math.abs(length - 1) < 1e-5, `length ${length}`);
  }
  await session.release();
});

test('a region’s token is made of its cells, and of the whole frame', async () => {
  const features = numbers(2 * frameSize, 6);
  const tokensOf = async (views: Float32Array<ArrayBuffer>) => {
    const session = await InferenceSession.create(
      await buildHeadGraph(headConfig, headWeights(views), { precision: 'fp32' }).encode(),
    );
    const { tokens, vector } = await look(session, features, 1);
    await session.release();
    const [first, second] = [0, 4].map((at) => (tokens.data as Float32Array).slice(at, at + 4));
    return { first, second, vector };
  };
  const same = await tokensOf(sameViews);
  assert.deepEqual(same.first, same.second);
  const cells = headConfig.rows * headConfig.columns;
  const halves = sameViews.map((_, i) => {
    const [view, cell] = [Math.floor(i / cells), i % cells];
    return view === 0 || cell < cells / 2 === (view === 1) ? 0 : -20;
  });
  const apart = await tokensOf(halves);
  assert.ok(Math.hypot(...apart.first.map((value, i) => value - apart.second[i])) > 1e-3);
  assert.deepEqual(apart.vector, same.vector, 'the patch’s embedding is of the whole frame');
});

test('the head looks at patches one by one: a batch gives what single patches give', async () => {
  const bytes = await buildHeadGraph(headConfig, headWeights(), { precision: 'fp32' }).encode();
  const session = await InferenceSession.create(bytes);
  const frames = numbers(2 * 2 * frameSize, 2);
  const both = await look(session, frames, 2);
  const second = await look(session, frames.slice(2 * frameSize), 1);
  for (let i = 0; i < 5; i++) assert.ok(Math.abs(both.vector[5 + i] - second.vector[i]) < 1e-5);
  await session.release();
});

test('the head averages a patch’s two frames, so their order makes no difference, and their content does', async () => {
  const bytes = await buildHeadGraph(headConfig, headWeights(), { precision: 'fp32' }).encode();
  const session = await InferenceSession.create(bytes);
  const [first, second, other] = [3, 4, 5].map(frame) as [Float32Array, Float32Array, Float32Array];
  const embed = async (a: Float32Array, b: Float32Array) =>
    (await look(session, Float32Array.from([...a, ...b]), 1)).vector;
  const distance = (a: Float32Array, b: Float32Array) => Math.hypot(...a.map((value, i) => value - b[i]));
  const forward = await embed(first, second);
  assert.ok(distance(forward, await embed(second, first)) < 1e-5);
  assert.ok(distance(forward, await embed(first, other)) > 1e-3);
  await session.release();
});

test('what is small is not lost in its surroundings: the same change in one place, and spread out, look different', async () => {
  const bytes = await buildHeadGraph(headConfig, headWeights(), { precision: 'fp32' }).encode();
  const session = await InferenceSession.create(bytes);
  const flat = new Float32Array(2 * frameSize).fill(0.5);
  const peaked = flat.map((value, i) => (i % 192 === 85 ? value + 8 : value));
  const spread = flat.map((value, i) => (i % 192 >= 84 && i % 192 < 92 ? value + 1 : value));
  const [a, b] = [(await look(session, peaked, 1)).vector, (await look(session, spread, 1)).vector];
  assert.ok(Math.hypot(...a.map((value, i) => value - b[i])) > 1e-4);
  await session.release();
});

test('half precision and whole bytes keep what the head sees', async () => {
  const vectors: Float32Array[] = [];
  for (const precision of ['fp32', 'int8'] as const) {
    const session = await InferenceSession.create(
      await buildHeadGraph(headConfig, headWeights(), { precision }).encode(),
    );
    vectors.push((await look(session, numbers(2 * frameSize, 1), 1)).vector);
    await session.release();
  }
  const cosine = vectors[0].reduce((sum, value, i) => sum + value * vectors[1][i], 0);
  assert.ok(cosine > 0.99, `cosine ${cosine}`);
});

test('the text tower reads at its last token: words before it matter, and vectors are unit length', async () => {
  const bytes = await buildTextGraph(textConfig, 6, textWeights(), { precision: 'fp32' }).encode();
  const session = await InferenceSession.create(bytes);
  const embed = async (ids: number[]) => {
    const angles = Float32Array.from({ length: ids.length * 8 }, (_, i) => Math.floor(i / 8) / ((i % 4) + 1));
    const result = await session.run({
      input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
      cos: new Tensor('float32', angles.map(Math.cos), [ids.length, 8]),
      sin: new Tensor('float32', angles.map(Math.sin), [ids.length, 8]),
    });
    assert.deepEqual(result.embedding.dims, [1, 6]);
    return result.embedding.data as Float32Array;
  };
  const [short, long, same] = [await embed([7]), await embed([3, 9, 7]), await embed([3, 9, 7])];
  assert.ok(Math.abs(Math.hypot(...long) - 1) < 1e-5);
  assert.deepEqual(long, same);
  assert.ok(Math.hypot(...long.map((value, i) => value - short[i])) > 1e-3);
  await session.release();
});

test('the detector has 80 class names, each once', () => {
  assert.equal(new Set(cocoLabels).size, 80);
  assert.equal(cocoLabels.length, 80);
});
