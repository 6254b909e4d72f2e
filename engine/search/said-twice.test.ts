import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HeldLine } from './across-lines.ts';
import { withoutSaidTwice } from './said-twice.ts';

const line = (
  source: 'captions' | 'transcript' | 'screen-text' | undefined,
  [start, end]: [number, number],
  words: number[],
  more: Partial<HeldLine['hit']> = {},
): HeldLine => ({
  hit: {
    videoId: 'a',
    kind: 'said',
    start,
    end,
    text: `${source} ${start}`,
    ...(source && { source }),
    ...more,
  },
  words: new Set(words),
});

test('what was heard gives way to captions that say the same at the same time', () => {
  const kept = [
    line('captions', [10, 12], [0]),
    line(undefined, [12, 14], [1]),
    // Another word, another time, another video, and what is no speech.
    line('transcript', [10, 14], [0, 1, 2]),
    line('transcript', [20, 22], [0]),
    line('transcript', [10, 12], [0], { videoId: 'b' }),
    line('screen-text', [10, 12], [0], { kind: 'on-screen' }),
  ];
  const gone = [
    line('transcript', [10.4, 12.3], [0]),
    line('transcript', [10, 14], [0, 1]),
    line('transcript', [14.5, 15], [1]),
    line('screen-text', [11, 12], [0]),
  ];
  assert.deepEqual(withoutSaidTwice([...gone, ...kept]), kept);
  assert.deepEqual(withoutSaidTwice(gone), gone, 'without captions everything stays');
});
