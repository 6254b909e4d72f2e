import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOldOrder, sameOrder, worthShowing } from './order.ts';
import type { FindResult, Moment } from '../../../engine/protocol/results.ts';

const moment = (videoId: string, confidence: number): Moment => ({
  videoId,
  path: `/${videoId}.mp4`,
  start: 1,
  end: 2,
  score: confidence,
  confidence,
  source: 'scene',
  reason: '',
});
const result = (moments: Moment[], refined: boolean): FindResult => ({
  query: 'x',
  gamma: 0.75,
  model: 'm',
  confident: true,
  moments,
  latencyMs: 1,
  examined: { videos: 1, seconds: 1 },
  skipped: 0,
  refined,
});

test('while somebody points at the list it keeps its order and takes the new confidences', () => {
  const first = result([moment('a', 0.5), moment('b', 0.4), moment('c', 0.3)], false);
  const refined = result([moment('c', 0.9), moment('a', 0.2)], true);
  const shown = inOldOrder(first, refined);
  assert.deepEqual(
    shown.moments.map(({ videoId, confidence }) => [videoId, confidence]),
    [
      ['a', 0.2],
      ['b', 0.4],
      ['c', 0.9],
    ],
  );
  assert.equal(shown.refined, true);
});

test('two lists have the same order when the same moments stand in the same places', () => {
  const list = result([moment('a', 0.5), moment('b', 0.4)], false);
  assert.ok(sameOrder(list, result([moment('a', 0.1), moment('b', 0.9)], true)));
  assert.ok(!sameOrder(list, result([moment('b', 0.9), moment('a', 0.1)], true)));
  assert.ok(!sameOrder(list, result([moment('a', 0.5)], true)));
});

test('unlikely moments are not counted among those that were found', () => {
  const found = result([moment('a', 0.9), moment('b', 0.45), moment('c', 0.02)], true);
  assert.deepEqual(
    worthShowing(found).map(({ videoId }) => videoId),
    ['a', 'b'],
  );
});

test('where nothing is likely, a few of the nearest are shown', () => {
  const moments = Array.from({ length: 30 }, (_, n) => moment(`v${n}`, 0.02));
  assert.equal(worthShowing({ ...result(moments, true), confident: false }).length, 8);
});

test('a stretch that was found by its picture and by its name is one moment with both reasons', () => {
  const seen = { ...moment('a', 0.9), why: [{ code: 'not-seen' as const, label: 'dog' }] };
  const named = { ...moment('a', 0.6), why: [...seen.why, { code: 'file-name' as const, text: 'bottle' }] };
  const [only, ...others] = worthShowing(result([seen, named], true));
  assert.deepEqual(others, []);
  assert.equal(only.confidence, 0.9);
  assert.deepEqual(
    only.why?.map(({ code }) => code),
    ['not-seen', 'file-name'],
  );
});
