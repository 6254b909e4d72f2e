import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonsText, type Why } from './reasons.ts';

const likeness = (level: 'high' | 'medium' | 'low'): Why => ({ code: 'looks-like', level, similarity: 0.3 });

for (const [whys, said] of [
  [[likeness('high'), { code: 'checked', yes: 1 }], 'Strong visual match; re-check agrees (100 %)'],
  [[likeness('medium'), { code: 'checked', yes: 0.5 }], 'Fair visual match; re-check agrees (50 %)'],
  [[likeness('low'), { code: 'checked', yes: 0.03 }], 'Weak visual match; re-check disagrees (97 %)'],
  [
    [{ code: 'saw', label: 'apple', frames: 1, ofFrames: 1, most: 1, score: 0.9 }],
    'Saw an apple, 1 of 1 frame',
  ],
  [
    [{ code: 'saw', label: 'car', colours: ['red'], frames: 3, ofFrames: 8, most: 2, score: 0.9 }],
    'Saw 2 × red car at once, 3 of 8 frames',
  ],
  [[], ''],
] as [Why[], string][])
  test(`reasons are told as "${said}"`, () => assert.equal(reasonsText(whys), said));
