import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseGraphModel } from './graph-model.ts';

type Manifest = { name: string; shape: number[]; dtype: string; quantization?: object }[];

function modelJson(weights: Manifest, node: object[] = [{ name: 'x', op: 'Placeholder' }]): string {
  return JSON.stringify({
    format: 'graph-model',
    modelTopology: { node },
    weightsManifest: [{ paths: ['a.bin'], weights }],
  });
}

describe('a graph model’s weights', () => {
  it('keep 16-bit floats as their bits and 32-bit values as they are, wherever they lie', () => {
    const bytes = new Uint8Array(2 + 4 + 8);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, 0x3c00, true);
    view.setFloat32(2, -2.5, true);
    view.setInt32(6, 7, true);
    view.setInt32(10, -8, true);
    const { weights } = parseGraphModel(
      modelJson([
        { name: 'half', shape: [], dtype: 'float32', quantization: { dtype: 'float16' } },
        { name: 'float', shape: [1], dtype: 'float32' },
        { name: 'ints', shape: [2], dtype: 'int32' },
      ]),
      Buffer.from(bytes),
    );
    assert.deepEqual(weights.get('half'), { type: 'float16', shape: [], data: Uint16Array.of(0x3c00) });
    assert.deepEqual(weights.get('float'), { type: 'float32', shape: [1], data: Float32Array.of(-2.5) });
    assert.deepEqual(weights.get('ints'), { type: 'int32', shape: [2], data: Int32Array.of(7, -8) });
  });

  it('widen 8- and 16-bit integers by their scale and minimum', () => {
    const { weights } = parseGraphModel(
      modelJson([
        {
          name: 'bytes',
          shape: [3],
          dtype: 'float32',
          quantization: { dtype: 'uint8', scale: 0.5, min: -1 },
        },
        { name: 'words', shape: [1], dtype: 'float32', quantization: { dtype: 'uint16', scale: 2, min: 1 } },
        { name: 'whole', shape: [1], dtype: 'int32', quantization: { dtype: 'uint8', scale: 1, min: -3 } },
      ]),
      Uint8Array.of(0, 1, 255, 0x00, 0x01, 2),
    );
    assert.deepEqual(weights.get('bytes')?.data, Float32Array.of(-1, -0.5, 126.5));
    assert.deepEqual(weights.get('words')?.data, Float32Array.of(513));
    assert.deepEqual(weights.get('whole')?.data, Int32Array.of(-1));
  });

  it('are refused when the bytes are fewer or more than the manifest says', () => {
    const json = modelJson([{ name: 'w', shape: [2], dtype: 'float32' }]);
    assert.throws(() => parseGraphModel(json, new Uint8Array(7)), /w needs 8/);
    assert.throws(() => parseGraphModel(json, new Uint8Array(9)), /8 bytes.*hold 9/);
  });

  it('are refused when they are quantised without a scale', () => {
    const json = modelJson([{ name: 'w', shape: [1], dtype: 'float32', quantization: { dtype: 'uint8' } }]);
    assert.throws(() => parseGraphModel(json, new Uint8Array(1)), /w: uint8 without scale/);
  });
});

describe('a graph model’s nodes', () => {
  it('have their attributes decoded and control inputs left out', () => {
    const { nodes } = parseGraphModel(
      modelJson(
        [],
        [
          {
            name: 'c',
            op: 'Conv2D',
            input: ['x:0', 'y:1', '^z'],
            attr: {
              padding: { s: 'U0FNRQ==' },
              strides: { list: { i: ['1', '2', '2', '1'] } },
              fused_ops: { list: { s: ['UmVsdQ=='] } },
              keep_dims: { b: true },
            },
          },
        ],
      ),
      new Uint8Array(0),
    );
    const node = nodes.get('c');
    assert.deepEqual(node?.inputs, ['x', 'y:1']);
    assert.equal(node.text('padding'), 'SAME');
    assert.equal(node.text('data_format'), undefined);
    assert.deepEqual(node.integers('strides'), [1, 2, 2, 1]);
    assert.deepEqual(node.texts('fused_ops'), ['Relu']);
    assert.equal(node.flag('keep_dims'), true);
    assert.equal(node.flag('align_corners'), false);
  });

  it('must be there: a layers model or other JSON is refused in words', () => {
    assert.throws(() => parseGraphModel('{"format":"layers-model"}', new Uint8Array()), /not a TensorFlow/);
    assert.throws(() => parseGraphModel('[]', new Uint8Array()), /not a TensorFlow/);
  });
});
