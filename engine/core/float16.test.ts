import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packHalf, toHalf, unpackHalf } from './float16.ts';

test('every half-precision number survives a round trip', () => {
  const bytes = new Uint8Array(65_536 * 2);
  new Uint16Array(bytes.buffer).forEach((_, half, all) => (all[half] = half));
  const values = new Float32Array(65_536);
  unpackHalf(bytes, values);
  const again = new Uint16Array(packHalf(values).buffer);
  again.forEach((half, index) => {
    if (Number.isNaN(values[index])) assert.equal(half & 0x7e00, 0x7e00);
    else assert.equal(half, index);
  });
});

test('known numbers have their known bits', () => {
  const known: [number, number][] = [
    [0, 0],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65_504, 0x7bff],
    [65_520, 0x7c00],
    [1e9, 0x7c00],
    [-Infinity, 0xfc00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0],
    [2 ** -25 * 1.0001, 0x0001],
    [1e-30, 0],
    [1 / 3, 0x3555],
  ];
  for (const [value, half] of known) assert.equal(toHalf(value), half, String(value));
});

test('numbers in between go to the nearest, and to the even one from the middle', () => {
  assert.equal(toHalf(1 + 2 ** -11), 0x3c00);
  assert.equal(toHalf(1 + 3 * 2 ** -11), 0x3c02);
  assert.equal(toHalf(1 + 2 ** -11 + 2 ** -20), 0x3c01);
  assert.equal(toHalf(2 - 2 ** -12), 0x4000);
});
