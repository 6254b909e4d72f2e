import assert from 'node:assert/strict';
import { test } from 'node:test';
import { believe } from './doubt.ts';

test('what was said is believed as it is', () => {
  for (const [text, seconds] of [
    ['Thank you.', 0.8],
    ['謝謝。', 0.7],
    ['you', 0.3],
    ['It was the best of times, it was the worst of times.', 3.5],
    ['No, no, no, no!', 1.5],
    ['We will, we will rock you.', 2.5],
    ['今天我们要谈谈预算的问题。', 3],
    ['Okay, so the budget is 12,500 dollars.', 2.6],
  ] as const)
    assert.deepEqual(believe(text, seconds), { text });
});

test('what recognisers make of silence, music and hum is not', () => {
  for (const [text, seconds] of [
    ['you', 4],
    ['Thank you.', 5],
    ['Thanks for watching!', 12],
    ['Subtitles by the Amara.org community', 20],
    ['ご視聴ありがとうございました', 25],
    ['请不吝点赞 订阅 转发 打赏支持明镜与点点栏目', 30],
    ['[Music]', 8],
    ['(upbeat music)', 1],
    ['♪♪', 3],
    ['【音乐】', 3],
    ['...', 2],
    ['', 2],
    ['Oh', 9],
  ] as const) {
    const { text: left, why } = believe(text, seconds);
    assert.equal(left, '', text);
    assert.ok(why!.length > 5);
  }
});

test('loops of the decoder are said once, the rest stays', () => {
  const looped = `So this is it. ${'I am going to the store. '.repeat(12)}And that was all.`;
  const { text, why } = believe(looped, 20);
  assert.equal(text, 'So this is it. I am going to the store. And that was all.');
  assert.match(why!, /repeat/);
  assert.equal(believe('哈'.repeat(60), 1.5).text, '哈');
});

test('more words than can be said are not believed', () => {
  const text = 'This is far too much text for half a second of speech, whoever it may be that speaks here.';
  assert.equal(believe(text, 0.5).text, '');
  assert.equal(believe(text, 5).text, text);
});

test('descriptions of sounds are taken out of what was said', () => {
  assert.deepEqual(believe('[door closes] Come in! (laughs)', 1.5), {
    text: 'Come in!',
    why: 'a description of sounds',
  });
});
