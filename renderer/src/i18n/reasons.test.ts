import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whySchema, type Why } from '../../../engine/protocol/reasons.ts';
import { en } from './en.ts';
import { reasonDetail, reasonPhrase } from './reasons.ts';
import { zh } from './zh.ts';

const reasons: Why[] = [
  { code: 'saw', label: 'bottle', frames: 7, ofFrames: 10, most: 2, score: 0.8 },
  { code: 'not-seen', label: 'dog' },
  { code: 'looks-like', level: 'high', similarity: 0.3 },
  { code: 'said', at: 62.4, text: 'hello' },
  { code: 'on-screen', at: 3, text: 'Exit' },
  { code: 'sound', level: 'loud', decibels: -9 },
  { code: 'chapter', at: 1, text: 'Arrival' },
  { code: 'file-name', text: 'party' },
  { code: 'folder-name', text: '2025' },
  { code: 'title', text: 'Party' },
  { code: 'checked', yes: 0.92 },
  { code: 'on-screen', at: 3, text: 'Exit' },
  { code: 'sound', level: 'loud', decibels: -12 },
  { code: 'unsure', of: 'class', words: 'woman' },
  { code: 'unsure', of: 'attribute', words: 'sitting' },
];

test('every kind of reason has words in both languages', () => {
  const codes = whySchema.options.map((option) => option.shape.code.value);
  assert.deepEqual([...new Set(reasons.map(({ code }) => code))].sort(), codes.sort());
  for (const why of reasons) {
    assert.match(reasonPhrase(why, zh), /\p{sc=Han}/u, why.code);
    assert.doesNotMatch(reasonPhrase(why, en), /\p{sc=Han}|undefined/u, why.code);
  }
});

test('a reason keeps its numbers and its quotation', () => {
  assert.equal(reasonPhrase(reasons[0], en), '2 × bottle in 7 of 10 frames');
  assert.equal(reasonPhrase(reasons[0], zh), '10 帧中 7 帧有 2 × 瓶子');
  assert.equal(reasonPhrase(reasons[3], en), '“hello” said at 1:02.4');
  assert.equal(reasonDetail(reasons[10], en), 'The model re-checked it: 92% yes');
});

test('a re-check that sees nothing is not told as agreement', () => {
  assert.notEqual(
    reasonPhrase({ code: 'checked', yes: 0.49 }, en),
    reasonPhrase({ code: 'checked', yes: 0.5 }, en),
  );
});

test('colours and the way that a thing moves are told in the user’s language', () => {
  const why: Why = { code: 'not-seen', label: 'car', colours: ['red', 'white'], heading: 'nearer' };
  assert.equal(reasonPhrase(why, en), 'no red and white car coming nearer seen here');
  assert.equal(reasonPhrase(why, zh), '没有看到 靠近的红色和白色的汽车');
  const somebody: Why = { code: 'not-seen', label: 'person', colours: ['orange'] };
  assert.equal(reasonPhrase(somebody, en), 'no person in orange seen here');
});
