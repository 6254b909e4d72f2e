import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intersectionOverUnion, isRight } from './questions.ts';

test('stretches that only touch share nothing', () => {
  assert.equal(intersectionOverUnion({ start: 0, end: 2 }, { start: 2, end: 4 }), 0);
});

test('intersection over union is the shared part of what both cover', () => {
  assert.equal(intersectionOverUnion({ start: 0, end: 4 }, { start: 2, end: 6 }), 2 / 6);
  assert.equal(intersectionOverUnion({ start: 1, end: 3 }, { start: 1, end: 3 }), 1);
});

test('an answer is right when it holds a right answer as whole words', () => {
  assert.ok(isRight('Yes, at 0:01:02.', ['yes']));
  assert.ok(isRight('the Top Hat.', ['top hat']));
  assert.ok(!isRight('yesterday', ['yes']));
  assert.ok(!isRight('not sure', ['yes', 'no']));
});
