import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MadeWorld } from '../../tests/fixtures/search.ts';
import { matchNouns } from '../language/vocabulary/match.ts';
import { parseQuery } from '../language/parsed-query.ts';
import { findResultSchema } from '../protocol/results.ts';
import { find } from './find.ts';
import { nearWords, unknownWords } from './unknown-words.ts';

/** What the built-in bundle was taught, and a little more. */
const { vocabulary } = new MadeWorld([]);
const unknown = (query: string) => unknownWords(parseQuery(query), vocabulary);

test('words that neither a name nor a class stands for are told', () => {
  assert.deepEqual(unknown('a handshake'), ['handshake']);
  assert.deepEqual(unknown('握手'), ['握手']);
  assert.deepEqual(unknown('戴口罩的人'), ['口罩']);
  for (const known of [
    'a dog',
    'a guitar',
    'somebody’s guitar',
    'grand piano',
    'a piano',
    'an animal',
    '红色的车',
  ])
    assert.deepEqual(unknown(known), [], known);
  assert.deepEqual(
    unknownWords(parseQuery('a handshake'), undefined),
    [],
    'a model that doesn’t say knows any',
  );
});

test('what nobody knows is never sure, however alike it looks, and what would help is told', async () => {
  const made = new MadeWorld(['handshake', 'tree']).add('film', [
    { shows: 'tree', seconds: 20 },
    { shows: 'handshake', seconds: 6 },
    { shows: 'tree', seconds: 20 },
  ]);
  const result = await find(made.deps, { query: 'a handshake' });
  findResultSchema.parse(result);
  assert.equal(result.moments[0].start, 20, 'it is shown as the nearest all the same');
  assert.deepEqual([result.confident, result.words?.unknown], [false, ['handshake']]);
  assert.ok(result.moments.every(({ confidence }) => confidence < 0.6));
  made.vocabulary = undefined;
  assert.equal((await find(made.deps, { query: 'a handshake' })).confident, true);
});

test('one of a class is no proof of a role or a breed that has no name here', async () => {
  const seen = [{ label: 'person', score: 0.9, box: [0.2, 0.1, 0.8, 0.9] as const }];
  const made = new MadeWorld(['surgeon', 'tree']).add('film', [
    { shows: 'tree', seconds: 20 },
    { shows: 'surgeon', seconds: 6, seen },
    { shows: 'tree', seconds: 20 },
  ]);
  const deps = { ...made.deps, match: matchNouns };
  assert.equal((await find(deps, { query: 'a surgeon' })).confident, false);
  assert.equal((await find(deps, { query: 'a person' })).confident, true);
});

test('a misspelled name is offered as it is written', async () => {
  const near = await nearWords(['girafe'], { text: undefined, vocabulary: { names: ['giraffe', 'gate'] } });
  assert.deepEqual(near, ['giraffe']);
});
