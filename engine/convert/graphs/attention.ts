import type { GraphBuilder } from '../onnx/graph.ts';
import type { DecoderConfig } from './config.ts';
import type { GraphContext } from './layers.ts';
import { activationType, careful, cast, contrib, linear, vector } from './layers.ts';
import type { RotaryTables } from './rotary.ts';

/** Values that a decoder's layers share. */
export interface DecoderInputs {
  /** float32 [s, hidden] */
  hidden: string;
  /** The rotary tables of {@link rotaryInputs}. */
  tables: RotaryTables;
  /** Past keys and values come in and present ones go out; `none` for a tower that reads its input once. */
  cache: 'growing' | 'shared' | 'none';
}

/** What GroupQueryAttention wants to know about lengths: `seqlens_k` (total - 1) and the total, both int32. */
export function sequenceLengths(
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

/** What one layer's attention reads. */
export interface AttentionInputs extends DecoderInputs {
  lastPosition: string;
  total: string;
  zero: string;
  layer: number;
  x: string;
}

/**
 * Adds one layer's self-attention: projections, rotation, grouped-query attention over past and new tokens.
 * @returns [s, hidden] in the activations' type.
 */
export function attention(context: GraphContext, config: DecoderConfig, inputs: AttentionInputs): string {
  const { graph } = context;
  const { heads, kvHeads, headDim } = config;
  const prefix = `model.layers.${inputs.layer}.self_attn`;
  const names = (kind: string) => ['q', 'k', 'v'].map((part) => `${prefix}.${part}_proj.${kind}`);
  const packed = linear(careful(context), inputs.x, {
    weights: names('weight'),
    ...(config.headNorm ? {} : { biases: names('bias') }),
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
  const { tables } = inputs;
  const rotate = (x: string, count: number, cos: string, sin: string) =>
    graph.node(
      'RotaryEmbedding',
      [x, inputs.zero, cos, sin],
      { interleaved: 0, num_heads: count, rotary_embedding_dim: config.rotaryDim ?? headDim },
      contrib,
    );
  const even = (x: string, part: 'q' | 'k') =>
    config.headNorm ? headNorm(context, config, x, `${prefix}.${part}_norm.weight`) : x;
  const attended = groupQueryAttention(context, config, inputs, {
    query: rotate(even(query, 'q'), heads, tables.queryCos, tables.querySin),
    key: rotate(even(key, 'k'), kvHeads, tables.cos, tables.sin),
    value,
  });
  const flat = graph.node('Squeeze', [attended, inputs.zero]);
  return linear(careful(context), flat, {
    weights: [`${prefix}.o_proj.weight`],
    inputs: heads * headDim,
    outputs: config.hiddenSize,
  });
}

/** Qwen3's RMSNorm over each head by itself. @param x [1, s, heads * headDim] */
function headNorm(context: GraphContext, config: DecoderConfig, x: string, weight: string): string {
  const { graph } = context;
  const heads = graph.node('Reshape', [x, graph.values('int64', [4], [1, 0, -1, config.headDim])]);
  const scale = vector(context, [weight], config.headDim, 'float32');
  const normed = graph.node('SimplifiedLayerNormalization', [cast(context, heads, 'float32'), scale], {
    axis: -1,
    epsilon: { float: config.rmsNormEps },
  });
  const narrow = cast(context, normed, activationType(context.precision));
  return graph.node('Reshape', [narrow, graph.values('int64', [3], [1, 0, -1])]);
}

function groupQueryAttention(
  { graph, precision }: GraphContext,
  config: DecoderConfig,
  { cache, layer, lastPosition, total, tables }: AttentionInputs,
  { query, key, value }: { query: string; key: string; value: string },
): string {
  const { heads, kvHeads, headDim } = config;
  const type = activationType(precision);
  const past = (part: string) =>
    cache === 'none' ? '' : graph.input(`past.${layer}.${part}`, type, [1, kvHeads, 'past', headDim]);
  const present = ['key', 'value'].map((part) =>
    cache === 'none' ? graph.fresh('present') : `present.${layer}.${part}`,
  );
  const scale = { float: headDim ** -0.5 / tables.queryScale };
  const [attended] = graph.nodes(
    'GroupQueryAttention',
    [query, key, value, past('key'), past('value'), lastPosition, total],
    [graph.fresh('attended'), ...present],
    { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 0, scale },
    contrib,
  );
  if (cache !== 'none')
    for (const name of present) graph.output(name, type, [1, kvHeads, 'present', headDim]);
  if (cache === 'shared') {
    // The new rows by themselves: who keeps the past in one buffer fetches these and not the whole present.
    for (const [part, rows] of Object.entries({ key, value })) {
      const name = graph.rename(rows, `new.${layer}.${part}`);
      graph.output(name, type, [1, 's', kvHeads * headDim]);
    }
  }
  return attended;
}
