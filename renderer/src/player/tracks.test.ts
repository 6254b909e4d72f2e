import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tracksOf } from './tracks.ts';

const seen = (time: number, label: string, score = 0.8) => ({
  time,
  objects: [{ label, score, box: [0, 0, 1, 1] as [number, number, number, number] }],
});

test('sightings close to each other are one stretch; guesses are none', () => {
  const frames = [seen(0, 'dog'), seen(1.5, 'dog'), seen(2, 'cat', 0.1), seen(6, 'dog')];
  assert.deepEqual(tracksOf({ frames }, ['dog', 'cat']), [
    {
      label: 'dog',
      spans: [
        { start: 0, end: 1.5 },
        { start: 6, end: 6 },
      ],
    },
  ]);
});
