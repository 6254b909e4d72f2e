import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinVocabulary } from '../../tests/fixtures/search.ts';
import { parseQuery } from '../language/parsed-query.ts';
import { isTrained } from './trained.ts';

test('the built-in decoder is asked about names and the categories that it was taught', () => {
  for (const thing of ['a camel', 'an animal', 'show me animals', 'musical instruments', 'red bricks'])
    assert.ok(isTrained(parseQuery(thing), builtinVocabulary), thing);
  for (const thing of [
    'a pet',
    'wild animals',
    'a red vehicle',
    'furniture',
    'something that flies',
    'a red car',
  ])
    assert.ok(!isTrained(parseQuery(thing), builtinVocabulary), thing);
});

test('a decoder without a vocabulary may be asked about anything', () => {
  for (const thing of ['a pet', 'a red car', 'something that flies'])
    assert.ok(isTrained(parseQuery(thing), undefined), thing);
});
