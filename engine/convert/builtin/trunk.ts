import type { GraphContext } from '../graphs/layers.ts';
import { floatBytes } from '../weights/tensors.ts';

/** An inverted residual of MobileNetV3 (Howard et al., arXiv:1905.02244, section 3), its batch normalisation folded in. */
export interface TrunkBlock {
  inputs: number;
  /** Channels between its first and its last layer. */
  inner: number;
  kernel: number;
  stride: number;
  outputs: number;
  /** Channels inside the squeeze, 0 for none. */
  squeeze: number;
  activation: 'relu' | 'hswish';
}

/** The trunk's upper half (models/training/longview_training/trunk.py). */
export interface TrunkConfig {
  /** Blocks that end at half the resolution of what comes in, and those that end at a quarter of it. */
  middle: readonly TrunkBlock[];
  upper: readonly TrunkBlock[];
  /** Channels of the last layer. */
  last: number;
}

/** Channels of what {@link upperTrunk} gives. */
export function trunkChannels({ middle, upper, last }: TrunkConfig): number {
  return last + lastOf(upper).outputs + 2 * lastOf(middle).outputs;
}

function lastOf(blocks: readonly TrunkBlock[]): TrunkBlock {
  return blocks[blocks.length - 1];
}

/**
 * Adds the trunk's upper half, tensors `trunk.*`.
 * @param x what the lower half saw, [n, inputs, 4 * rows, 4 * columns].
 * @returns [n, {@link trunkChannels}, rows, columns]: the last layer's channels, those before it, and means and maxima
 * of those at twice the resolution.
 */
export function upperTrunk(context: GraphContext, x: string, config: TrunkConfig): string {
  const { graph } = context;
  const through = (from: string, blocks: readonly TrunkBlock[], part: string) =>
    blocks.reduce((value, one, k) => block(context, value, one, `trunk.${part}.${k}`), from);
  const finer = through(x, config.middle, 'middle');
  const coarse = through(finer, config.upper, 'upper');
  const { outputs } = lastOf(config.upper);
  const shape = { inputs: outputs, outputs: config.last };
  const last = hswish(context, convolution(context, coarse, 'trunk.last', shape));
  const halved = { kernel_shape: [2, 2], strides: [2, 2] };
  const pools = ['AveragePool', 'MaxPool'].map((pool) => graph.node(pool, [finer], halved));
  return graph.node('Concat', [last, coarse, ...pools], { axis: 1 });
}

function block(context: GraphContext, x: string, config: TrunkBlock, name: string): string {
  const { graph } = context;
  const { inputs, inner, kernel, stride, outputs, squeeze } = config;
  const active = (value: string) =>
    config.activation === 'relu' ? graph.node('Relu', [value]) : hswish(context, value);
  const wide =
    inner === inputs ? x : active(convolution(context, x, `${name}.expand`, { inputs, outputs: inner }));
  const filtered = active(
    convolution(context, wide, `${name}.depthwise`, { inputs: 1, outputs: inner, kernel, stride }),
  );
  const weighed = squeeze > 0 ? excited(context, filtered, inner, squeeze, name) : filtered;
  const narrow = convolution(context, weighed, `${name}.project`, { inputs: inner, outputs });
  return stride === 1 && inputs === outputs ? graph.node('Add', [x, narrow]) : narrow;
}

/** Channels weighed by what the whole frame holds. */
function excited(context: GraphContext, x: string, inner: number, squeeze: number, name: string): string {
  const { graph } = context;
  const whole = graph.node('GlobalAveragePool', [x]);
  const squeezed = convolution(context, whole, `${name}.squeeze`, { inputs: inner, outputs: squeeze });
  const shape = { inputs: squeeze, outputs: inner };
  const raised = convolution(context, graph.node('Relu', [squeezed]), `${name}.excite`, shape);
  return graph.node('Mul', [x, hardSigmoid(context, raised)]);
}

function hswish(context: GraphContext, x: string): string {
  return context.graph.node('Mul', [x, hardSigmoid(context, x)]);
}

function hardSigmoid({ graph }: GraphContext, x: string): string {
  return graph.node('HardSigmoid', [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });
}

/** A convolution's sizes; of `inputs` 1, each channel is filtered on its own. */
interface Convolution {
  inputs: number;
  outputs: number;
  kernel?: number;
  stride?: number;
}

/** Padded as TensorFlow pads: what is over goes to the right and to the bottom. */
function convolution(
  context: GraphContext,
  x: string,
  name: string,
  { inputs, outputs, kernel = 1, stride = 1 }: Convolution,
): string {
  const weight = stored(context, `${name}.weight`, [outputs, inputs, kernel, kernel]);
  const bias = stored(context, `${name}.bias`, [outputs]);
  const over = kernel - (stride > 1 ? stride : 1);
  const [before, after] = [Math.floor(over / 2), Math.ceil(over / 2)];
  return context.graph.node('Conv', [x, weight, bias], {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: [before, before, after, after],
    group: inputs === 1 ? outputs : 1,
  });
}

/** A constant in float32, stored in half of its bytes where the graph's precision is lower. */
function stored({ graph, plan, weights, precision }: GraphContext, name: string, dims: number[]): string {
  const type = precision === 'fp32' ? 'float32' : 'float16';
  const constant = plan.constant(graph, name, type, dims, floatBytes(weights, [name], type));
  return type === 'float32' ? constant : graph.node('Cast', [constant], { to: 1 });
}
