import { hadamard, mixerSize } from '../weights/rotate.ts';
import { wholeRows } from '../weights/whole-rows.ts';
import type { GraphContext, Linear } from './context.ts';
import { contrib, vector } from './context.ts';

/** Activations in 8 bits, with one scale for each token: what a product of whole rows reads. */
export interface QuantisedRows {
  /** uint8 [rows, inputs]; 128 is zero. */
  codes: string;
  /** float32 [rows, 1] */
  scale: string;
}

/**
 * Rotates activations in groups, as the weights were (weights/rotate.ts), and quantises every row with its own scale.
 * A row's result depends on nothing but the row, so it is the same in whatever chunks a prompt comes.
 * @param x float32 [rows, inputs]
 */
export function quantiseActivations(context: GraphContext, x: string, inputs: number): QuantisedRows {
  const { graph } = context;
  const float = (value: number) => graph.values('float32', [1], [value]);
  const rotated = rotateActivations(context, x, inputs);
  const largest = graph.node('ReduceMax', [graph.node('Abs', [rotated])], { axes: [-1], keepdims: 1 });
  // A row of zeros must not be divided by zero.
  const scale = graph.node('Max', [graph.node('Mul', [largest, float(1 / 127)]), float(1e-20)]);
  const codes = graph.node('QuantizeLinear', [
    graph.node('Div', [rotated, scale]),
    graph.values('float32', [], [1]),
    graph.values('uint8', [], [128]),
  ]);
  return { codes, scale };
}

function rotateActivations({ graph }: GraphContext, x: string, inputs: number): string {
  const mixer = mixerSize(inputs);
  if (mixer === 1) return x;
  const size = (columns: number) => graph.values('int64', [2], [-1, columns]);
  const matrix = graph.values('float32', [mixer, mixer], hadamard(mixer));
  const mixed = graph.node('MatMul', [graph.node('Reshape', [x, size(mixer)]), matrix]);
  return graph.node('Reshape', [mixed, size(inputs)]);
}

/**
 * The product of quantised activations with a matrix of whole rows, without bias, and before it is multiplied with the
 * activations' scale: who multiplies anyway can do it later. Integer dot products over whole rows run several times as
 * fast as block by block: nothing has to be rescaled on the way.
 * @returns float32 [rows, outputs]
 */
export function wholeRowsProduct(
  { graph, plan, weights }: GraphContext,
  activations: QuantisedRows,
  { weights: names, inputs, outputs }: Linear,
): string {
  const { codes, scales } = wholeRows(weights, names, inputs, outputs);
  const matrix = plan.constant(graph, `${names[0]}.rows`, 'int8', [inputs, outputs], codes);
  const scale = plan.constant(graph, `${names[0]}.scales`, 'float32', [outputs], scales);
  const one = graph.values('float32', [1], [1]);
  const zero = graph.values('uint8', [1], [128]);
  return graph.node('MatMulIntegerToFloat', [activations.codes, matrix, one, scale, zero], {}, contrib);
}

/** A whole linear layer in whole rows. @returns float32 [rows, outputs] */
export function wholeRowsLinear(context: GraphContext, x: string, layer: Linear): string {
  const { graph } = context;
  const activations = quantiseActivations(context, x, layer.inputs);
  const product = wholeRowsProduct(context, activations, layer);
  const scaled = graph.node('Mul', [product, activations.scale]);
  return layer.biases ? graph.node('Add', [scaled, vector(context, layer.biases, layer.outputs)]) : scaled;
}
