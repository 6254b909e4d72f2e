import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isThere, singular } from './prompts.ts';

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
});

test('what is never one stays as it is', () => {
  for (const same of ['scissors', 'sunglasses', 'glass', 'bus', 'tennis']) assert.equal(singular(same), same);
});
