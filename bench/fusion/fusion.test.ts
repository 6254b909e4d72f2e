import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitRecheck } from './recheck-fit.ts';
import { quality } from './quality.ts';
import type { Judged } from './gather.ts';

/** A query with one moment: what the decoder says of it, and whether it is right. */
const judged = (right: boolean, yes: number): Judged => ({
  query: 'q',
  there: true,
  lists: {
    'embedding alone': [],
    'detector alone': [],
    'log-odds fusion': [],
    'reciprocal ranks': [],
    'log-odds, second look': [],
  },
  checked: [{ seen: true, score: 0, confidence: 0.5, ceiling: 1, yes, right }],
});

test('a decoder that is right counts, one that is wrong as often as right does not', () => {
  const good = Array.from({ length: 80 }, (_, i) => judged(i % 2 === 0, i % 2 === 0 ? 0.9 : 0.1));
  assert.ok(fitRecheck(good).object.weight > 0.5);
  const blind = Array.from({ length: 80 }, (_, i) => judged(i % 2 === 0, i % 4 < 2 ? 0.95 : 0.05));
  assert.equal(fitRecheck(blind).object.weight, 0);
  assert.equal(fitRecheck(good.slice(0, 30)).object.weight, 0, 'too few to know');
});

test('quality counts the first right one', () => {
  const one = judged(true, 0.5);
  const list = (right: boolean[]) => quality([one], () => right);
  assert.deepEqual(list([true]), { queries: 1, first: 1, five: 1, reciprocal: 1 });
  assert.deepEqual(list([false, true]), { queries: 1, first: 0, five: 1, reciprocal: 0.5 });
  assert.deepEqual(list([]), { queries: 1, first: 0, five: 0, reciprocal: 0 });
});
