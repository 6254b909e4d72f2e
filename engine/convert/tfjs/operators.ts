import type { GraphBuilder } from '../onnx/graph.ts';
import type { GraphModel, GraphNode, Weight } from './graph-model.ts';

/** A value of the converted graph: its ONNX name and how many input pixels one of its cells spans. */
export interface Value {
  name: string;
  /** Input pixels per cell, in height and width alike; Infinity once averaged over the whole picture. */
  stride: number;
}

/** What a translator may use: the model, the graph in the making and the values made so far. */
export interface Translation {
  model: GraphModel;
  graph: GraphBuilder;
  /** Side of the square picture the original's fixed sizes were written for. */
  originalSize: number;
  /** The converted value of another node. */
  value(name: string): Value;
}

type Translator = (node: GraphNode, at: Translation) => Value;

/**
 * TensorFlow operators in ONNX, pictures turned from NHWC to NCHW. Fixed output sizes become ratios,
 * so that the graph runs at any size that the strides divide.
 */
export const translators: Readonly<Record<string, Translator>> = {
  Conv2D: (node, at) => convolution(node, at, 'dense'),
  _FusedConv2D: (node, at) => convolution(node, at, 'dense'),
  DepthwiseConv2dNative: (node, at) => convolution(node, at, 'depthwise'),
  FusedDepthwiseConv2dNative: (node, at) => convolution(node, at, 'depthwise'),
  Add: (node, at) => elementwise('Add', node, at),
  AddV2: (node, at) => elementwise('Add', node, at),
  Mul: (node, at) => elementwise('Mul', node, at),
  Relu: (node, at) => unary('Relu', node, at),
  Sigmoid: (node, at) => unary('Sigmoid', node, at),
  Identity: (node, at) => at.value(input(node, 0)),
  Relu6: relu6,
  Mean: pictureMean,
  ResizeBilinear: resize,
  ConcatV2: concatenate,
};

function input(node: GraphNode, index: number): string {
  const name = node.inputs[index];
  if (name === undefined) throw new Error(`${node.op} ${node.name} lacks input ${index}`);
  return name;
}

function constantOf(node: GraphNode, index: number, at: Translation): Weight {
  const name = input(node, index);
  const weight = at.model.weights.get(name);
  if (!weight) throw new Error(`${node.op} ${node.name}: ${name} is not a constant`);
  return weight;
}

function numbersOf(node: GraphNode, index: number, at: Translation): number[] {
  const weight = constantOf(node, index, at);
  if (weight.type === 'float16') throw new Error(`${node.op} ${node.name}: whole numbers expected`);
  return Array.from(weight.data);
}

function convolution(node: GraphNode, at: Translation, kind: 'dense' | 'depthwise'): Value {
  const source = at.value(input(node, 0));
  const weight = constantOf(node, 1, at);
  const [height = 0, width = 0, channels = 0] = weight.shape;
  const strides = node.integers('strides') ?? [1, 1, 1, 1];
  const dilations = node.integers('dilations') ?? [1, 1, 1, 1];
  const [, stride = 1, strideX = 1] = strides;
  if (node.text('data_format') !== 'NHWC' || stride !== strideX || dilations.some((d) => d !== 1)) {
    throw new Error(`${node.op} ${node.name}: only NHWC, square strides and no dilation are known`);
  }
  const inputs = [source.name, kernel(node, weight, kind, at)];
  const fused = node.texts('fused_ops');
  if (fused[0] === 'BiasAdd') inputs.push(stored(input(node, 2), constantOf(node, 2, at), at));
  const name = at.graph.node(
    'Conv',
    inputs,
    {
      kernel_shape: [height, width],
      strides: [stride, stride],
      pads: pads(node, [height, width], stride, source.stride),
      ...(kind === 'depthwise' ? { group: channels } : {}),
    },
    { name: node.name },
  );
  const result = { name, stride: source.stride * stride };
  const [activation] = fused.slice(fused[0] === 'BiasAdd' ? 1 : 0);
  if (activation === undefined) return result;
  if (activation === 'Relu') return { ...result, name: at.graph.node('Relu', [name]) };
  throw new Error(`${node.op} ${node.name}: fused ${activation} is not known`);
}

/** [height, width, in, out] or, depthwise, [height, width, channels, multiplier] as ONNX wants it. */
function kernel(node: GraphNode, weight: Weight, kind: 'dense' | 'depthwise', at: Translation): string {
  const [height = 0, width = 0, inner = 0, outer = 0] = weight.shape;
  const area = height * width;
  const data = weight.data.slice();
  let to = 0;
  const put = (i: number, o: number) => {
    for (let p = 0; p < area; p++) data[to++] = weight.data[(p * inner + i) * outer + o];
  };
  if (kind === 'dense') {
    for (let o = 0; o < outer; o++) for (let i = 0; i < inner; i++) put(i, o);
  } else {
    for (let i = 0; i < inner; i++) for (let o = 0; o < outer; o++) put(i, o);
  }
  const shape = kind === 'dense' ? [outer, inner, height, width] : [inner * outer, 1, height, width];
  return stored(input(node, 1), { ...weight, shape, data } as Weight, at);
}

/** TensorFlow's SAME padding of pictures whose sides the strides divide: the odd pixel goes to the end. */
function pads(node: GraphNode, size: [number, number], stride: number, sourceStride: number): number[] {
  const padding = node.text('padding');
  if (padding === 'VALID') return [0, 0, 0, 0];
  if (padding !== 'SAME') throw new Error(`${node.op} ${node.name}: padding ${padding} is not known`);
  if (!Number.isFinite(sourceStride)) return [0, 0, 0, 0];
  const total = size.map((side) => Math.max(0, side - stride));
  const before = total.map((side) => Math.floor(side / 2));
  return [...before, ...total.map((side, axis) => side - before[axis])];
}

function elementwise(op: 'Add' | 'Mul', node: GraphNode, at: Translation): Value {
  const operands = [0, 1].map((index) => {
    const name = input(node, index);
    const weight = at.model.weights.get(name);
    if (!weight) return at.value(name);
    if (weight.shape.some((side) => side !== 1)) {
      throw new Error(`${node.op} ${node.name}: constant ${name} is not a single number`);
    }
    return { name: stored(name, { ...weight, shape: [] }, at), stride: Infinity };
  });
  return {
    name: at.graph.node(
      op,
      operands.map((operand) => operand.name),
      {},
      { name: node.name },
    ),
    stride: Math.min(...operands.map((operand) => operand.stride)),
  };
}

function unary(op: string, node: GraphNode, at: Translation): Value {
  const source = at.value(input(node, 0));
  return { ...source, name: at.graph.node(op, [source.name], {}, { name: node.name }) };
}

function relu6(node: GraphNode, at: Translation): Value {
  const source = at.value(input(node, 0));
  const bounds = [0, 6].map((bound) => at.graph.values('float32', [], [bound]));
  return { ...source, name: at.graph.node('Clip', [source.name, ...bounds], {}, { name: node.name }) };
}

function pictureMean(node: GraphNode, at: Translation): Value {
  const axes = numbersOf(node, 1, at);
  if (axes.join() !== '1,2' || !node.flag('keep_dims')) {
    throw new Error(`${node.op} ${node.name}: only the mean over the whole picture is known`);
  }
  const source = at.value(input(node, 0));
  const name = at.graph.node('GlobalAveragePool', [source.name], {}, { name: node.name });
  return { name, stride: Infinity };
}

function resize(node: GraphNode, at: Translation): Value {
  if (node.flag('align_corners') || node.flag('half_pixel_centers')) {
    throw new Error(`${node.op} ${node.name}: only corner-origin sampling is known`);
  }
  const [height, width] = numbersOf(node, 1, at);
  const source = at.value(input(node, 0));
  const stride = at.originalSize / (height ?? 0);
  const ratio = source.stride / stride;
  if (height !== width || !(ratio > 0) || !Number.isFinite(ratio)) {
    throw new Error(`${node.op} ${node.name}: can't tell the ratio to ${height}x${width}`);
  }
  const scales = at.graph.values('float32', [4], [1, 1, ratio, ratio]);
  const name = at.graph.node(
    'Resize',
    [source.name, '', scales],
    // TensorFlow's older sampling: pixel i of the result reads i / ratio, with no half-pixel shift.
    { mode: 'linear', coordinate_transformation_mode: 'asymmetric' },
    { name: node.name },
  );
  return { name, stride };
}

function concatenate(node: GraphNode, at: Translation): Value {
  const [axis] = numbersOf(node, node.inputs.length - 1, at);
  if (axis !== 3 && axis !== -1) {
    throw new Error(`${node.op} ${node.name}: only channels can be joined, got axis ${axis}`);
  }
  const parts = node.inputs.slice(0, -1).map((name) => at.value(name));
  const name = at.graph.node(
    'Concat',
    parts.map((part) => part.name),
    { axis: 1 },
    { name: node.name },
  );
  return { name, stride: Math.min(...parts.map((part) => part.stride)) };
}

/** Puts a constant into the graph; 16-bit floats stay 16-bit there and are widened as the session opens. */
function stored(name: string, weight: Weight, at: Translation): string {
  const bytes = new Uint8Array(weight.data.buffer, weight.data.byteOffset, weight.data.byteLength);
  // Constants may be shared by several nodes, so each use gets a name of its own.
  const constant = at.graph.constant(at.graph.fresh(name), weight.type, weight.shape, bytes);
  return weight.type === 'float16' ? at.graph.node('Cast', [constant], { to: 1 }) : constant;
}
