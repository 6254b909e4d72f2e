import { GraphBuilder } from '../onnx/graph.ts';
import { WeightPlan } from '../weights/plan.ts';
import type { WeightSource } from '../weights/source.ts';
import type { GraphOptions, VisionConfig } from './config.ts';
import type { GraphContext } from './layers.ts';
import { activationType, cast, contrib, linear, vector } from './layers.ts';
import { PlannedGraph } from './planned.ts';
import type { RotaryTables } from './rotary.ts';
import { rotaryInputs } from './rotary.ts';

/** Qwen2-VL's vision encoder fixes it in code, not in the config. */
const epsilon = { float: 1e-6 };

/**
 * Builds the vision encoder of Qwen2-VL for temporal patches of one size: attention stays within each temporal
 * patch, so patches are a batch, and a video's patches may come in any number of pieces with the same result.
 *
 * Inputs: `pixel_values` float32 [t, patches, channels * temporalPatch * patch * patch], patches in the order of
 * Qwen2-VL's processor (2x2 groups that become one token lie together); `cos`, `sin` float32 [patches, headDim]
 * (the row's headDim/4 angles, then the column's; all twice).
 * Output: `image_features` float32 [t, patches / mergeSize^2, hidden].
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
  const tables = rotaryInputs(context, config.embedSize / config.heads, 'patches');
  const flat = graph.node('Reshape', [pixels, graph.values('int64', [2], [-1, patchElements])]);
  let residual = patchEmbedding(context, config, flat, patchElements);
  let added = '';
  for (let block = 0; block < config.depth; block++) {
    const prefix = `visual.blocks.${block}`;
    const before = addNorm(context, config, added, residual, `${prefix}.norm1`);
    const attended = attention(context, config, { x: before.normed, pixels, tables, prefix });
    const after = addNorm(context, config, attended, before.sum, `${prefix}.norm2`);
    added = mlp(context, config, after.normed, prefix);
    residual = after.sum;
  }
  const normed = addNorm(context, config, added, residual, 'visual.merger.ln_q').normed;
  const merged = merger(context, config, normed);
  const shape = graph.node('Concat', [batch(graph, pixels), int64s(graph, [-1, config.hiddenSize])], {
    axis: 0,
  });
  graph.rename(graph.node('Reshape', [cast(context, merged, 'float32'), shape]), 'image_features');
  graph.output('image_features', 'float32', ['t', 'tokens', config.hiddenSize]);
  return new PlannedGraph(graph, plan);
}

/**
 * The 3-D convolution whose kernel is its stride is a matrix product over each patch. It is never quantised:
 * raw pixels enter here, and it is 1/400 of the encoder.
 * @returns float32 [rows, embed]
 */
function patchEmbedding(context: GraphContext, config: VisionConfig, x: string, inputs: number): string {
  const plain: GraphContext = { ...context, precision: context.precision === 'fp16' ? 'fp16' : 'fp32' };
  const layer = { weights: ['visual.patch_embed.proj.weight'], inputs, outputs: config.embedSize };
  return cast(plain, linear(plain, cast(plain, x, activationType(plain.precision)), layer), 'float32');
}

/** LayerNorm of the sum of two values (of one, where `added` is empty), and the sum itself, kept in float32. */
function addNorm(
  context: GraphContext,
  config: VisionConfig,
  added: string,
  residual: string,
  name: string,
): { normed: string; sum: string } {
  const { graph } = context;
  const scaleAndBias = ['weight', 'bias'].map((part) =>
    vector(context, [`${name}.${part}`], config.embedSize, 'float32'),
  );
  const narrow = (value: string) => cast(context, value, activationType(context.precision));
  if (added === '') {
    const normed = graph.node('LayerNormalization', [residual, ...scaleAndBias], { axis: -1, epsilon });
    return { normed: narrow(normed), sum: residual };
  }
  const [normed, , , sum] = graph.nodes(
    'SkipLayerNormalization',
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
  { x, pixels, tables, prefix }: { x: string; pixels: string; tables: RotaryTables; prefix: string },
): string {
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
    [rotate(query, tables.queryCos, tables.querySin), rotate(key, tables.cos, tables.sin), value],
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
  const wide = linear(context, x, layer('fc1', embedSize, mlpSize));
  const active =
    config.activation === 'gelu'
      ? graph.node('Gelu', [wide], {}, contrib)
      : graph.node('QuickGelu', [wide], { alpha: { float: 1.702 } }, contrib);
  return linear(context, active, layer('fc2', mlpSize, embedSize));
}

/** Merges each group of mergeSize x mergeSize patches, which lie together, into one token of the decoder's width. */
function merger(context: GraphContext, config: VisionConfig, x: string): string {
  const { graph } = context;
  const size = config.embedSize * config.mergeSize ** 2;
  const layer = (index: number, outputs: number) => ({
    weights: [`visual.merger.mlp.${index}.weight`],
    biases: [`visual.merger.mlp.${index}.bias`],
    inputs: size,
    outputs,
  });
  const groups = graph.node('Reshape', [x, int64s(graph, [-1, size])]);
  const active = graph.node('Gelu', [linear(context, groups, layer(0, size))], {}, contrib);
  return linear(context, active, layer(2, config.hiddenSize));
}

function int64s(graph: GraphBuilder, values: readonly number[]): string {
  return graph.values('int64', [values.length], values);
}

/** The number of temporal patches, int64 [1]. */
function batch(graph: GraphBuilder, pixels: string): string {
  return graph.node('Shape', [pixels], { start: 0, end: 1 });
}
