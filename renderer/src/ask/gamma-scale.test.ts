import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectOf, gammaAt, gammaByKey, marksOf, placeOf, untrained } from './gamma-scale.ts';

test('the slider’s ends are a quarter and four, and time as it is lies in the middle', () => {
  assert.equal(gammaAt(0), 0.25);
  assert.equal(gammaAt(0.5), 1);
  assert.equal(gammaAt(1), 4);
});

test('what the slider names, it can be set to', () => {
  for (const gamma of [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 4]) assert.equal(gammaAt(placeOf(gamma)), gamma);
});

test('every press of an arrow key changes the factor, and none leaves the range', () => {
  assert.equal(gammaByKey(1.5, 'ArrowRight'), 1.55);
  assert.equal(gammaByKey(1.5, 'ArrowDown'), 1.45);
  assert.equal(gammaByKey(0.25, 'ArrowLeft'), 0.25);
  assert.equal(gammaByKey(3.9, 'PageUp'), 4);
  assert.equal(gammaByKey(1, 'Home'), 0.25);
  assert.equal(gammaByKey(1, 'a'), undefined);
});

test('squeezed, even and stretched are told apart, and what was never trained is', () => {
  assert.equal(effectOf(0.75), 'gamma.squeeze');
  assert.equal(effectOf(1), 'gamma.even');
  assert.equal(effectOf(1.5), 'gamma.stretch');
  assert.ok(!untrained(0.5) && !untrained(1.5));
  assert.ok(untrained(0.45) && untrained(1.55));
});

test('the trained range is the bundle’s own, where it says one', () => {
  const trained = [1, 0.8, 2];
  assert.ok(!untrained(2, trained) && !untrained(0.8, trained));
  assert.ok(untrained(0.75, trained) && untrained(2.05, trained));
  assert.deepEqual(marksOf(trained), [0.25, 0.8, 1, 2, 4]);
  assert.deepEqual(marksOf(), [0.25, 0.5, 1, 1.5, 4]);
  assert.deepEqual(marksOf([]), marksOf());
});
