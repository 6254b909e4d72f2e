import { GraphBuilder } from '../onnx/graph.ts';
import { WeightPlan } from '../weights/plan.ts';
import type { WeightSource } from '../weights/source.ts';
import type { GraphContext, Precision } from './layers.ts';
import { activationType, cast, linear, vector } from './layers.ts';
import { PlannedGraph } from './planned.ts';

/** The shape of a Qwen2 decoder. */
export interface DecoderConfig {
  hiddenSize: number;
  intermediateSize: number;
  layers: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  vocabSize: number;
  rmsNormEps: number;
  /** The output matrix is the token embedding itself (there is no lm_head.weight). */
  tied: boolean;
}

/** How a graph is written. */
export interface GraphOptions {
  precision: Precision;
  /** Name of the file beside the graph that will hold the weights; left out, they go into the graph itself. */
  externalData?: string;
}

/** How the decoder's graph is written. */
export interface DecoderOptions extends GraphOptions {
  /**
   * `growing` (default): the past is as long as its tensors are, and every run makes new, longer ones. `shared`
   * adds the input `past_length` int64 [1]: the past's tensors may be longer than that, and when a run is given
   * the same tensor for `past.N.key` and `present.N.key`, the new keys are written into it in place, which halves
   * the cache's memory and saves copying it.
   */
  cache?: 'growing' | 'shared';
}

/** Values that a decoder's layers share. */
export interface DecoderInputs {
  /** [s, hidden] in the activations' type. */
  hidden: string;
  /** [s, headDim / 2] each, in the activations' type. */
  cos: string;
  sin: string;
  /** Past keys and values come in and present ones go out; `none` for a tower that reads its input once. */
  cache: 'growing' | 'shared' | 'none';
}

const contrib = { domain: 'com.microsoft' };

/** The name of the output matrix's tensor. */
export function lmHeadName(config: DecoderConfig): string {
  return config.tied ? 'model.embed_tokens.weight' : 'lm_head.weight';
}

/**
 * Builds the decoder of a Qwen2 (and so Qwen2-VL) language model. Positions are computed outside and come in as
 * rotary tables, so one graph serves every position variant; attention sees all past tokens and, causally, the
 * new ones, so a prompt may come in one piece or in several with the same result.
 *
 * Inputs: `inputs_embeds` float32 [1, s, hidden]; `cos`, `sin` float32 [s, headDim] (the headDim/2 angles,
 * twice); `last` int64 [1], how many of the last positions to give outputs for (0 to s); per layer N
 * `past.N.key`, `past.N.value` [1, kvHeads, past, headDim] in the cache's type (float16 at fp16, else float32).
 * Outputs: `logits` float32 [1, last, vocab]; `hidden` float32 [1, last, hidden] after the final norm;
 * `present.N.key`, `present.N.value` [1, kvHeads, past + s, headDim].
 */
export function buildDecoderGraph(
  config: DecoderConfig,
  weights: WeightSource,
  options: DecoderOptions,
): PlannedGraph {
  const graph = new GraphBuilder('decoder');
  const plan = new WeightPlan(options.externalData);
  const context: GraphContext = { graph, plan, weights, precision: options.precision };
  const embeds = graph.input('inputs_embeds', 'float32', [1, 's', config.hiddenSize]);
  const flat = graph.node('Reshape', [embeds, graph.values('int64', [2], [-1, config.hiddenSize])]);
  const tables = rotaryInputs(context, config.headDim);
  const last = graph.input('last', 'int64', [1]);
  const stack = decoderLayers(context, config, {
    hidden: cast(context, flat, activationType(options.precision)),
    ...tables,
    cache: options.cache ?? 'growing',
  });
  const tail = { mlp: lastRows(graph, stack.mlp, last), residual: lastRows(graph, stack.residual, last) };
  const normed = finalNorm(context, config, tail);
  const logits = linear(context, normed, {
    weights: [lmHeadName(config)],
    inputs: config.hiddenSize,
    outputs: config.vocabSize,
  });
  output(context, 'logits', logits, config.vocabSize);
  output(context, 'hidden', normed, config.hiddenSize);
  return new PlannedGraph(graph, plan);
}

/**
 * Declares the inputs `cos` and `sin` float32 [s, headDim] and keeps their first halves: the second halves repeat
 * them, and RotaryEmbedding wants each angle once.
 */
export function rotaryInputs(context: GraphContext, headDim: number): { cos: string; sin: string } {
  const { graph, precision } = context;
  const half = (name: string): string => {
    const table = graph.input(name, 'float32', ['s', headDim]);
    const range = [[0], [headDim / 2], [1]].map((values) => graph.values('int64', [1], values));
    return cast(context, graph.node('Slice', [table, ...range]), activationType(precision));
  };
  return { cos: half('cos'), sin: half('sin') };
}

/**
 * Adds all layers. The sum of the last layer's two outputs is left to the final norm, which adds while it reads.
 * @returns `mlp` and `residual`, each [s, hidden]; the model's output before the final norm is their sum.
 */
export function decoderLayers(
  context: GraphContext,
  config: DecoderConfig,
  inputs: DecoderInputs,
): { mlp: string; residual: string } {
  const { graph } = context;
  const lengths = sequenceLengths(graph, inputs.hidden, inputs.cache);
  const zero = graph.values('int64', [1], [0]);
  let residual = inputs.hidden;
  let mlp = '';
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = `model.layers.${layer}`;
    const before = addNorm(context, config, mlp, residual, `${prefix}.input_layernorm.weight`);
    const attended = attention(context, config, { ...inputs, ...lengths, zero, layer, x: before.normed });
    const after = addNorm(context, config, attended, before.sum, `${prefix}.post_attention_layernorm.weight`);
    mlp = gatedMlp(context, config, after.normed, prefix);
    residual = after.sum;
  }
  return { mlp, residual };
}

/** The final norm over the sum that {@link decoderLayers} leaves. @returns [rows, hidden] */
export function finalNorm(
  context: GraphContext,
  config: DecoderConfig,
  stack: { mlp: string; residual: string },
): string {
  return addNorm(context, config, stack.mlp, stack.residual, 'model.norm.weight').normed;
}

/** RMSNorm of the sum of two values (of one, where `added` is empty), and the sum itself. */
function addNorm(
  context: GraphContext,
  config: DecoderConfig,
  added: string,
  residual: string,
  weight: string,
): { normed: string; sum: string } {
  const { graph } = context;
  const scale = vector(context, [weight], config.hiddenSize);
  const epsilon = { float: config.rmsNormEps };
  if (added === '') {
    const normed = graph.node('SimplifiedLayerNormalization', [residual, scale], { axis: -1, epsilon });
    return { normed, sum: residual };
  }
  const [normed, , , sum] = graph.nodes(
    'SkipSimplifiedLayerNormalization',
    [residual, added, scale],
    [graph.fresh('normed'), '', '', graph.fresh('sum')],
    { epsilon },
    contrib,
  ) as [string, string, string, string];
  return { normed, sum };
}

/** What GroupQueryAttention wants to know about lengths: `seqlens_k` (total - 1) and the total, both int32. */
function sequenceLengths(
  graph: GraphBuilder,
  hidden: string,
  cache: DecoderInputs['cache'],
): { lastPosition: string; total: string } {
  const size = (value: string, axis: number) =>
    graph.node('Gather', [graph.node('Shape', [value]), graph.values('int64', [1], [axis])]);
  const fresh = size(hidden, 0);
  const past = {
    none: () => undefined,
    growing: () => size('past.0.key', 2),
    shared: () => graph.input('past_length', 'int64', [1]),
  }[cache]();
  const total = graph.node('Cast', [past === undefined ? fresh : graph.node('Add', [fresh, past])], {
    to: 6,
  });
  return { total, lastPosition: graph.node('Sub', [total, graph.values('int32', [1], [1])]) };
}

interface AttentionInputs extends DecoderInputs {
  lastPosition: string;
  total: string;
  zero: string;
  layer: number;
  x: string;
}

function attention(context: GraphContext, config: DecoderConfig, inputs: AttentionInputs): string {
  const { graph } = context;
  const { heads, kvHeads, headDim } = config;
  const prefix = `model.layers.${inputs.layer}.self_attn`;
  const names = (kind: string) => ['q', 'k', 'v'].map((part) => `${prefix}.${part}_proj.${kind}`);
  const packed = linear(context, inputs.x, {
    weights: names('weight'),
    biases: names('bias'),
    inputs: config.hiddenSize,
    outputs: (heads + 2 * kvHeads) * headDim,
  });
  const batched = graph.node('Unsqueeze', [packed, inputs.zero]);
  const sizes = graph.values(
    'int64',
    [3],
    [heads, kvHeads, kvHeads].map((count) => count * headDim),
  );
  const [query, key, value] = graph.nodes('Split', [batched, sizes], 3, { axis: -1 }) as [
    string,
    string,
    string,
  ];
  const rotate = (x: string, count: number) =>
    graph.node(
      'RotaryEmbedding',
      [x, inputs.zero, inputs.cos, inputs.sin],
      { interleaved: 0, num_heads: count, rotary_embedding_dim: headDim },
      contrib,
    );
  const attended = groupQueryAttention(context, config, inputs, {
    query: rotate(query, heads),
    key: rotate(key, kvHeads),
    value,
  });
  const flat = graph.node('Squeeze', [attended, inputs.zero]);
  return linear(context, flat, {
    weights: [`${prefix}.o_proj.weight`],
    inputs: heads * headDim,
    outputs: config.hiddenSize,
  });
}

function groupQueryAttention(
  { graph, precision }: GraphContext,
  config: DecoderConfig,
  { cache, layer, lastPosition, total }: AttentionInputs,
  { query, key, value }: { query: string; key: string; value: string },
): string {
  const { heads, kvHeads, headDim } = config;
  const type = activationType(precision);
  const past = (part: string) =>
    cache === 'none' ? '' : graph.input(`past.${layer}.${part}`, type, [1, kvHeads, 'past', headDim]);
  const present = ['key', 'value'].map((part) =>
    cache === 'none' ? graph.fresh('present') : `present.${layer}.${part}`,
  );
  const [attended] = graph.nodes(
    'GroupQueryAttention',
    [query, key, value, past('key'), past('value'), lastPosition, total],
    [graph.fresh('attended'), ...present],
    { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 0, scale: { float: headDim ** -0.5 } },
    contrib,
  );
  if (cache !== 'none')
    for (const name of present) graph.output(name, type, [1, kvHeads, 'present', headDim]);
  return attended as string;
}

function gatedMlp(context: GraphContext, config: DecoderConfig, x: string, prefix: string): string {
  const { graph } = context;
  const { hiddenSize, intermediateSize } = config;
  const both = linear(context, x, {
    weights: [`${prefix}.mlp.gate_proj.weight`, `${prefix}.mlp.up_proj.weight`],
    inputs: hiddenSize,
    outputs: 2 * intermediateSize,
  });
  const sizes = graph.values('int64', [2], [intermediateSize, intermediateSize]);
  const [gate, up] = graph.nodes('Split', [both, sizes], 2, { axis: -1 }) as [string, string];
  // QuickGelu with alpha 1 is x * sigmoid(x), the SiLU.
  const gated = graph.node('QuickGelu', [gate], { alpha: { float: 1 } }, contrib);
  return linear(context, graph.node('Mul', [gated, up]), {
    weights: [`${prefix}.mlp.down_proj.weight`],
    inputs: intermediateSize,
    outputs: hiddenSize,
  });
}

/** The last rows of a matrix, as many as `last` says (all of them where it says more). */
function lastRows(graph: GraphBuilder, value: string, last: string): string {
  const int64 = (number: number) => graph.values('int64', [1], [number]);
  const rows = graph.node('Gather', [graph.node('Shape', [value]), int64(0)]);
  const start = graph.node('Max', [graph.node('Sub', [rows, last]), int64(0)]);
  return graph.node('Slice', [value, start, rows, int64(0)]);
}

function output(context: GraphContext, name: string, value: string, size: number): void {
  const { graph } = context;
  const batched = cast(context, graph.node('Unsqueeze', [value, graph.values('int64', [1], [0])]), 'float32');
  graph.rename(batched, name);
  graph.output(name, 'float32', [1, 'last', size]);
}
