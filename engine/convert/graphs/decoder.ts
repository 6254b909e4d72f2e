import { GraphBuilder } from '../onnx/graph.ts';
import { WeightPlan } from '../weights/plan.ts';
import type { WeightSource } from '../weights/source.ts';
import type { DecoderInputs } from './attention.ts';
import { attention, sequenceLengths } from './attention.ts';
import type { DecoderConfig, GraphOptions } from './config.ts';
import type { GraphContext } from './layers.ts';
import { activationType, careful, cast, contrib, inWholeRows, linear, vector } from './layers.ts';
import { PlannedGraph } from './planned.ts';
import { rotaryInputs } from './rotary.ts';
import { quantiseActivations, wholeRowsProduct } from './whole-rows.ts';

export type { DecoderConfig } from './config.ts';

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

/** The name of the output matrix's tensor. */
export function lmHeadName(config: DecoderConfig): string {
  return config.tied ? 'model.embed_tokens.weight' : 'lm_head.weight';
}

/**
 * Builds the decoder of a Qwen2 or Qwen3 (and so Qwen2-VL, Qwen2.5-VL, Qwen3-VL) language model. Positions are computed outside and come in as
 * rotary tables, so one graph serves every position variant; attention sees all past tokens and, causally, the
 * new ones, so a prompt may come in one piece or in several with the same result.
 *
 * Inputs: `inputs_embeds` float32 [1, s, hidden]; `cos`, `sin` float32 [s, R] (the R/2 angles, twice; R is headDim
 * unless less of a head turns); with DeepStack `deepstack` float32 [layers, s, hidden], what is added after each of the
 * first layers (zero but for visual tokens); `last` int64 [1], how many of the last positions to give outputs for (0 to s); per layer N
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
  const { precision, eightBits, halfStored } = options;
  const context: GraphContext = { graph, plan, weights, precision, eightBits, halfStored };
  const embeds = graph.input('inputs_embeds', 'float32', [1, 's', config.hiddenSize]);
  const flat = graph.node('Reshape', [embeds, graph.values('int64', [2], [-1, config.hiddenSize])]);
  const tables = rotaryInputs(context, config.headDim, { width: config.rotaryDim });
  const last = graph.input('last', 'int64', [1]);
  const stack = decoderLayers(context, config, { hidden: flat, tables, cache: options.cache ?? 'growing' });
  const tail = { mlp: lastRows(graph, stack.mlp, last), residual: lastRows(graph, stack.residual, last) };
  const normed = finalNorm(context, config, tail);
  // One row of logits is all that generation needs, and nothing after them averages errors away: always in blocks.
  const logits = linear({ ...careful(context), eightBits: 'blocks' }, normed, {
    weights: [lmHeadName(config)],
    inputs: config.hiddenSize,
    outputs: config.vocabSize,
  });
  output(context, 'logits', logits, config.vocabSize);
  output(context, 'hidden', normed, config.hiddenSize);
  return new PlannedGraph(graph, plan);
}

/**
 * Adds all layers. The sum of the last layer's two outputs is left to the final norm, which adds while it reads.
 * @returns `mlp` (in the activations' type) and `residual` (float32), each [s, hidden]; the model's output before
 * the final norm is their sum.
 */
export function decoderLayers(
  context: GraphContext,
  config: DecoderConfig,
  inputs: DecoderInputs,
): { mlp: string; residual: string } {
  const { graph } = context;
  const lengths = sequenceLengths(graph, inputs.hidden, inputs.cache);
  const zero = graph.values('int64', [1], [0]);
  const { deepstack, hiddenSize } = config;
  const features = deepstack ? graph.input('deepstack', 'float32', [deepstack, 's', hiddenSize]) : undefined;
  let residual = inputs.hidden;
  let mlp = '';
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = `model.layers.${layer}`;
    const before = addNorm(context, config, mlp, residual, `${prefix}.input_layernorm.weight`);
    const attended = attention(context, config, { ...inputs, ...lengths, zero, layer, x: before.normed });
    const seen = layer < (config.deepstack ?? 0) ? features : undefined;
    const after = addNorm(context, config, attended, before.sum, `${prefix}.post_attention_layernorm.weight`);
    mlp = gatedMlp(context, config, after.normed, prefix);
    residual = seen === undefined ? after.sum : addFeatures(graph, after.sum, seen, layer);
  }
  return { mlp, residual };
}

/** Adds what DeepStack brings after a layer. @param features [layers, s, hidden] @returns [s, hidden] */
function addFeatures(graph: GraphBuilder, sum: string, features: string, layer: number): string {
  const own = graph.node('Gather', [features, graph.values('int64', [], [layer])], { axis: 0 });
  return graph.node('Add', [sum, own]);
}

/** The final norm over the sum that {@link decoderLayers} leaves. @returns [rows, hidden] */
export function finalNorm(
  context: GraphContext,
  config: DecoderConfig,
  stack: { mlp: string; residual: string },
): string {
  return addNorm(context, config, stack.mlp, stack.residual, 'model.norm.weight').normed;
}

/**
 * RMSNorm of the sum of two values (of one, where `added` is empty), and the sum itself. The sum, which grows from
 * layer to layer, stays in float32 at every precision; what comes in and what is normalised has the activations' type.
 */
function addNorm(
  context: GraphContext,
  config: DecoderConfig,
  added: string,
  residual: string,
  weight: string,
): { normed: string; sum: string } {
  const { graph } = context;
  const scale = vector(context, [weight], config.hiddenSize, 'float32');
  const epsilon = { float: config.rmsNormEps };
  const narrow = (value: string) => cast(context, value, activationType(context.precision));
  if (added === '') {
    const normed = graph.node('SimplifiedLayerNormalization', [residual, scale], { axis: -1, epsilon });
    return { normed: narrow(normed), sum: residual };
  }
  const [normed, , , sum] = graph.nodes(
    'SkipSimplifiedLayerNormalization',
    [residual, cast(context, added, 'float32'), scale],
    [graph.fresh('normed'), '', '', graph.fresh('sum')],
    { epsilon },
    contrib,
  ) as [string, string, string, string];
  return { normed: narrow(normed), sum };
}

function gatedMlp(context: GraphContext, config: DecoderConfig, x: string, prefix: string): string {
  if (inWholeRows(context)) return gatedMlpInRows(context, config, x, prefix);
  const { graph } = context;
  const { hiddenSize, intermediateSize } = config;
  const both = linear(context, x, {
    weights: [`${prefix}.mlp.gate_proj.weight`, `${prefix}.mlp.up_proj.weight`],
    inputs: hiddenSize,
    outputs: 2 * intermediateSize,
  });
  const sizes = graph.values('int64', [2], [intermediateSize, intermediateSize]);
  const [gate, up] = graph.nodes('Split', [both, sizes], 2, { axis: -1 }) as [string, string];
  return linear(context, graph.node('Mul', [silu(graph, gate), up]), {
    weights: [`${prefix}.mlp.down_proj.weight`],
    inputs: intermediateSize,
    outputs: hiddenSize,
  });
}

/** QuickGelu with alpha 1 is x * sigmoid(x), the SiLU. */
function silu(graph: GraphBuilder, x: string): string {
  return graph.node('QuickGelu', [x], { alpha: { float: 1 } }, contrib);
}

/**
 * The same with one scale a row. Passes over [rows, intermediate] cost as much as the products here, so gate and up are
 * two products (nothing to split), and the activations' scale, of which `up` is as free as the next quantisation is, is
 * multiplied in at the end.
 */
function gatedMlpInRows(context: GraphContext, config: DecoderConfig, x: string, prefix: string): string {
  const { graph } = context;
  const { hiddenSize, intermediateSize } = config;
  const input = quantiseActivations(context, x, hiddenSize);
  const wide = (name: string) =>
    wholeRowsProduct(context, input, {
      weights: [`${prefix}.mlp.${name}.weight`],
      inputs: hiddenSize,
      outputs: intermediateSize,
    });
  const gate = graph.node('Mul', [wide('gate_proj'), input.scale]);
  const gated = graph.node('Mul', [silu(graph, gate), wide('up_proj')]);
  const inner = quantiseActivations(context, gated, intermediateSize);
  const product = wholeRowsProduct(context, inner, {
    weights: [`${prefix}.mlp.down_proj.weight`],
    inputs: intermediateSize,
    outputs: hiddenSize,
  });
  return graph.node('Mul', [graph.node('Mul', [product, inner.scale]), input.scale]);
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
