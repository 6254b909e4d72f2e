import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runsAcross, type HeldLine } from './across-lines.ts';

const line = (start: number, end: number, words: number[], videoId = 'a', language?: string): HeldLine => ({
  hit: {
    videoId,
    kind: 'said',
    start,
    end,
    text: words.join(' '),
    ...(language === undefined ? {} : { language }),
  },
  words: new Set(words),
});
const times = (lines: readonly HeldLine[]) =>
  runsAcross(lines).map((run) => [run.lines[0].hit.start, run.lines.at(-1)!.hit.end, run.words]);

test('words that come one a line are found together, from the first to the last of them', () => {
  assert.deepEqual(
    times([line(5, 5.5, [3]), line(3, 3.5, [0]), line(3.5, 4, [1]), line(4.5, 5, [2]), line(9, 9.5, [1])]),
    [[3, 5.5, 4]],
  );
});

test('a run is as short as it can be, and lines with all words alone are no run', () => {
  assert.deepEqual(times([line(0, 1, [0]), line(1, 2, [0]), line(2, 3, [1])]), [[1, 3, 2]]);
  assert.deepEqual(times([line(0, 1, [0, 1]), line(1, 2, [0, 1])]), []);
});

test('words in another order, after a pause, in another video or language are not said together', () => {
  assert.deepEqual(times([line(0, 1, [1]), line(1, 2, [0])]), []);
  assert.deepEqual(times([line(0, 1, [0]), line(4, 5, [1])]), []);
  assert.deepEqual(times([line(0, 1, [0], 'a'), line(1, 2, [1], 'b')]), []);
  assert.deepEqual(times([line(0, 1, [0], 'a', 'en'), line(1, 2, [1], 'a', 'de')]), []);
});
