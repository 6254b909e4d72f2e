import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Random } from '../testing/random.ts';
import { hadamard, mixerSize, rotate } from './rotate.ts';
import { memorySource } from './source.ts';
import { wholeRows } from './whole-rows.ts';

suite('rotating groups of values', () => {
  test('a mixer is the largest power of two that divides a row, at most 64', () => {
    assert.deepEqual(
      [1536, 8960, 3584, 1280, 48, 20, 7].map((size) => mixerSize(size)),
      [64, 64, 64, 64, 16, 4, 1],
    );
  });

  test('the fast transform is the product with the Hadamard matrix', () => {
    const values = new Random(1).normal(32, 1);
    const matrix = hadamard(16);
    const expected = Array.from({ length: 32 }, (_, i) => {
      const group = i - (i % 16);
      let sum = 0;
      for (let j = 0; j < 16; j++) sum += values[group + j] * matrix[j * 16 + (i % 16)];
      return sum;
    });
    rotate(values, 16);
    for (const [i, value] of values.entries()) assert.ok(Math.abs(value - expected[i]) < 1e-5);
  });

  test('rotating twice gives back what was there, and once spreads one large value', () => {
    const values = new Float32Array(64);
    values[5] = 64;
    rotate(values, 64);
    assert.ok(values.every((value) => Math.abs(Math.abs(value) - 8) < 1e-4));
    rotate(values, 64);
    assert.ok(values.every((value, i) => Math.abs(value - (i === 5 ? 64 : 0)) < 1e-4));
  });
});

suite('matrices in whole rows', () => {
  const inputs = 24;
  const random = new Random(2);
  const tensors = {
    a: { shape: [3, inputs], data: random.normal(3 * inputs, 1) },
    b: { shape: [2, inputs], data: new Float32Array(2 * inputs) },
  };
  tensors.b.data.set(random.normal(inputs, 0.1));
  const source = memorySource(tensors);

  test('codes lie turned around, and times their scale they are the rotated weights', async () => {
    const planned = wholeRows(source, ['a', 'b'], inputs, 5);
    const codes = new Int8Array((await joined(planned.codes())).buffer);
    const scales = new Float32Array((await joined(planned.scales())).buffer);
    const rows = Float32Array.from([...tensors.a.data, ...tensors.b.data]);
    rotate(rows, 8);
    for (let row = 0; row < 5; row++) {
      for (let i = 0; i < inputs; i++) {
        const apart = Math.abs(codes[i * 5 + row] * scales[row] - rows[row * inputs + i]);
        assert.ok(apart <= scales[row] * 0.501, `${row}, ${i}: ${apart}`);
      }
    }
    const ofRow = (row: number) => Array.from({ length: inputs }, (_, i) => Math.abs(codes[i * 5 + row]));
    assert.equal(Math.max(...ofRow(0)), 127);
    assert.equal(Math.max(...ofRow(4)), 0);
  });

  test('scales that are asked for before their codes are refused', async () => {
    const planned = wholeRows(source, ['a'], inputs, 3);
    await assert.rejects(joined(planned.scales()), /before its codes/u);
  });
});

async function joined(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: number[] = [];
  for await (const piece of pieces) parts.push(...piece);
  return Uint8Array.from(parts);
}
