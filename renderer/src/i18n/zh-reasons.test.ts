import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whySchema, type Why } from '../../../engine/protocol/reasons.ts';
import { exactClock, percent } from '../format.ts';
import { zhReason } from './zh-reasons.ts';

const reasons: Why[] = [
  { code: 'saw', label: 'bottle', frames: 7, ofFrames: 10, most: 2, score: 0.8 },
  { code: 'not-seen', label: 'dog' },
  { code: 'looks-like', level: 'high', similarity: 0.3 },
  { code: 'said', at: 62.4, text: 'hello' },
  { code: 'chapter', at: 1, text: 'Arrival' },
  { code: 'file-name', text: 'party' },
  { code: 'folder-name', text: '2025' },
  { code: 'title', text: 'Party' },
  { code: 'checked', yes: 0.92 },
];

test('every kind of reason has Chinese words and keeps its numbers', () => {
  const codes = whySchema.options.map((option) => option.shape.code.value);
  assert.deepEqual(reasons.map(({ code }) => code).sort(), codes.sort());
  const said = reasons.map((why) => zhReason(why, { clock: exactClock, percent }));
  for (const text of said) assert.match(text, /\p{sc=Han}/u);
  assert.equal(said[0], '看到 bottle（同时 2 个），10 帧中有 7 帧');
  assert.equal(said[3], '1:02.4 说到“hello”');
  assert.equal(said[8], '再次查看：是（92%）');
});
