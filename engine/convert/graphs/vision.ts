import { GraphBuilder } from '../onnx/graph.ts';
import { WeightPlan } from '../weights/plan.ts';
import type { WeightSource } from '../weights/source.ts';
import { floatBytes } from '../weights/tensors.ts';
import type { GraphOptions, VisionConfig } from './config.ts';
import type { GraphContext } from './layers.ts';
import { activationType, cast, contrib, linear, vector } from './layers.ts';
import { PlannedGraph } from './planned.ts';
import type { RotaryTables } from './rotary.ts';
import { rotaryInputs } from './rotary.ts';
import { deepstackMerger, visionNames, type MergerNames } from './vision-layout.ts';

/** These encoders fix it in code, not in the config. */
const epsilon = { float: 1e-6 };

/**
 * Builds the vision encoder of Qwen2-VL, Qwen2.5-VL or Qwen3-VL for temporal patches of one size: attention stays within
 * each temporal patch, so patches are a batch, and a video's patches may come in any number of pieces with the same result.
 *
 * Inputs: `pixel_values` float32 [t, patches, channels * temporalPatch * patch * patch], patches in the order of
 * Qwen2-VL's processor (2x2 groups that become one token lie together); `cos`, `sin` float32 [patches, headDim]
 * (the row's headDim/4 angles, then the column's; all twice). With windows: `window_bias` float32 [patches, patches], added
 * to the scores in the blocks that don't see the whole picture. With learned positions: `position_index` int64 and
 * `position_weight` float32, [4, patches], each patch's four neighbours on their grid.
 * Output: `image_features` float32 [t, patches / mergeSize^2, hidden], with DeepStack's features behind, hidden each.
 */
export function buildVisionGraph(
  config: VisionConfig,
  weights: WeightSource,
  options: GraphOptions,
): PlannedGraph {
  const graph = new GraphBuilder('vision');
  const plan = new WeightPlan(options.externalData);
  const { precision, eightBits } = options;
  const context: GraphContext = { graph, plan, weights, precision, eightBits };
  const patchElements = config.channels * config.temporalPatchSize * config.patchSize ** 2;
  const pixels = graph.input('pixel_values', 'float32', ['t', 'patches', patchElements]);
  const tables = rotaryInputs(context, config.embedSize / config.heads, { rows: 'patches' });
  const bias = windowBias(context, config);
  const flat = graph.node('Reshape', [pixels, graph.values('int64', [2], [-1, patchElements])]);
  const embedded = patchEmbedding(context, config, flat, patchElements);
  let residual = learnedPositions(context, config, embedded, pixels);
  let added = '';
  const features: string[] = [];
  for (let block = 0; block < config.depth; block++) {
    const prefix = `visual.blocks.${block}`;
    const before = addNorm(context, config, added, residual, `${prefix}.norm1`);
    const seen = config.windows?.fullBlocks.includes(block) ? undefined : bias;
    const attended = attention(context, config, { x: before.normed, pixels, tables, prefix, bias: seen });
    const after = addNorm(context, config, attended, before.sum, `${prefix}.norm2`);
    added = mlp(context, config, after.normed, prefix);
    residual = after.sum;
    const index = config.deepstackBlocks?.indexOf(block) ?? -1;
    if (index >= 0) {
      const sum = graph.node('Add', [residual, cast(context, added, 'float32')]);
      features[index] = groupMerger(context, config, sum, deepstackMerger(index));
    }
  }
  const { merger } = visionNames(config);
  const normed = addNorm(context, config, added, residual, `visual.${merger.norm}`).normed;
  const tokens = [mergerLayers(context, config, normed, merger), ...features];
  const wide = tokens.length === 1 ? tokens[0] : graph.node('Concat', tokens, { axis: -1 });
  const width = config.hiddenSize * tokens.length;
  const shape = graph.node('Concat', [batch(graph, pixels), int64s(graph, [-1, width])], { axis: 0 });
  graph.rename(graph.node('Reshape', [cast(context, wide, 'float32'), shape]), 'image_features');
  graph.output('image_features', 'float32', ['t', 'tokens', width]);
  return new PlannedGraph(graph, plan);
}

/** What is added to attention's scores, [1, 1, patches, patches] in the activations' type; undefined without windows. */
function windowBias(context: GraphContext, { windows }: VisionConfig): string | undefined {
  if (!windows) return undefined;
  const { graph } = context;
  const bias = graph.input('window_bias', 'float32', ['patches', 'patches']);
  const narrow = cast(context, bias, activationType(context.precision));
  return graph.node('Unsqueeze', [narrow, int64s(graph, [0, 1])]);
}

/**
 * The 3-D convolution whose kernel is its stride is a matrix product over each patch. It is never quantised:
 * raw pixels enter here, and it is 1/400 of the encoder.
 * @returns float32 [rows, embed]
 */
function patchEmbedding(context: GraphContext, config: VisionConfig, x: string, inputs: number): string {
  const plain: GraphContext = { ...context, precision: context.precision === 'fp16' ? 'fp16' : 'fp32' };
  const name = 'visual.patch_embed.proj';
  const biases = visionNames(config).patchBias ? { biases: [`${name}.bias`] } : {};
  const layer = { weights: [`${name}.weight`], ...biases, inputs, outputs: config.embedSize };
  return cast(plain, linear(plain, cast(plain, x, activationType(plain.precision)), layer), 'float32');
}

/** Adds the learned positions, bilinear between four of the grid's, where the encoder has them. @returns float32 [rows, embed] */
function learnedPositions(
  { graph, plan, weights }: GraphContext,
  { positionGrid, embedSize }: VisionConfig,
  embedded: string,
  pixels: string,
): string {
  if (positionGrid === undefined) return embedded;
  const name = 'visual.pos_embed.weight';
  const dims = [positionGrid ** 2, embedSize];
  const table = plan.constant(graph, name, 'float32', dims, floatBytes(weights, [name], 'float32'));
  const index = graph.input('position_index', 'int64', [4, 'patches']);
  const weight = graph.input('position_weight', 'float32', [4, 'patches']);
  const corners = graph.node('Mul', [
    graph.node('Gather', [table, index]),
    graph.node('Unsqueeze', [weight, int64s(graph, [-1])]),
  ]);
  const positions = graph.node('ReduceSum', [corners, int64s(graph, [0])], { keepdims: 0 });
  const shape = graph.node('Concat', [batch(graph, pixels), int64s(graph, [-1, embedSize])], { axis: 0 });
  const sum = graph.node('Add', [graph.node('Reshape', [embedded, shape]), positions]);
  return graph.node('Reshape', [sum, int64s(graph, [-1, embedSize])]);
}

/** The norm of the sum of two values (of one, where `added` is empty), and the sum itself, kept in float32. */
function addNorm(
  context: GraphContext,
  config: VisionConfig,
  added: string,
  residual: string,
  name: string,
): { normed: string; sum: string } {
  const { graph } = context;
  const rms = visionNames(config).norm === 'rms';
  const parts = rms ? ['weight'] : ['weight', 'bias'];
  const scaleAndBias = parts.map((part) => vector(context, [`${name}.${part}`], config.embedSize, 'float32'));
  const narrow = (value: string) => cast(context, value, activationType(context.precision));
  if (added === '') {
    const kind = rms ? 'SimplifiedLayerNormalization' : 'LayerNormalization';
    const normed = graph.node(kind, [residual, ...scaleAndBias], { axis: -1, epsilon });
    return { normed: narrow(normed), sum: residual };
  }
  const [normed, , , sum] = graph.nodes(
    rms ? 'SkipSimplifiedLayerNormalization' : 'SkipLayerNormalization',
    [residual, cast(context, added, 'float32'), ...scaleAndBias],
    [graph.fresh('normed'), '', '', graph.fresh('sum')],
    { epsilon },
    contrib,
  ) as [string, string, string, string];
  return { normed: narrow(normed), sum };
}

function attention(
  context: GraphContext,
  config: VisionConfig,
  inputs: { x: string; pixels: string; tables: RotaryTables; prefix: string; bias: string | undefined },
): string {
  const { x, pixels, tables, prefix, bias } = inputs;
  const { graph } = context;
  const { embedSize, heads } = config;
  const packed = linear(context, x, {
    weights: [`${prefix}.attn.qkv.weight`],
    biases: [`${prefix}.attn.qkv.bias`],
    inputs: embedSize,
    outputs: 3 * embedSize,
  });
  const shape = graph.node('Concat', [batch(graph, pixels), int64s(graph, [-1, 3 * embedSize])], { axis: 0 });
  const batched = graph.node('Reshape', [packed, shape]);
  const sizes = int64s(graph, [embedSize, embedSize, embedSize]);
  const [query, key, value] = graph.nodes('Split', [batched, sizes], 3, { axis: -1 }) as [
    string,
    string,
    string,
  ];
  const rotary = { interleaved: 0, num_heads: heads, rotary_embedding_dim: embedSize / heads };
  const rotate = (part: string, cos: string, sin: string) =>
    graph.node('RotaryEmbedding', [part, int64s(graph, [0]), cos, sin], rotary, contrib);
  const attended = graph.node(
    'MultiHeadAttention',
    [
      rotate(query, tables.queryCos, tables.querySin),
      rotate(key, tables.cos, tables.sin),
      value,
      ...(bias === undefined ? [] : ['', '', bias]),
    ],
    { num_heads: heads, scale: { float: (embedSize / heads) ** -0.5 / tables.queryScale } },
    contrib,
  );
  return linear(context, graph.node('Reshape', [attended, int64s(graph, [-1, embedSize])]), {
    weights: [`${prefix}.attn.proj.weight`],
    biases: [`${prefix}.attn.proj.bias`],
    inputs: embedSize,
    outputs: embedSize,
  });
}

function mlp(context: GraphContext, config: VisionConfig, x: string, prefix: string): string {
  const { graph } = context;
  const { embedSize, mlpSize } = config;
  const layer = (name: string, inputs: number, outputs: number) => ({
    weights: [`${prefix}.mlp.${name}.weight`],
    biases: [`${prefix}.mlp.${name}.bias`],
    inputs,
    outputs,
  });
  const names = visionNames(config).mlp;
  const wide = activate(context, config, linear(context, x, layer(names[0], embedSize, mlpSize)));
  if (names.length === 2) return linear(context, wide, layer(names[1], mlpSize, embedSize));
  const gated = graph.node('Mul', [wide, linear(context, x, layer(names[1], embedSize, mlpSize))]);
  return linear(context, gated, layer(names[2], mlpSize, embedSize));
}

function activate({ graph }: GraphContext, { activation }: VisionConfig, x: string): string {
  switch (activation) {
    case 'gelu':
      return graph.node('Gelu', [x], {}, contrib);
    case 'gelu-tanh':
      return graph.node('FastGelu', [x], {}, contrib);
    case 'silu':
      return graph.node('QuickGelu', [x], { alpha: { float: 1 } }, contrib);
    case 'quick-gelu':
      return graph.node('QuickGelu', [x], { alpha: { float: 1.702 } }, contrib);
  }
}

/** Normalises each group of patches as a whole and makes a token of it. @param x float32 [rows, embed] */
function groupMerger(context: GraphContext, config: VisionConfig, x: string, names: MergerNames): string {
  const { graph } = context;
  const size = config.embedSize * config.mergeSize ** 2;
  const groups = graph.node('Reshape', [x, int64s(graph, [-1, size])]);
  const scaleAndBias = ['weight', 'bias'].map((part) =>
    vector(context, [`visual.${names.norm}.${part}`], size, 'float32'),
  );
  const normed = graph.node('LayerNormalization', [groups, ...scaleAndBias], { axis: -1, epsilon });
  return mergerLayers(context, config, cast(context, normed, activationType(context.precision)), names);
}

/** Merges each group of mergeSize x mergeSize patches, which lie together, into one token of the decoder's width. */
function mergerLayers(context: GraphContext, config: VisionConfig, x: string, names: MergerNames): string {
  const { graph } = context;
  const size = config.embedSize * config.mergeSize ** 2;
  const layer = (name: string, outputs: number) => ({
    weights: [`visual.${name}.weight`],
    biases: [`visual.${name}.bias`],
    inputs: size,
    outputs,
  });
  const groups = graph.node('Reshape', [x, int64s(graph, [-1, size])]);
  const active = graph.node('Gelu', [linear(context, groups, layer(names.first, size))], {}, contrib);
  return linear(context, active, layer(names.second, config.hiddenSize));
}

function int64s(graph: GraphBuilder, values: readonly number[]): string {
  return graph.values('int64', [values.length], values);
}

/** The number of temporal patches, int64 [1]. */
function batch(graph: GraphBuilder, pixels: string): string {
  return graph.node('Shape', [pixels], { start: 0, end: 1 });
}
