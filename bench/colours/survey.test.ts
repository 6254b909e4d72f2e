import assert from 'node:assert/strict';
import { test } from 'node:test';
import { named, tally } from './survey.ts';

const text =
  '#License: CC0\ndark red\t#840000\t\nbluish green\t#10a674\nlight gray\t#d8dcd6\nblue green\t#137e6d\nteal\t#029386\n';

test('colours are those whose names end in one basic term', () => {
  assert.deepEqual(
    named(text).map(({ name, colour, rgb }) => [name, colour, ...rgb]),
    [
      ['dark red', 'red', 132, 0, 0],
      ['light gray', 'grey', 216, 220, 214],
    ],
  );
});

test('each name has how many are called so, and what the others are called', () => {
  const rows = tally(named(text), () => 'red').filter(({ of }) => of > 0);
  assert.deepEqual(rows, [
    { colour: 'grey', right: 0, of: 1, wrong: ['light gray: red'] },
    { colour: 'red', right: 1, of: 1, wrong: [] },
  ]);
});
