import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchNouns } from '../language/vocabulary/match.ts';
import { isKind, isTaught } from './categories.ts';

test('kinds of things are told from things', () => {
  const some = [
    'an animal',
    'Animals',
    'any fruit',
    'show me a vehicle',
    'musical instruments',
    'something to eat',
  ];
  for (const kind of [
    ...some,
    'something that flies',
    'clothes',
    'a piece of furniture',
    'wild animals',
    'a red vehicle',
  ])
    assert.ok(isKind(kind), kind);
  for (const thing of [
    'a camel',
    'a fire engine',
    'a fruit bat',
    'the animal trainer',
    'a red toolbox',
    'food truck',
  ])
    assert.ok(!isKind(thing), thing);
});

test('the built-in decoder is asked about names and the kinds that it was taught', () => {
  for (const thing of ['a camel', 'an animal', 'show me animals', 'musical instruments', 'red bricks'])
    assert.ok(isTaught(thing, matchNouns), thing);
  for (const thing of [
    'a pet',
    'wild animals',
    'a red vehicle',
    'furniture',
    'something that flies',
    'a red car',
  ])
    assert.ok(!isTaught(thing, matchNouns), thing);
});
