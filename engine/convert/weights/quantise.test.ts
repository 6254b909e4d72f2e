import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ort from '../../../engine/onnxruntime/index.ts';
import { GraphBuilder } from '../onnx/graph.ts';
import { Random } from '../testing/random.ts';
import type { QuantisedBits } from './quantise.ts';
import { blockSize, blocksOf, quantiseRows } from './quantise.ts';

/** The weights that packed codes and scales stand for, computed from MatMulNBits' definition. */
function unpack(values: Float32Array, columns: number, bits: QuantisedBits): Float32Array {
  const { packed, scales } = quantiseRows(values, columns, bits);
  const blocks = blocksOf(columns);
  return Float32Array.from(values, (_, index) => {
    const row = Math.floor(index / columns);
    const column = index % columns;
    const block = row * blocks + Math.floor(column / blockSize);
    const at = block * blockSize + (column % blockSize);
    const byte = packed[bits === 8 ? at : at >> 1];
    const code = bits === 8 ? byte : at % 2 === 0 ? byte & 15 : byte >> 4;
    return (code - 2 ** (bits - 1)) * scales[block];
  });
}

test('8-bit weights lie within a step of the originals, 4-bit weights within two', () => {
  const columns = 96;
  const values = new Random(3).normal(7 * columns, 0.02);
  for (const bits of [8, 4] as const) {
    const restored = unpack(values, columns, bits);
    for (let start = 0; start < values.length; start += blockSize) {
      const block = values.subarray(start, start + blockSize);
      const step = block.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 2 ** (bits - 1);
      const allowed = bits === 8 ? 1.01 * step : 2.01 * step;
      block.forEach((value, i) => assert.ok(Math.abs(value - restored[start + i]) <= allowed));
    }
  }
});

test('the chosen 4-bit scale has no more error than the plain one', () => {
  const values = new Random(4).normal(64 * 64, 1);
  const error = (restored: Float32Array) =>
    restored.reduce((sum, value, i) => sum + (value - values[i]) ** 2, 0);
  const plain = Float32Array.from(values, (value, index) => {
    const block = values.subarray(index - (index % blockSize), index - (index % blockSize) + blockSize);
    const end = block.reduce((most, other) => (Math.abs(other) > Math.abs(most) ? other : most), 0);
    const scale = end / -8;
    return scale * Math.max(-8, Math.min(7, Math.round(value / scale)));
  });
  assert.ok(error(unpack(values, 64, 4)) < 0.97 * error(plain));
});

test('a block of zeros stays zero and a row that ends within a block is padded with zeros', () => {
  const values = new Float32Array(2 * 40).fill(0);
  values[79] = -1;
  for (const bits of [8, 4] as const) {
    assert.deepEqual([...unpack(values, 40, bits)], [...values]);
    const { packed } = quantiseRows(values, 40, bits);
    const zero = bits === 8 ? 128 : 0x88;
    assert.ok(packed.subarray((48 * bits) / 8, (64 * bits) / 8).every((byte) => byte === zero));
  }
});

test('onnxruntime reads the layout as it was meant: its product is that of the unpacked weights', async () => {
  const [inputs, outputs] = [72, 5];
  const random = new Random(5);
  const weights = random.normal(inputs * outputs, 1);
  const x = random.normal(inputs, 1);
  for (const bits of [8, 4] as const) {
    const { packed, scales } = quantiseRows(weights, inputs, bits);
    const graph = new GraphBuilder('product');
    const input = graph.input('x', 'float32', [1, inputs]);
    const blocks = blocksOf(inputs);
    const b = graph.constant('b', 'uint8', [outputs, blocks, (blockSize * bits) / 8], packed);
    const s = graph.values('float32', [outputs * blocks], scales);
    const attributes = { K: inputs, N: outputs, bits, block_size: blockSize, accuracy_level: 1 };
    graph.nodes('MatMulNBits', [input, b, s], ['y'], attributes, { domain: 'com.microsoft' });
    graph.output('y', 'float32', [1, outputs]);
    const session = await ort.InferenceSession.create(graph.encode());
    const { y } = await session.run({ x: new ort.Tensor('float32', x, [1, inputs]) });
    const restored = unpack(weights, inputs, bits);
    for (let row = 0; row < outputs; row++) {
      const expected = x.reduce((sum, value, i) => sum + value * restored[row * inputs + i], 0);
      assert.ok(Math.abs((y?.data[row] as number) - expected) < 1e-4);
    }
    await session.release();
  }
});
