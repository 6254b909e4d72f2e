import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Remembered } from './remembered.ts';

test('what was made for a text is made once, until there is too much', () => {
  const made: string[] = [];
  const lengths = new Remembered<number>(2);
  const length = (text: string) => lengths.get(text, () => (made.push(text), text.length));
  assert.deepEqual(['', 'ab', '', 'ab'].map(length), [0, 2, 0, 2]);
  assert.deepEqual(made, ['', 'ab']);
  assert.deepEqual(['abc', ''].map(length), [3, 0]);
  assert.deepEqual(made, ['', 'ab', 'abc', '']);
});
