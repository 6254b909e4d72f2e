import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellsOf, markdown } from './rows.ts';

const moment = { path: '/films/a.mp4', start: 1, end: 2.5, confidence: 0.8, reason: 'saw car (0.50)' };

test('a find says whether it found, and where the best moment is', () => {
  assert.deepEqual(cellsOf({ kind: 'find', query: 'a car', confident: true, ...moment }).slice(0, 3), [
    'a car',
    'found',
    'a.mp4',
  ]);
  assert.equal(
    cellsOf({ kind: 'find', query: 'a car', confident: false, ...moment })[1],
    'not found; nearest',
  );
  assert.equal(cellsOf({ kind: 'find', query: 'a car', confident: false })[3], '');
});

test('an answer that the engine is not sure of is called a guess', () => {
  const row = { kind: 'ask', query: 'Is there a car?', answer: 'yes', ...moment } as const;
  assert.equal(cellsOf({ ...row, confident: true })[1], 'yes');
  assert.equal(cellsOf({ ...row, confident: false })[1], 'yes (a guess)');
});

test('Markdown cells hold what would break the table', () => {
  const [, , row] = markdown([{ kind: 'ask', query: 'a|b', answer: 'two\nlines', confident: true }]);
  assert.equal(row, '| a\\|b | two lines |  |  |  |  |');
});
