import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as ort from '../../../engine/onnxruntime/index.ts';
import { GraphBuilder } from '../onnx/graph.ts';
import { convertNodes } from './convert.ts';
import { parseGraphModel } from './graph-model.ts';

const text = (value: string) => ({ s: Buffer.from(value).toString('base64') });
const list = (...values: number[]) => ({ list: { i: values.map(String) } });
const fused = (...ops: string[]) => ({ list: { s: ops.map((op) => text(op).s) } });
const nhwc = { data_format: text('NHWC') };

interface Constant {
  shape: number[];
  values: number[];
  type?: 'float32' | 'int32';
}

/** Converts a graph written by hand and runs it on a [1, 1, side, side] picture that stands for `x`. */
async function evaluate(
  node: { name: string; op: string; input: string[]; attr?: object },
  constants: Record<string, Constant>,
  picture: number[],
): Promise<{ dims: readonly number[]; data: number[] }> {
  const side = Math.sqrt(picture.length);
  const weights = Object.entries(constants).map(([name, { shape, type }]) => ({
    name,
    shape,
    dtype: type ?? 'float32',
  }));
  const bytes = Object.values(constants).map(({ values, type }) => {
    const array = type === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
    return new Uint8Array(array.buffer);
  });
  const json = JSON.stringify({
    format: 'graph-model',
    modelTopology: { node: [node] },
    weightsManifest: [{ paths: ['w.bin'], weights }],
  });
  const graph = new GraphBuilder('test');
  const x = graph.input('x', 'float32', [1, 1, side, side]);
  const model = parseGraphModel(json, Buffer.concat(bytes));
  const [value] = convertNodes(model, graph, [node.name], { x: { name: x, stride: 1 } }, side);
  graph.rename(value.name, 'y');
  graph.output('y', 'float32', ['a', 'b', 'c', 'd']);
  const session = await ort.InferenceSession.create(graph.encode());
  const { y } = await session.run({ x: new ort.Tensor('float32', picture, [1, 1, side, side]) });
  await session.release();
  return { dims: y.dims, data: Array.from(y.data as Float32Array) };
}

const counting = Array.from({ length: 16 }, (_, i) => i + 1);

describe('a convolution', () => {
  const ones = { shape: [3, 3, 1, 1], values: Array<number>(9).fill(1) };

  it('pads as TensorFlow does: with stride 2 the odd pixel goes to the end', async () => {
    const node = {
      name: 'conv',
      op: 'Conv2D',
      input: ['x', 'w'],
      attr: { ...nhwc, strides: list(1, 2, 2, 1), padding: text('SAME') },
    };
    const { dims, data } = await evaluate(node, { w: ones }, counting);
    assert.deepEqual(dims, [1, 1, 2, 2]);
    // Windows start at pixels 0 and 2 of 4 and reach one pixel beyond the far edges.
    assert.deepEqual(data, [
      1 + 2 + 3 + 5 + 6 + 7 + 9 + 10 + 11,
      3 + 4 + 7 + 8 + 11 + 12,
      9 + 10 + 11 + 13 + 14 + 15,
      11 + 12 + 15 + 16,
    ]);
  });

  it('keeps output channels apart, adds the bias and applies the fused activation', async () => {
    const node = {
      name: 'conv',
      op: '_FusedConv2D',
      input: ['x', 'w', 'b'],
      attr: {
        ...nhwc,
        strides: list(1, 1, 1, 1),
        padding: text('VALID'),
        fused_ops: fused('BiasAdd', 'Relu'),
      },
    };
    const constants = {
      w: { shape: [1, 1, 1, 2], values: [1, -1] },
      b: { shape: [2], values: [-10, 3] },
    };
    const { dims, data } = await evaluate(node, constants, counting);
    assert.deepEqual(dims, [1, 2, 4, 4]);
    assert.deepEqual(
      data,
      [1, -1].flatMap((sign, o) => counting.map((v) => Math.max(0, sign * v + [-10, 3][o]))),
    );
  });

  it('by channel makes each multiple of a channel from that channel alone', async () => {
    const node = {
      name: 'conv',
      op: 'DepthwiseConv2dNative',
      input: ['x', 'w'],
      attr: { ...nhwc, strides: list(1, 1, 1, 1), padding: text('SAME') },
    };
    const constants = { w: { shape: [1, 1, 1, 2], values: [2, 5] } };
    const { data } = await evaluate(node, constants, counting);
    assert.deepEqual(data, [...counting.map((v) => 2 * v), ...counting.map((v) => 5 * v)]);
  });

  it('with an activation or a layout that is not known is refused by name', async () => {
    const attr = { ...nhwc, strides: list(1, 1, 1, 1), padding: text('SAME') };
    const node = { name: 'conv_7', op: '_FusedConv2D', input: ['x', 'w'], attr };
    await assert.rejects(
      evaluate({ ...node, attr: { ...attr, fused_ops: fused('Elu') } }, { w: ones }, counting),
      /conv_7: fused Elu/,
    );
    await assert.rejects(
      evaluate({ ...node, attr: { ...attr, data_format: text('NCHW') } }, { w: ones }, counting),
      /conv_7: only NHWC/,
    );
    await assert.rejects(
      evaluate({ ...node, attr: { ...attr, padding: text('EXPLICIT') } }, { w: ones }, counting),
      /conv_7: padding EXPLICIT/,
    );
  });
});

describe('resizing', () => {
  const node = { name: 'up', op: 'ResizeBilinear', input: ['x', 'size'], attr: {} };
  const size = { shape: [2], values: [4, 4], type: 'int32' as const };

  it('samples from the corner, without the half-pixel shift', async () => {
    const { data } = await evaluate(node, { size }, [0, 2, 4, 6]);
    assert.deepEqual(data, [0, 1, 2, 2, 2, 3, 4, 4, 4, 5, 6, 6, 4, 5, 6, 6]);
  });

  it('of another kind is refused by name', async () => {
    const attr = { half_pixel_centers: { b: true } };
    await assert.rejects(evaluate({ ...node, attr }, { size }, [0, 2, 4, 6]), /up: only corner-origin/);
  });
});

describe('arithmetic', () => {
  it('clips at six, averages pictures, joins channels', async () => {
    const relu6 = await evaluate({ name: 'r', op: 'Relu6', input: ['x'] }, {}, [-1, 3, 6, 9]);
    assert.deepEqual(relu6.data, [0, 3, 6, 6]);
    const axes = { shape: [2], values: [1, 2], type: 'int32' as const };
    const attr = { keep_dims: { b: true } };
    const mean = await evaluate(
      { name: 'm', op: 'Mean', input: ['x', 'axes'], attr },
      { axes },
      [1, 2, 3, 6],
    );
    assert.deepEqual(mean, { dims: [1, 1, 1, 1], data: [3] });
    const axis = { shape: [], values: [3], type: 'int32' as const };
    const joined = await evaluate(
      { name: 'c', op: 'ConcatV2', input: ['x', 'x', 'axis'] },
      { axis },
      [1, 2, 3, 4],
    );
    assert.deepEqual(joined, { dims: [1, 2, 2, 2], data: [1, 2, 3, 4, 1, 2, 3, 4] });
  });

  it('takes single numbers as constants and refuses others by name', async () => {
    const node = { name: 'plus', op: 'Add', input: ['x', 'c'] };
    const sum = await evaluate(node, { c: { shape: [], values: [3] } }, [1, 2, 3, 4]);
    assert.deepEqual(sum.data, [4, 5, 6, 7]);
    await assert.rejects(
      evaluate(node, { c: { shape: [2], values: [3, 4] } }, [1, 2, 3, 4]),
      /plus: constant c/,
    );
  });
});

describe('what is not known', () => {
  it('is named: the operator and its node', async () => {
    await assert.rejects(
      evaluate({ name: 'fft_3', op: 'FFT2D', input: ['x'] }, {}, [1]),
      /operator FFT2D of node fft_3 is not known/,
    );
    await assert.rejects(
      evaluate({ name: 'odd', op: 'toString', input: ['x'] }, {}, [1]),
      /operator toString of node odd is not known/,
    );
  });

  it('is named: a node that is missing', async () => {
    await assert.rejects(evaluate({ name: 'r', op: 'Relu', input: ['gone'] }, {}, [1]), /no node gone/);
  });
});
