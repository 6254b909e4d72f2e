import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRequestSchema } from '../../../engine/protocol/requests.ts';
import { ages, asRequest, everything, lengths } from './filters.ts';

const now = new Date(2026, 2, 3, 0, 30);

test('nothing narrowed asks for nothing', () => {
  assert.deepEqual(asRequest(everything, now), {});
});

test('days are counted back over the ends of months, in local time', () => {
  assert.deepEqual(asRequest({ ...everything, age: '7' }, now), { after: '2026-02-24' });
  assert.deepEqual(asRequest({ ...everything, age: 'older' }, now), { before: '2025-03-03' });
});

test('lengths leave no gap between them', () => {
  const [short, middle, long] = lengths.map((length) => asRequest({ ...everything, length }, now));
  assert.equal(short.maxSeconds, middle.minSeconds);
  assert.equal(middle.maxSeconds, long.minSeconds);
  assert.equal(long.maxSeconds, undefined);
});

test('the engine takes every choice', () => {
  for (const age of ages)
    for (const length of lengths) {
      const request = asRequest({ folder: '/a', source: 'object', age, length }, now);
      assert.ok(findRequestSchema.safeParse({ query: 'a dog', ...request }).success, `${age} ${length}`);
    }
});
