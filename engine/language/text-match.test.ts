import assert from 'node:assert/strict';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { fullTextExpression, holdsLiterals, indexTerms, textQuery } from './text-match.ts';

const lines = [
  'The dogs were barking at the café.',
  'We talk about the budget for 2024, and the budgets after it.',
  'Call 555-0123 or +44 20 7946 0958 now',
  'Plate AB12 CDE at gate 7',
  'Invoice 1234567890 of ACME',
  '今天我们要谈谈预算的问题。',
  '私は毎日寿司を食べます',
  'It was the best of times',
  'The times were best of all',
  'Room 3 opens at 10:45',
  'Serial 12 of 34567 in all',
];

/** Numbers of the lines that FTS5 finds, with the literal check after it. */
const find = (() => {
  const db = new Database(':memory:');
  db.exec(
    `CREATE VIRTUAL TABLE found USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0')`,
  );
  for (const [n, line] of lines.entries())
    db.prepare('INSERT INTO found (rowid, words) VALUES (?, ?)').run(n, indexTerms(line).join(' '));
  return (query: string, join: 'AND' | 'OR' = 'AND'): number[] => {
    const parsed = textQuery(query);
    const expression = fullTextExpression(parsed, join);
    if (expression === undefined) return [];
    const rows = db.prepare('SELECT rowid FROM found WHERE found MATCH ? ORDER BY rowid').all(expression);
    return (rows as { rowid: number }[])
      .map(({ rowid }) => rowid)
      .filter((n) => holdsLiterals(lines[n], parsed));
  };
})();

test('words are found in any case and order, with or without accents, as one or many', () => {
  assert.deepEqual(find('DOG cafe'), [0]);
  assert.deepEqual(find('café dogs'), [0]);
  assert.deepEqual(find('budgets'), [1]);
  assert.deepEqual(find('times best'), [7, 8]);
  assert.deepEqual(find('elephant'), []);
  assert.deepEqual(find('elephant dog', 'OR'), [0]);
});

test('a phrase in quotes is literal', () => {
  assert.deepEqual(find('"best of times"'), [7]);
  assert.deepEqual(find('“Best of TIMES”'), [7]);
  assert.deepEqual(find('"best of time"'), [], 'with its endings');
  assert.deepEqual(find('"the budget"'), [1]);
  assert.deepEqual(find('"预算的问题"'), [5]);
  assert.deepEqual(find('「毎日寿司」'), [6]);
  assert.deepEqual(find('"best of times" elephant'), []);
});

test('Chinese and Japanese words of one and two characters are found inside sentences', () => {
  assert.deepEqual(find('预算'), [5]);
  assert.deepEqual(find('谈'), [5]);
  assert.deepEqual(find('寿司'), [6]);
  assert.deepEqual(find('算预'), []);
});

test('a part of a long number or plate is found, however it is grouped', () => {
  assert.deepEqual(find('4567'), [4, 10]);
  assert.deepEqual(find('567890'), [4]);
  assert.deepEqual(find('5550123'), [2]);
  assert.deepEqual(find('555 0123'), [2]);
  assert.deepEqual(find('79460958'), [2]);
  assert.deepEqual(find('ab12cde'), [3]);
  assert.deepEqual(find('12CD'), [3]);
  assert.deepEqual(find('AB12 CDE'), [3]);
  assert.deepEqual(find('2024'), [1]);
  assert.deepEqual(find('10:45'), [9]);
});

test('short numbers are words, not parts', () => {
  assert.deepEqual(find('room 3'), [9]);
  assert.deepEqual(find('7'), [3]);
  assert.deepEqual(find('45 room'), [9]);
  assert.deepEqual(find('56'), []);
});

test('whatever is asked makes a query that FTS5 takes', () => {
  for (const query of [
    '',
    '"',
    '""',
    '" - "',
    'a"b',
    "it's",
    'NEAR(a b)',
    'a* OR ^b',
    '++',
    '！？',
    '“',
    '9'.repeat(500),
  ])
    assert.doesNotThrow(() => find(query), query);
});
