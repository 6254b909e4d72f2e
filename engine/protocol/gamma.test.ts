import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gammaOf, gammaRange, gammasOfMode, trainedRange, usualGammas } from './gamma.ts';

test('“auto” runs what the bundle was trained with, the usual factors where it says too little', () => {
  assert.deepEqual(gammasOfMode('auto', [0.8, 1, 2]), [0.8, 1, 2]);
  for (const little of [undefined, [], [1], [1, 9]])
    assert.deepEqual(gammasOfMode('auto', little), usualGammas);
  assert.deepEqual(gammasOfMode('compare', [0.8, 2]), [gammaRange.find, 1, gammaRange.explain]);
});

test('the trained range is that of the factors, in whatever order', () => {
  assert.deepEqual(trainedRange([2, 0.8, 1]), { from: 0.8, to: 2 });
  assert.deepEqual(trainedRange([]), { from: 0.5, to: 1.5 });
});

test('a factor outside the limits is refused with what it must be', () => {
  for (const wrong of [0.24, 4.1, NaN, Infinity, '1'])
    assert.match(gammaOf().safeParse(wrong).error!.issues[0].message, /a number from 0.25 to 4/);
  assert.equal(gammaOf().parse(0.25), 0.25);
});
