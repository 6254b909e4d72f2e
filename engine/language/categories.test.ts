import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCategory } from './categories.ts';

test('categories of things are told from things', () => {
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
    assert.ok(isCategory(kind), kind);
  for (const thing of [
    'a camel',
    'a fire engine',
    'a fruit bat',
    'the animal trainer',
    'a red toolbox',
    'food truck',
  ])
    assert.ok(!isCategory(thing), thing);
});
