import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineAt } from './line-at.ts';

const lines = [
  { start: 1, end: 3 },
  { start: 3, end: 4 },
  { start: 10, end: 12 },
];

test('the line that is said, else the one that was said last', () => {
  const at = (time: number) => lineAt(lines, time);
  assert.deepEqual([0.5, 1, 2.9, 3, 7, 11, 99].map(at), [-1, 0, 0, 1, 1, 2, 2]);
});

test('a frame before its beginning is still the line before', () => {
  assert.equal(lineAt(lines, 9.99), 1);
  assert.equal(lineAt([], 3), -1);
});
