import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinCalibration } from '../../tests/fixtures/search.ts';
import { calibration, logistic, logOdds, numbersOf } from './calibration.ts';
import { ceilingOf, coverageOf, fuser } from './fusion.ts';
import { bestSeen, mostAtOnce, objectScores } from './object-scores.ts';
import { colours, packShares, type Colour } from '../protocol/colours.ts';
import { backgroundOf } from './similarity.ts';
import { similarities } from '../core/similarities.ts';
import { TopK } from '../core/top-k.ts';
import type { SeenObject } from '../core/frames.ts';

const numbers = numbersOf({ calibration: builtinCalibration });
const usual = builtinCalibration.background;

const seen = (patch: number, frame: 0 | 1, label: string, score: number, x = 0.5): SeenObject => ({
  patch,
  frame,
  label,
  score,
  box: [x - 0.1, 0.4, x + 0.1, 0.6],
});

test('the k best of a row are the k best of the sorted row', () => {
  let state = 7;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const row = Array.from({ length: 2000 }, random);
  for (const k of [1, 10, 2000, 5000]) {
    const top = new TopK(k);
    row.forEach((score, i) => top.offer(score, i));
    assert.deepEqual(
      top.best().map(({ score }) => score),
      row.toSorted((a, b) => b - a).slice(0, k),
    );
  }
});

test('a score that is not a number is never among the best', () => {
  const top = new TopK(2);
  [NaN, 1, NaN].forEach((score, i) => top.offer(score, i));
  assert.deepEqual(top.best(), [{ score: 1, item: 1 }]);
});

test('similarities are the dot products of the query with each row', () => {
  const rows = Float32Array.of(1, 0, 0, 1, 0.6, 0.8);
  assert.deepEqual(
    [...similarities(Float32Array.of(1, 0), rows)].map((v) => +v.toFixed(6)),
    [1, 0, 0.6],
  );
});

test('in a large library the background is its own, in a tiny one the usual one', () => {
  const large = backgroundOf([new Float32Array(100_000).map((_, i) => (i % 2 ? 0.4 : 0.2))], usual);
  assert.ok(Math.abs(large.mean - 0.3) < 1e-3 && Math.abs(large.deviation - 0.1) < 1e-3);
  const tiny = backgroundOf([Float32Array.of(0.9)], usual);
  assert.ok(Math.abs(tiny.mean - usual.mean) < 0.05);
});

test('an object seen in both frames counts twice as much as in one', () => {
  const scores = objectScores(
    [{ labels: ['dog'], count: 1 }],
    [seen(0, 0, 'dog', 0.8), seen(0, 1, 'dog', 0.6), seen(2, 1, 'dog', 0.8)],
    3,
  );
  assert.deepEqual(
    [...scores].map((v) => +v.toFixed(6)),
    [0.7, 0, 0.4],
  );
});

test('two dogs need two dogs in one frame, and the second one counts', () => {
  const wanted = [{ labels: ['dog'], count: 2 }];
  assert.equal(objectScores(wanted, [seen(0, 0, 'dog', 0.9), seen(0, 1, 'dog', 0.9)], 1)[0], 0);
  assert.equal(objectScores(wanted, [seen(0, 0, 'dog', 0.9), seen(0, 0, 'dog', 0.5)], 1)[0], 0.25);
});

test('a dog and a cat need both, and any kind of a kind will do', () => {
  const both = [
    { labels: ['dog'], count: 1 },
    { labels: ['cat', 'bird'], count: 1 },
  ];
  assert.equal(objectScores(both, [seen(0, 0, 'dog', 0.9)], 1)[0], 0);
  assert.equal(objectScores(both, [seen(0, 0, 'dog', 1), seen(0, 0, 'bird', 0.5)], 1)[0], 0.25);
});

test('on the left means that its middle is there', () => {
  const wanted = [{ labels: ['cup'], count: 1, places: ['left' as const] }];
  const scores = objectScores(wanted, [seen(0, 0, 'cup', 1, 0.2), seen(1, 0, 'cup', 1, 0.8)], 2);
  assert.deepEqual([...scores], [0.5, 0]);
});

test('a colour that is asked for must be seen, grey and its like in larger parts', () => {
  const red = packShares(colours.map((one) => (one === 'red' ? 0.2 : one === 'grey' ? 0.8 : 0)));
  const score = (wish: Colour[], measured?: number) => {
    const car = { ...seen(0, 0, 'car', 1), ...(measured !== undefined && { colours: measured }) };
    return 2 * objectScores([{ labels: ['car'], count: 1, colours: wish }], [car], 1)[0];
  };
  assert.equal(score(['red'], red), 1);
  assert.equal(score(['grey'], red), 1);
  assert.equal(score(['blue'], red), 0);
  assert.equal(score(['red', 'blue'], red), 0);
  const faint = packShares(colours.map((one) => (one === 'black' || one === 'green' ? 0.13 : 0)));
  assert.ok(score(['green'], faint) > 0.3 && score(['black'], faint) < 0.1);
  assert.equal(score(['red']), 0.5, 'an index that knows no colours neither says yes nor no');
  assert.equal(score([]), 1);
});

test('what was seen in a stretch is told with its best score', () => {
  const objects = [
    seen(0, 0, 'dog', 0.3),
    seen(1, 0, 'dog', 0.6),
    seen(1, 1, 'cat', 0.7),
    seen(5, 0, 'dog', 0.9),
  ];
  const either = [{ labels: ['dog', 'cat'], count: 1 }];
  assert.deepEqual(bestSeen(either, objects, { first: 0, past: 2 }, 0.25), [
    { label: 'cat', score: 0.7, frames: 1, most: 1 },
    { label: 'dog', score: 0.6, frames: 2, most: 1 },
  ]);
});

test('the most at once is a number that two frames agree on', () => {
  const frame = (patch: number, side: 0 | 1, count: number) =>
    Array.from({ length: count }, () => seen(patch, side, 'person', 0.8));
  const { count, patch } = mostAtOnce(
    [...frame(0, 0, 1), ...frame(4, 0, 3), ...frame(4, 1, 2), ...frame(6, 0, 1)],
    numbers,
  );
  assert.equal(count, 2);
  assert.equal(patch, 4);
  assert.equal(mostAtOnce([seen(0, 0, 'person', 0.2)], numbers).count, 0);
});

const background = { mean: 0.025, deviation: 0.05 };

test('where the detector knows the query, the scene only orders what it saw alike', () => {
  const fuse = fuser('covered', background, numbers);
  assert.ok(fuse({ object: 0.6, similarity: 0.2 }) > fuse({ object: 0.6, similarity: 0 }));
  assert.ok(fuse({ object: 0.6, similarity: 0 }) > fuse({ object: 0.1, similarity: 0.2 }));
});

test('where the detector knows a part, what it saw helps the scene but can’t do without it', () => {
  const fuse = fuser('partly', background, numbers);
  const both = fuse({ object: 0.7, similarity: 0.5 });
  assert.ok(both > fuse({ object: 0.7, similarity: 0 }) && both > fuse({ object: 0, similarity: 0.5 }));
  assert.ok(logistic(fuse({ object: 0.9, similarity: background.mean })) < calibration.confident);
});

test('of a wider word than its classes, either the detector or the scene is enough', () => {
  const fuse = fuser('wider', background, numbers);
  assert.ok(logistic(fuse({ object: 0.6, similarity: background.mean })) > calibration.confident);
  assert.ok(fuse({ object: 0, similarity: 0.6 }) > fuse({ object: 0, similarity: 0 }));
  assert.equal(ceilingOf('wider', { object: 0, similarity: 0 }, background, numbers), 1);
});

test('how much of a query the detector knows decides how it is fused', () => {
  const dog = { labels: ['dog'], count: 1, exact: true };
  const poodle = { labels: ['dog'], count: 1, exact: false };
  const animal = { labels: ['dog', 'cat'], count: 1, exact: false };
  const cases = [
    [{ objects: [], rest: ['guitar'], covered: false }, 'none'],
    [{ objects: [dog], rest: [], covered: true }, 'covered'],
    [{ objects: [dog], rest: ['red'], covered: false }, 'partly'],
    [{ objects: [poodle], rest: [], covered: false }, 'partly'],
    [{ objects: [animal], rest: [], covered: false }, 'wider'],
    [{ objects: [animal], rest: ['red'], covered: false }, 'partly'],
  ] as const;
  for (const [wanted, coverage] of cases) assert.equal(coverageOf(wanted), coverage);
});

test('what the detector knows and did not see stays under the threshold unless the embedding is very sure', () => {
  const rather = usual.mean + 3 * usual.deviation;
  assert.ok(
    ceilingOf('covered', { object: 0.1, similarity: rather }, background, numbers) < calibration.confident,
  );
  assert.ok(
    ceilingOf('covered', { object: 0, similarity: 0.5 }, background, numbers) > calibration.confident,
  );
  assert.equal(ceilingOf('covered', { object: 0.6, similarity: 0 }, background, numbers), 1);
  assert.equal(ceilingOf('none', { object: 0, similarity: 0 }, background, numbers), 1);
});

test('log-odds and probability are each other’s inverse, and certainty stays finite', () => {
  assert.ok(Math.abs(logistic(logOdds(0.3)) - 0.3) < 1e-12);
  assert.ok(Number.isFinite(logOdds(0)) && Number.isFinite(logOdds(1)));
});
