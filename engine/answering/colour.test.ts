import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MadeWorld } from '../../tests/fixtures/search.ts';
import { colours, packShares, type Colour } from '../protocol/colours.ts';
import { matchNouns } from '../language/vocabulary/match.ts';
import { ask } from './ask.ts';
import { find } from '../search/find.ts';

const painted = (shares: Partial<Record<Colour, number>>) =>
  packShares(colours.map((one) => shares[one] ?? 0));
const car = (shares: Partial<Record<Colour, number>>, x = 0.2) => ({
  ...{ label: 'car', score: 0.7, box: [x, 0.2, x + 0.2, 0.6] as const },
  colours: painted(shares),
});

/** A road on which a red car and, later, a white one are seen, and a person who stands there in orange. */
function world(): MadeWorld {
  return new MadeWorld(['road', 'sea', 'buddha', 'car']).add('film', [
    { shows: 'sea', seconds: 8 },
    { shows: 'road', seconds: 6, seen: [car({ red: 0.5, grey: 0.5 })] },
    { shows: 'sea', seconds: 8 },
    { shows: 'road', seconds: 6, seen: [car({ white: 0.6, grey: 0.4 }, 0.6)] },
    {
      ...{ shows: 'buddha', seconds: 6 },
      seen: [
        {
          label: 'person',
          score: 0.9,
          box: [0.2, 0.1, 0.7, 1] as const,
          colours: painted({ orange: 0.4, grey: 0.6 }),
        },
      ],
    },
  ]);
}

const deps = (made = world()) => ({ ...made.deps, match: matchNouns });
const about = (question: string) => ask(deps(), { question, in: 'film' });

test('a find keeps to the colour, says so, and does not ask a decoder that knows no colours', async () => {
  const made = world();
  const { moments, confident } = await find(deps(made), { query: 'a red car' });
  assert.deepEqual([moments[0].start, moments[0].end, confident], [8, 14, true]);
  assert.match(moments[0].reason, /saw a red car, 12 of 12 frames/i);
  assert.equal(moments[0].checked, undefined);
  assert.ok(moments.every(({ start, confidence }) => start === 8 || confidence < 0.5));
  const blue = await find(deps(), { query: 'a blue car' });
  assert.equal(blue.confident, false);
  assert.match(blue.moments[0].reason, /no blue car seen here/);
});

test('what has which colour is told of each, with its moment', async () => {
  const { answer, statements, evidence } = await about('What colour are the cars?');
  assert.equal(answer, 'red, white');
  assert.deepEqual(
    statements?.map(({ evidence: [first] }) => evidence[first].start),
    [8, 22],
  );
  assert.equal((await about('What is the color of the dog?')).answer, 'not shown');
  assert.equal((await about('Is the car green?')).answer, 'no');
  const sea = await about('What colour is the sea?');
  assert.deepEqual([sea.answer, sea.confident, sea.evidence.length], ['can’t tell the colour', false, 2]);
  assert.equal((await about('Is the car red?')).answer, 'yes');
});

test('things of a colour are counted and timed alone', async () => {
  assert.equal((await about('How many times does the red car appear?')).answer, '1');
  assert.equal((await about('How many white cars are there?')).answer, '1');
  assert.equal((await about('When does the white car appear?')).answer, '0:00:22.0 to 0:00:28.0');
});

test('what a thing does that can’t be judged is answered with its moments, as a guess', async () => {
  const { answer, confident } = await about('When does the red car turn left?');
  assert.deepEqual([answer, confident], ['0:00:08.0 to 0:00:14.0', false]);
  assert.equal((await about('When does the dog bark?')).answer, 'not shown');
});

test('the detector, where it is sure throughout, corrects a name of the decoder that says something else', async () => {
  assert.equal((await about('What is shown at 0:30?')).answer, 'person');
  assert.equal((await about('What is shown last?')).answer, 'person');
  assert.match((await about('What is shown, in order?')).answer, /car|road/);
});
