import assert from 'node:assert/strict';
import { test } from 'node:test';
import { singular } from './inflection.ts';
import { isThere, lookedFor, searchedThing } from './prompts.ts';

test('what is counted is asked about as one of it', () => {
  const ones = {
    people: 'person',
    'red bottles': 'red bottle',
    buses: 'bus',
    boxes: 'box',
    cherries: 'cherry',
    keys: 'key',
    children: 'child',
    dog: 'dog',
  };
  for (const [many, one] of Object.entries(ones)) assert.equal(singular(many), one);
  assert.equal(isThere(singular('people')), 'is there a person?');
  assert.equal(isThere('animals'), 'is there an animal?');
  assert.equal(isThere('shoes'), 'is there shoes?');
});

test('what is never one stays as it is', () => {
  for (const same of ['scissors', 'sunglasses', 'glass', 'bus', 'tennis']) assert.equal(singular(same), same);
});

test('a query is about the thing in it', () => {
  const queries = [
    ...['the camel', 'show me the camel', 'moments with a camel', 'all the scenes where there is a camel'],
    ...[
      'when does the camel appear?',
      'Where can I see the camel',
      'Is there a camel?',
      'I am looking for a camel',
    ],
    ...['how many camels are there', 'find every shot of a camel', 'footage of a camel'],
  ];
  for (const query of queries) assert.match(searchedThing(query), /^camels?$/, query);
  for (const query of ['a photo of a camel', 'a camel on the beach', 'name tag', 'parts of a clock'])
    assert.equal(lookedFor(query), query);
  assert.equal(lookedFor('moments with a camel'), 'a camel');
});
