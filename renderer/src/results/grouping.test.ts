import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupsOf } from './grouping.ts';
import type { Moment } from '../../../engine/protocol/results.ts';

const moment = (videoId: string, start: number) => ({ videoId, path: `/${videoId}`, start }) as Moment;

test('moments stand by their video, in the order in which the videos come up', () => {
  const groups = groupsOf([moment('b', 9), moment('a', 3), moment('b', 1)]);
  assert.deepEqual(
    groups.map(({ videoId, moments }) => [videoId, moments.map(({ start }) => start)]),
    [
      ['b', [9, 1]],
      ['a', [3]],
    ],
  );
  assert.deepEqual(groupsOf([]), []);
});
