import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plural } from './plural.ts';

for (const [count, noun, said] of [
  [0, 'video', '0 videos'],
  [1, 'video', '1 video'],
  [2, 'video', '2 videos'],
  [1, 'temporal patch', '1 temporal patch'],
  [5, 'temporal patch', '5 temporal patches'],
  [3, 'query', '3 queries'],
  [3, 'day', '3 days'],
] as const)
  test(`${count} of ${noun} is "${said}"`, () => assert.equal(plural(count, noun), said));
