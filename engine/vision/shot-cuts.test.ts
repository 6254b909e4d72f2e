import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { shotCuts } from './shot-cuts.ts';

/** Cuts among frames half a second apart, by number of the frame. */
function cutsOf(...scores: number[]): number[] {
  return shotCuts(scores.map((cutScore, index) => ({ time: index / 2, cutScore }))).map((time) => time * 2);
}

suite('a shot cut', () => {
  test('is one frame that differs much from the one before', () => {
    assert.deepEqual(cutsOf(0, 0.05, 0.8, 0.05, 0.1), [2]);
    assert.deepEqual(cutsOf(0, 0.05, 0.35, 0.05, 0.1), [2], 'between shots that are alike');
  });

  test('is not a pan, which makes frame after frame differ', () => {
    assert.deepEqual(cutsOf(0, 0.3, 0.4, 0.5, 0.4, 0.35, 0.3), []);
  });

  test('is not little, however still its surroundings are', () => {
    assert.deepEqual(cutsOf(0, 0, 0.25, 0, 0), []);
  });

  test('may follow another at once', () => {
    assert.deepEqual(cutsOf(0, 0.7, 0.75, 0.7, 0), [1, 2, 3]);
  });

  test('is never at the first frame, and nothing has none', () => {
    assert.deepEqual(cutsOf(1, 0, 0), []);
    assert.deepEqual(cutsOf(), []);
  });
});
