import assert from 'node:assert/strict';
import { test } from 'node:test';
import { floatToHalf, halfToFloat, narrow, widen } from './numbers.ts';

test('every half-precision number survives the way to float32 and back', () => {
  for (let half = 0; half < 65_536; half++) {
    const value = halfToFloat(half);
    if (Number.isNaN(value)) assert.ok(Number.isNaN(halfToFloat(floatToHalf(value))));
    else assert.equal(floatToHalf(value), half);
  }
});

test('a number between two halves goes to the nearer one, from the middle to the even one', () => {
  const cases: [number, number][] = [
    [1 + 2 ** -11, 1],
    [1 + 3 * 2 ** -11, 1 + 2 ** -9],
    [1 + 2 ** -11 + 2 ** -20, 1 + 2 ** -10],
    [2 ** -25, 0],
    [3 * 2 ** -25, 2 ** -23],
    [2 ** -25 + 2 ** -30, 2 ** -24],
    [65_519, 65_504],
    [65_520, Infinity],
    [-1e9, -Infinity],
  ];
  for (const [value, expected] of cases) assert.equal(halfToFloat(floatToHalf(value)), expected, `${value}`);
});

test('stored bfloat16, float16 and float32 widen to the numbers they stand for', () => {
  const values = [1, -2.5, 0.15625, 0];
  const float = Float32Array.from(values);
  const half = new Uint16Array(4);
  narrow(float, half);
  const brain = Uint16Array.from(new Uint32Array(float.buffer), (bits) => bits >>> 16);
  for (const [type, stored] of [
    ['F32', float],
    ['F16', half],
    ['BF16', brain],
  ] as const) {
    const widened = new Float32Array(4);
    widen(type, new Uint8Array(stored.buffer), widened);
    assert.deepEqual([...widened], values, type);
  }
});
