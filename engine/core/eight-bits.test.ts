import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eightBitBytes, packEightBits, unpackEightBits } from './eight-bits.ts';

function again(values: Float32Array): Float32Array {
  const packed = packEightBits(values);
  assert.equal(packed.length, eightBitBytes(values.length));
  const unpacked = new Float32Array(values.length);
  unpackEightBits(packed, unpacked);
  return unpacked;
}

test('no value is off by more than 1/250 of the largest of its 64', () => {
  const values = Float32Array.from({ length: 3 * 64 + 7 }, (_, i) => Math.sin(i * 12.9898) * 10 ** (i >> 6));
  const unpacked = again(values);
  for (let start = 0; start < values.length; start += 64) {
    const some = values.subarray(start, start + 64);
    const most = Math.max(...some.map(Math.abs));
    for (const [i, value] of some.entries())
      assert.ok(Math.abs(value - unpacked[start + i]) <= most / 250, `${value}, ${unpacked[start + i]}`);
  }
});

test('zeros stay zeros, signs and large values stay, and no values take no bytes', () => {
  assert.deepEqual(again(new Float32Array(70)), new Float32Array(70));
  const [large, small, none] = again(Float32Array.of(127_000, -127_000, 0));
  assert.ok(Math.abs(large - 127_000) < 100 && Math.abs(small + 127_000) < 100 && none === 0);
  assert.equal(packEightBits(new Float32Array(0)).length, 0);
});
