import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerLimits } from './answer-limits.ts';

test('the limit in force is offered once, in its place', () => {
  assert.deepEqual(
    answerLimits(100_000_000).map((bytes) => bytes / 1_000_000),
    [16, 64, 100, 256, 1_000, 4_000],
  );
  assert.equal(answerLimits(64_000_000).length, 5);
});

test('nothing is no limit to choose', () => {
  assert.ok(!answerLimits(0).includes(0));
});
