import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folded, piecesFound } from './folded.ts';

test('words are found whatever their case and accents, and keep how they were written', () => {
  assert.deepEqual(piecesFound('Le Café est près du CAFE.', folded('café')), [
    { text: 'Le ', found: false },
    { text: 'Café', found: true },
    { text: ' est près du ', found: false },
    { text: 'CAFE', found: true },
    { text: '.', found: false },
  ]);
});

test('letters that fold into several keep their place', () => {
  for (const text of ['ﬁsh Straße', '我们去北京。', 'İstanbul 🎬'])
    assert.equal(folded(text).length, text.length);
  assert.deepEqual(
    piecesFound('我们去北京。', folded('北京')).map(({ text }) => text),
    ['我们去', '北京', '。'],
  );
});

test('a line without them is one piece', () => {
  assert.deepEqual(piecesFound('nothing', 'x'), [{ text: 'nothing', found: false }]);
});
