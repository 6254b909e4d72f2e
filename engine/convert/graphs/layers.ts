import { chunkBytes } from '../weights/plan.ts';
import type { QuantisedBits } from '../weights/quantise.ts';
import { blockSize, blocksOf, quantiseRows } from '../weights/quantise.ts';
import type { FloatType } from '../weights/tensors.ts';
import { floatBytes, readFloats } from '../weights/tensors.ts';
import type { GraphContext, Linear } from './context.ts';
import { activationType, contrib, inWholeRows, vector } from './context.ts';
import { wholeRowsLinear } from './whole-rows.ts';

export { activationType, contrib, inWholeRows, spared, vector } from './context.ts';
export type { GraphContext, Linear, Precision } from './context.ts';

/**
 * The same with 8 bits instead of 4, for matrices whose errors weigh more than their bytes: the output matrix, after
 * which nothing averages them away, and attention's, which are an eighth of a layer and made half of the logits' error.
 */
export function careful(context: GraphContext): GraphContext {
  return context.precision === 'int4' ? { ...context, precision: 'int8', eightBits: 'blocks' } : context;
}

/**
 * Adds a linear layer. Weights keep the checkpoint's [outputs, inputs] order (Gemm's transB), so they need no
 * transposition, which would not stream; int8 and int4 become MatMulNBits in blocks along the inputs, or int8 whole rows.
 * @param x [rows, inputs] @returns [rows, outputs]
 */
export function linear(context: GraphContext, x: string, layer: Linear): string {
  if (inWholeRows(context)) return wholeRowsLinear(context, x, layer);
  const { graph, plan, weights, precision, halfStored } = context;
  const name = layer.weights[0];
  const bias = layer.biases ? [vector(context, layer.biases, layer.outputs)] : [];
  if (precision === 'int8' || precision === 'int4')
    return quantisedLinear(context, x, layer, precision === 'int8' ? 8 : 4, bias);
  const type = halfStored ? 'float16' : activationType(precision);
  const dims = [layer.outputs, layer.inputs];
  const stored = plan.constant(graph, name, type, dims, floatBytes(weights, layer.weights, type));
  const matrix = type === activationType(precision) ? stored : graph.node('Cast', [stored], { to: 1 });
  return graph.node('Gemm', [x, matrix, ...bias], { transB: 1 });
}

function quantisedLinear(
  { graph, plan, weights }: GraphContext,
  x: string,
  layer: Linear,
  bits: QuantisedBits,
  bias: readonly string[],
): string {
  const name = layer.weights[0];
  const blocks = blocksOf(layer.inputs);
  // Scales are made with the packed weights but lie behind them, so they wait here: 1/8 (int4) of their size.
  let scales: Float32Array[] = [];
  const packed = plan.constant(
    graph,
    `${name}.q${bits}`,
    'uint8',
    [layer.outputs, blocks, (blockSize * bits) / 8],
    async function* () {
      scales = [];
      const rows = Math.max(1, Math.floor(chunkBytes / 4 / layer.inputs));
      for await (const piece of readFloats(weights, layer.weights, rows * layer.inputs)) {
        const quantised = quantiseRows(piece, layer.inputs, bits);
        scales.push(quantised.scales);
        yield quantised.packed;
      }
    },
  );
  const scale = plan.constant(graph, `${name}.scales`, 'float32', [layer.outputs * blocks], function* () {
    for (const piece of scales) yield new Uint8Array(piece.buffer);
    scales = [];
  });
  // accuracy_level 4: activations are quantised to int8 per block, and products are integer dot products. On
  // the CPU provider other levels unpack 8-bit weights to float32 first, two hundred times slower when decoding.
  return graph.node(
    'MatMulNBits',
    bias.length > 0 ? [x, packed, scale, '', '', ...bias] : [x, packed, scale],
    { K: layer.inputs, N: layer.outputs, bits, block_size: blockSize, accuracy_level: 4 },
    contrib,
  );
}

/** Converts a value between float32 and the activations' type; at float32 nothing is added. */
export function cast(context: GraphContext, value: string, to: FloatType): string {
  if (activationType(context.precision) === 'float32') return value;
  return context.graph.node('Cast', [value], { to: to === 'float32' ? 1 : 10 });
}
