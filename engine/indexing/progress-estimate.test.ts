import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Progress } from '../protocol/progress.ts';
import { createPace } from './progress-estimate.ts';

/** A pace on a clock that the test sets, in milliseconds. */
function paced(totalWeight: number) {
  const told: Progress[] = [];
  const clock = { now: 0 };
  const pace = createPace(
    totalWeight,
    (progress) => told.push(progress),
    () => clock.now,
  );
  return { pace, clock, last: () => told.at(-1)! };
}

test('speed and time left follow the clock', () => {
  const { pace, clock, last } = paced(200);
  pace.begin('/a', 100);
  assert.deepEqual(last(), { stage: 'indexing', fraction: 0, subject: '/a' });
  clock.now = 2000;
  pace.reached(30, 0, 60);
  assert.deepEqual(last(), {
    stage: 'indexing',
    fraction: 0.25,
    subject: '/a',
    realtimeFactor: 15,
    secondsLeft: 6,
  });
  clock.now = 4000;
  pace.reached(60, 0, 60);
  pace.end();
  assert.equal(last().fraction, 0.5);
  assert.equal(last().secondsLeft, 4);
});

test('what an interrupted index had counts as done, but not as speed', () => {
  const { pace, clock, last } = paced(100);
  pace.begin('/a', 100);
  clock.now = 1000;
  pace.reached(75, 50, 100);
  assert.equal(last().fraction, 0.75);
  assert.equal(last().realtimeFactor, 25);
  assert.equal(last().secondsLeft, 1);
});

test('a file longer than it says does not run over', () => {
  const { pace, clock, last } = paced(100);
  pace.begin('/a', 100);
  clock.now = 1000;
  pace.reached(30, 0, 10);
  assert.equal(last().fraction, 1);
});
