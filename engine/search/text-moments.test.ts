import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textQuery } from '../language/text-match.ts';
import { textMoments } from './text-moments.ts';

type Args = Parameters<typeof textMoments>;

test('a line that lies hours behind the end of its film is no moment of it', () => {
  const video = { id: 'v', path: '/film.mp4', durationSec: 1.5 } as Args[2]['videos'][number];
  const line = (start: number) => ({
    videoId: 'v',
    kind: 'said' as const,
    start,
    end: start + 2,
    text: 'a dog barks',
  });
  const starts = [0.5, 360_000, 1e300, Infinity, NaN, -3];
  const store = { textHits: () => starts.map(line), lines: () => [] } as unknown as Args[0];
  const found = textMoments(
    store,
    { textQuery: textQuery('dog') },
    {
      videos: [video],
      all: true,
      by: () => true,
    },
  );
  assert.deepEqual(
    found.map(({ start }) => start),
    [0.5],
  );
  assert.ok(found[0].end <= 2.5);
});
