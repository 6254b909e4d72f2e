import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Sighting } from '../types.ts';
import { finishLines, scriptOf } from './finish.ts';
import { grows, sameText } from './similarity.ts';
import { joinTicker } from './ticker.ts';

type Box = Sighting['box'];
const middle: Box = [0.1, 0.4, 0.6, 0.45];

const seen = (text: string, start: number, end: number, box: Box = middle, confidence = 0.9): Sighting => ({
  ...{ text, start, end, box, confidence },
  angle: 0,
});
/** A box of a width in the middle of the lowest part. */
const low = (width: number, y = 0.86): Box => [0.5 - width / 2, y, 0.5 + width / 2, y + 0.06];
const brief = (lines: readonly { text: string; start: number; end: number }[]) =>
  lines.map(({ text, start, end }) => [text, start, end]);

describe('fuzzy equality', () => {
  test('case, accents, spaces, signs and a misread letter are forgiven', () => {
    assert.ok(sameText('The Budget: 2024', 'the budget 2024'));
    assert.ok(sameText('Café Zürich opens', 'Cafe Zurich opens'));
    assert.ok(sameText('Loss = model.step(data)', 'loss = mode1.step(data)') === false, 'digits must agree');
    assert.ok(sameText('Photosynthesis', 'Photosynthesls'));
    assert.ok(sameText('监督学习与无监督学习', '监督学习与无监督学刁'));
  });

  test('other numbers and other short words are other lines', () => {
    assert.ok(!sameText('Slide 3 of 20', 'Slide 4 of 20'));
    assert.ok(!sameText('12:41', '12:42'));
    assert.ok(!sameText('cat', 'car'));
    assert.ok(!sameText('', 'x'));
  });

  test('a line that is written on is the same line; another number is not', () => {
    assert.ok(grows('def train(', 'def train(model, data):'));
    assert.ok(!grows('Lecture 19, page 3', 'Lecture 29, page 4'));
    assert.ok(!grows('Lecture 19, page 3', 'Lecture 19, page 4'));
    assert.ok(!grows('def train(model):', 'def tr'));
    assert.ok(!grows('abcdef', 'uvwxyz and more'));
  });
});

describe('lines over many frames', () => {
  test('the same line again and again is one line, as it was read best', () => {
    const lines = finishLines([
      seen('Photosynthesls', 0, 5, middle, 0.7),
      seen('Photosynthesis', 5, 9, middle, 0.95),
      seen('Photosynthesis', 10.5, 20),
    ]);
    assert.deepEqual(brief(lines), [['Photosynthesis', 0, 20]]);
    assert.equal(lines[0].confidence, 0.95);
    assert.equal(lines[0].moving, false);
  });

  test('a footer stays one line while the slides above it change', () => {
    const footer: Box = [0.05, 0.92, 0.3, 0.96];
    const sightings = Array.from({ length: 10 }, (_, i) => [
      seen(`Slide ${'abcdefghij'[i].repeat(6)}`, i * 10, i * 10 + 10),
      seen('Dr. Keller, Biology', i * 10, i * 10 + 10, footer),
    ]).flat();
    const lines = finishLines(sightings);
    assert.equal(lines.length, 11);
    assert.deepEqual(brief(lines.filter(({ text }) => text.startsWith('Dr'))), [
      ['Dr. Keller, Biology', 0, 100],
    ]);
  });

  test('long after, it is a line of its own; and the same words twice in one picture are two', () => {
    assert.equal(finishLines([seen('Summary', 0, 5), seen('Summary', 60, 65)]).length, 2);
    const other: Box = [0.1, 0.6, 0.6, 0.65];
    assert.equal(finishLines([seen('to be done', 0, 5), seen('to be done', 0, 5, other)]).length, 2);
    assert.equal(finishLines([seen('Page 3', 0, 5), seen('Page 4', 5, 10)]).length, 2);
  });

  test('credits that scroll are one line each', () => {
    const names = ['Directed by Anna Keller', 'Music by Tom Roth', 'Edited by Mia Chen'];
    const at = (name: number, step: number): Box => {
      const y = 0.95 + name * 0.1 - step * 0.2;
      return [0.3, y, 0.7, y + 0.05];
    };
    const sightings = [0, 1, 2, 3, 4].flatMap((step) =>
      names.flatMap((text, i) => {
        const box = at(i, step);
        return box[1] < 0 || box[3] > 1 ? [] : [seen(text, step * 2, step * 2 + 1, box)];
      }),
    );
    assert.ok(sightings.length > 8);
    const lines = finishLines(sightings);
    assert.deepEqual(
      lines.map(({ text, moving }) => [text, moving]).sort(),
      names.map((text) => [text, true]).sort(),
    );
  });

  test('a ticker is one line', () => {
    const news =
      'Parliament votes on the budget today +++ Storm warning for the northern coast +++ Rail strike ends after nine days';
    const bar: Box = [0, 0.93, 1, 0.98];
    const sightings = [0, 14, 30, 41, 55].map((from, i) =>
      seen(news.slice(from, from + 50), i * 3, i * 3 + 1, bar),
    );
    const [line, ...rest] = finishLines(sightings);
    assert.equal(rest.length, 0);
    assert.equal(line.text, news.slice(0, 105));
    assert.deepEqual([line.start, line.end, line.moving, line.kind], [0, 13, true, 'on-screen']);
  });

  test('a line that comes in from the right is one line, from its first letters on', () => {
    const text = 'Storm warning for the northern coast';
    const sightings = [8, 16, 27, 36].map((letters, i) =>
      seen(text.slice(0, letters) + (letters < 36 ? 'l' : ''), i, i + 1, [1 - letters / 40, 0.93, 1, 0.98]),
    );
    const lines = finishLines(sightings);
    assert.deepEqual(
      lines.map(({ text, start, end, moving }) => [text, start, end, moving]),
      [[text, 0, 4, true]],
    );
  });

  test('pieces of a ticker join although letters at its ends are cut or misread; other texts do not', () => {
    assert.equal(
      joinTicker('ws: the harbour is closed for ships ti', 'he harbour is closed for shlps till Monday'),
      'ws: the harbour is closed for shlps till Monday',
    );
    assert.equal(joinTicker('The harbour is closed', 'Trains run on time again'), undefined);
    assert.equal(joinTicker('short', 'short'), undefined);
    assert.equal(joinTicker('Lecture 19, page 3', 'Lecture 29, page 4'), undefined);
  });
});

describe('kinds', () => {
  const subtitles = ['I never said that', 'You did', 'Where were you last night, then?', 'At home', 'Alone?'];
  const spoken = subtitles.map((text, i) => seen(text, i * 4, i * 4 + 2.5, low(0.02 * text.length)));

  test('a habit of centred, low, brief lines are subtitles; what else is on screen is not', () => {
    const lines = finishLines([...spoken, seen('CHANNEL 5', 0, 20, [0.85, 0.04, 0.95, 0.08])]);
    const said = lines.filter(({ kind }) => kind === 'said').map(({ text }) => text);
    assert.deepEqual(said, subtitles);
  });

  test('two rows of a subtitle are both said', () => {
    const rows = spoken.flatMap((line, i) => [
      line,
      seen(`and more of it, ${'abcde'[i].repeat(9)}`, line.start, line.end, low(0.4, 0.79)),
    ]);
    assert.ok(finishLines(rows).every(({ kind }) => kind === 'said'));
  });

  test('one line alone, lines at the left, and lines that stay are no subtitles', () => {
    const none = (sightings: readonly Sighting[]) =>
      assert.ok(finishLines(sightings).every(({ kind }) => kind === 'on-screen'));
    none([seen('The end', 0, 4, low(0.2))]);
    none(spoken.map((line) => ({ ...line, box: [0.05, 0.86, 0.4, 0.92] as Box })));
    none(spoken.map((line, i) => ({ ...line, start: i * 40, end: i * 40 + 38 })));
  });

  test('centred lines at the bottom of slides are no subtitles, though two of them stood briefly', () => {
    const slides = Array.from({ length: 12 }, (_, i) =>
      seen(`Conclusion ${'abcdefghijkl'[i].repeat(5)}`, i * 40, i * 40 + (i < 4 ? 6 : 38), low(0.3)),
    );
    assert.ok(finishLines(slides).every(({ kind }) => kind === 'on-screen'));
  });

  test('where speech is known, few are enough with it, and a habit without it is none', () => {
    const two = spoken.slice(0, 2);
    const speech = spoken.map(({ start, end }) => ({ start: start - 0.2, end }));
    assert.ok(finishLines(two, speech).every(({ kind }) => kind === 'said'));
    assert.ok(finishLines(two).every(({ kind }) => kind === 'on-screen'));
    assert.ok(finishLines(spoken, [{ start: 100, end: 110 }]).every(({ kind }) => kind === 'on-screen'));
  });
});

test('the script of most letters', () => {
  assert.equal(scriptOf('Photosynthesis 光'), 'latin');
  assert.equal(scriptOf('光合作用 ATP'), 'han');
  assert.equal(scriptOf('東京の天気'), 'kana');
  assert.equal(scriptOf('서울'), 'hangul');
  assert.equal(scriptOf('Привет'), 'other');
  assert.equal(scriptOf('12:41 %'), 'none');
});

test('nothing seen, no lines', () => assert.deepEqual(finishLines([]), []));
