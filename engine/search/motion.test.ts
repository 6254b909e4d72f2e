import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headings, type Heading } from '../protocol/headings.ts';
import { goes, motionsOf } from '../vision/motion.ts';
import { objectScores } from './object-scores.ts';
import type { SeenObject } from '../core/frames.ts';

/** A car in a box around (x, y) of a size, in each of some frames in a row. */
function filmed(
  places: readonly (readonly [x: number, y: number, size: number])[],
  label = 'car',
): SeenObject[] {
  return places.map(([x, y, size], at) => ({
    ...{ patch: at >> 1, frame: at % 2 === 0 ? 0 : 1, label, score: 0.8 },
    box: [x - size / 2, y - size / 2, x + size / 2, y + size / 2],
  }));
}

const ways = (seen: readonly SeenObject[]): Heading[][] => {
  const motions = motionsOf(seen);
  return seen.map((one) =>
    headings.filter((heading) => motions.has(one) && goes(motions.get(one)!, heading)),
  );
};

test('what moves goes the way that its box does', () => {
  assert.deepEqual(
    ways(
      filmed([
        [0.7, 0.5, 0.2],
        [0.6, 0.5, 0.2],
        [0.5, 0.5, 0.2],
      ]),
    ),
    [['left'], ['left'], ['left']],
  );
  assert.deepEqual(
    ways(
      filmed([
        [0.2, 0.5, 0.2],
        [0.3, 0.52, 0.2],
      ]),
    ),
    [['right'], ['right']],
  );
  assert.deepEqual(
    ways(
      filmed([
        [0.5, 0.8, 0.2],
        [0.5, 0.7, 0.2],
      ]),
    ),
    [['up'], ['up']],
  );
  assert.deepEqual(
    ways(
      filmed([
        [0.5, 0.2, 0.2],
        [0.5, 0.3, 0.2],
      ]),
    ),
    [['down'], ['down']],
  );
  assert.deepEqual(
    ways(
      filmed([
        [0.5, 0.5, 0.2],
        [0.5, 0.5, 0.23],
      ]),
    ),
    [['nearer'], ['nearer']],
  );
  assert.deepEqual(
    ways(
      filmed([
        [0.5, 0.5, 0.23],
        [0.5, 0.5, 0.2],
      ]),
    ),
    [['farther'], ['farther']],
  );
});

test('what stands still and wavers a little goes nowhere, nor does what is seen once', () => {
  assert.deepEqual(
    ways(
      filmed([
        [0.5, 0.5, 0.2],
        [0.505, 0.497, 0.202],
        [0.498, 0.5, 0.2],
      ]),
    ).flat(),
    [],
  );
  assert.deepEqual(ways(filmed([[0.5, 0.5, 0.2]])), [[]]);
});

test('things that pass each other are told apart, and another kind is another thing', () => {
  const both = [
    ...filmed([
      [0.2, 0.3, 0.2],
      [0.3, 0.3, 0.2],
    ]),
    ...filmed([
      [0.8, 0.7, 0.2],
      [0.7, 0.7, 0.2],
    ]),
  ];
  const inOrder = both.toSorted((a, b) => 2 * a.patch + a.frame - 2 * b.patch - b.frame);
  assert.deepEqual(ways(inOrder), [['right'], ['left'], ['right'], ['left']]);
  const [car] = filmed([[0.2, 0.5, 0.2]]);
  const bus = {
    ...filmed([
      [0.2, 0.5, 0.2],
      [0.3, 0.5, 0.2],
    ])[1],
    label: 'bus',
  };
  assert.deepEqual(ways([car, bus]), [[], []]);
});

test('patches in which it moves the wanted way score, others do not', () => {
  const seen = filmed([
    [0.7, 0.5, 0.2],
    [0.6, 0.5, 0.2],
    [0.5, 0.5, 0.2],
    [0.5, 0.5, 0.2],
    [0.5, 0.5, 0.2],
    [0.5, 0.5, 0.2],
  ]);
  const score = (heading: Heading) =>
    [...objectScores([{ labels: ['car'], count: 1, heading }], seen, 3)].map((one) => Number(one.toFixed(2)));
  assert.deepEqual(score('left'), [0.8, 0.4, 0]);
  assert.deepEqual(score('right'), [0, 0, 0]);
});
