import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transcriptLineSchema, type TranscriptLine } from '../protocol/transcript.ts';
import { correctLines } from './corrections.ts';

const line = (start: number, end: number, text: string): TranscriptLine => ({
  ...{ start, end, text, language: 'en' },
  words: text.split(' ').map((word, n, all) => ({
    start: start + ((end - start) * n) / all.length,
    end: start + ((end - start) * (n + 1)) / all.length,
    text: word,
  })),
});
const lines = [line(1, 3, 'the epo of belief'), line(4, 6, 'we had everything'), line(7, 9, 'before us')];
const correction = {
  start: 1,
  end: 3,
  was: 'the epo of belief',
  text: 'the epoch of belief',
  at: '2026-11-30T10:00:00Z',
};

test('a corrected line keeps its place, and its words their times', () => {
  const { lines: corrected, placed } = correctLines(lines, [correction]);
  assert.deepEqual(
    corrected.map(({ text }) => text),
    ['the epoch of belief', 'we had everything', 'before us'],
  );
  assert.equal(corrected[0].corrected, true);
  assert.equal(corrected[0].language, 'en');
  assert.deepEqual(corrected[0].words![1], { ...lines[0].words![1], text: 'epoch' });
  assert.equal(placed[0], corrected[0]);
  for (const one of corrected) transcriptLineSchema.parse(one);
});

test('it stays when speech is recognised again, however the lines are cut then', () => {
  for (const again of [
    [line(1.1, 3.05, 'the a park of relief'), line(4, 9, 'we had everything before us')],
    [line(1, 1.9, 'the a'), line(1.9, 3, 'park of relief'), line(4, 9, 'we had')],
    [line(4, 9, 'we had everything before us')],
  ]) {
    const { lines: corrected } = correctLines(again, [correction]);
    assert.equal(corrected[0].text, 'the epoch of belief');
    assert.equal(corrected.length, 2);
    assert.deepEqual([corrected[0].start, corrected[0].end], [1, 3]);
  }
});

test('another number of words shares the time of the line', () => {
  const { lines: corrected } = correctLines(lines, [{ ...correction, text: 'it was the epoch of belief' }]);
  const words = corrected[0].words!;
  assert.equal(words.length, 6);
  assert.ok(words[0].start === 1 && words.at(-1)!.end === 3);
});

test('the later of two corrections holds; an empty one takes the line away; a speaker is kept', () => {
  const later = { ...correction, text: 'later', at: '2026-11-30T11:00:00Z', speaker: 'Charles' };
  const both = correctLines(lines, [later, correction]);
  assert.equal(both.lines[0].text, 'later');
  assert.equal(both.lines[0].speaker, 'Charles');
  assert.equal(both.placed[1], undefined);
  const gone = correctLines(lines, [{ ...correction, text: ' ' }]);
  assert.deepEqual(
    gone.lines.map(({ text }) => text),
    ['we had everything', 'before us'],
  );
  assert.deepEqual(correctLines(lines, []).lines, lines);
});
