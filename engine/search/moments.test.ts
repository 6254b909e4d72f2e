import assert from 'node:assert/strict';
import { test } from 'node:test';
import { madeShots } from '../../tests/fixtures/search.ts';
import { groupMoments } from './moments.ts';
import { shotsOf } from '../vision/shots.ts';

const bounds = (spans: { start: number; end: number }[]) => spans.map(({ start, end }) => [start, end]);

test('neighbouring good patches are one moment, from where the score rises to where it falls', () => {
  const video = { scores: [0, 0.1, 0.6, 1, 0.9, 0.2, 0], ...madeShots([7]) };
  assert.deepEqual(bounds(groupMoments(video, [3, 4, 2], 0)), [[2, 5]]);
});

test('a moment ends at a cut, however good the other side is', () => {
  const video = { scores: [1, 1, 1, 0.9, 0.9, 0.9], ...madeShots([3, 3]) };
  assert.deepEqual(bounds(groupMoments(video, [0, 1, 2, 3, 4, 5], 0)), [
    [0, 3],
    [3, 6],
  ]);
});

test('one weak patch in between is a flicker, two are an end', () => {
  const flicker = { scores: [1, 0, 1, 0, 0, 1], ...madeShots([6]) };
  assert.deepEqual(bounds(groupMoments(flicker, [0, 2, 5], 0)), [
    [0, 3],
    [5, 6],
  ]);
});

test('a moment that reaches the shot’s edge begins and ends with the cut, inside a patch', () => {
  const starts = [0, 1, 2, 3];
  const ends = [1, 2, 3, 4];
  const shots = shotsOf(starts, ends, [1.3, 2.8]);
  assert.deepEqual(
    shots.map(({ first, past }) => [first, past]),
    [
      [0, 1],
      [1, 3],
      [3, 4],
    ],
  );
  assert.deepEqual(bounds(groupMoments({ scores: [0, 1, 1, 0], starts, ends, shots }, [1, 2], 0)), [
    [1.3, 2.8],
  ]);
});

test('the tail of a moment is not a moment of its own', () => {
  const video = { scores: [0, 1, 0.4, 0, 0, 0.5], ...madeShots([6]) };
  assert.deepEqual(bounds(groupMoments(video, [1, 5, 2], 0)), [
    [1, 2],
    [5, 6],
  ]);
});

test('the nearest of what is not there stands alone instead of swallowing its shot', () => {
  const video = { scores: [-5, -4.9, -5, -5.1], ...madeShots([4]) };
  assert.deepEqual(bounds(groupMoments(video, [1, 0, 2, 3], -4)), [
    [1, 2],
    [3, 4],
  ]);
});

test('no more moments are made than wanted', () => {
  const video = { scores: [1, 0, 0, 1, 0, 0, 1], ...madeShots([7]) };
  assert.equal(groupMoments(video, [0, 3, 6], 0, 2).length, 2);
});

test('a video without cuts is one shot, one without patches none', () => {
  assert.equal(shotsOf([0, 1], [1, 2], []).length, 1);
  assert.deepEqual(shotsOf([], [], [1]), []);
});

test('no patch belongs to two shots, and one that shows both sides of a cut to none', () => {
  const starts = [0.2, 1.2, 2.2, 3.2];
  const shots = shotsOf(starts, [1.2, 2.2, 3.2, 3.9], [0.1, 1.3, 1.4, 1.5, 3.85, 9]);
  assert.deepEqual(
    shots.flatMap(({ first, past }) => Array.from({ length: past - first }, (_, i) => first + i)),
    [0, 2, 3],
  );
  assert.equal(shots[0].start, 0.2);
  assert.equal(shots.at(-1)!.end, 3.9);
});

test('a cut between the two frames of a patch: its half second is told of neither side', () => {
  const starts = [0, 1, 2, 3];
  const ends = [1, 2, 3, 4];
  const shots = shotsOf(starts, ends, [2.5]);
  assert.deepEqual(
    shots.map(({ start, end, first, past }) => [start, end, first, past]),
    [
      [0, 2.5, 0, 2],
      [2.5, 4, 3, 4],
    ],
  );
  // What only the straddling temporal patch shows is no moment of the wrong shot.
  assert.deepEqual(bounds(groupMoments({ scores: [0, 0, 1, 0], starts, ends, shots }, [2], 0)), []);
  // A shot that would own nothing has the temporal patch that it lies in.
  assert.deepEqual(
    shotsOf(starts, ends, [1.5, 2.5]).map(({ first, past }) => [first, past]),
    [
      [0, 1],
      [1, 2],
      [3, 4],
    ],
  );
});
