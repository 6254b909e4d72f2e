import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Progress } from '../protocol/progress.ts';
import { createProgressEstimate } from './progress-estimate.ts';

/** An estimate on a clock that the test sets, in milliseconds. */
function estimated(totalWeight: number) {
  const told: Progress[] = [];
  const clock = { now: 0 };
  const estimate = createProgressEstimate(
    totalWeight,
    (progress) => told.push(progress),
    () => clock.now,
  );
  return { estimate, clock, last: () => told.at(-1)! };
}

test('speed and time left follow the clock', () => {
  const { estimate, clock, last } = estimated(200);
  estimate.begin('/a', 100);
  assert.deepEqual(last(), { stage: 'indexing', fraction: 0, subject: '/a' });
  clock.now = 2000;
  estimate.reached(30, 0, 60);
  assert.deepEqual(last(), {
    stage: 'indexing',
    fraction: 0.25,
    subject: '/a',
    realtimeFactor: 15,
    secondsLeft: 6,
  });
  clock.now = 4000;
  estimate.reached(60, 0, 60);
  estimate.end();
  assert.equal(last().fraction, 0.5);
  assert.equal(last().secondsLeft, 4);
});

test('what an interrupted index had counts as done, but not as speed', () => {
  const { estimate, clock, last } = estimated(100);
  estimate.begin('/a', 100);
  clock.now = 1000;
  estimate.reached(75, 50, 100);
  assert.equal(last().fraction, 0.75);
  assert.equal(last().realtimeFactor, 25);
  assert.equal(last().secondsLeft, 1);
});

test('a file longer than it says does not run over', () => {
  const { estimate, clock, last } = estimated(100);
  estimate.begin('/a', 100);
  clock.now = 1000;
  estimate.reached(30, 0, 10);
  assert.equal(last().fraction, 1);
});
