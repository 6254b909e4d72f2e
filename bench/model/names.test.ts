import assert from 'node:assert/strict';
import { test } from 'node:test';
import { article, related } from './names.ts';

test('things get the article that training gave them', () => {
  const expected = {
    dog: 'a dog',
    ant: 'an ant',
    umbrella: 'a umbrella',
    shoes: 'shoes',
    scissors: 'scissors',
    bread: 'bread',
    cactus: 'a cactus',
    dress: 'a dress',
    ibis: 'an ibis',
    'common lavender': 'common lavender',
  };
  for (const [name, words] of Object.entries(expected)) assert.equal(article(name), words);
});

test('what shares a word of any of its names is not asked about beside the other', () => {
  const thing = (...names: string[]) => ({ name: names[0], names });
  assert.ok(related(thing('crocodile'), thing('crocodile head')));
  assert.ok(related(thing('car', 'automobile'), thing('racing car')));
  assert.ok(related(thing('shoes'), thing('sneaker', 'shoe')));
  assert.ok(!related(thing('ship'), thing('sheep')));
  assert.ok(!related(thing('cup of tea'), thing('pair of scissors')));
});
