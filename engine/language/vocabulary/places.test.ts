import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutPlaces } from './match.ts';

test('what is asked for is told from where in the picture it is asked for', () => {
  const told = {
    'a lamp on the left': ['a lamp', 'left'],
    'A Lamp, on the right-hand side of the picture': ['a lamp', 'right'],
    'in the bottom left corner a teapot': ['a teapot', 'bottom left'],
    'a lamp on the left and a teapot on the right': ['a lamp and a teapot', 'left right'],
  };
  for (const [query, [words, places]] of Object.entries(told)) {
    const read = withoutPlaces(query);
    assert.deepEqual([read.words, read.places.join(' ')], [words, places], query);
  }
});

test('a query without a place, or of one that moves, stays as it was typed', () => {
  for (const query of [
    'A Lamp',
    'a car going from left to right',
    'the right tool',
    'somebody walking to the left',
    'on the left',
  ])
    assert.deepEqual(withoutPlaces(query), { words: query, places: [] }, query);
});
