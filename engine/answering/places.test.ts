import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MadeWorld } from '../../tests/fixtures/search.ts';
import { matchNouns } from '../language/vocabulary/match.ts';
import { ask } from './ask.ts';

const seenAt = (label: string, x: number) => ({ label, score: 0.8, box: [x, 0.2, x + 0.2, 0.6] as const });

/** A dog, with a ball on the right; a lamp; a car on the left and, later, on the right. */
function world(): MadeWorld {
  return new MadeWorld(['dog', 'lamp', 'road', 'buddha', 'teapot']).add('film', [
    { shows: 'dog', seconds: 6, seen: [seenAt('dog', 0.4), seenAt('sports ball', 0.75)] },
    { shows: 'lamp', seconds: 6 },
    { shows: 'road', seconds: 6, seen: [seenAt('car', 0.1)] },
    { shows: 'buddha', seconds: 6 },
    { shows: 'road', seconds: 6, seen: [seenAt('car', 0.7)] },
  ]);
}

const about = (question: string, made = world()) =>
  ask({ ...made.deps, match: matchNouns }, { question, in: 'film' });

test('what the detector followed is where its boxes are, told with the moments of each place', async () => {
  const { answer, statements, evidence } = await about('Where in the picture is the car?');
  assert.equal(answer, 'left, right');
  assert.deepEqual(
    statements?.map(({ text, evidence: [first] }) => [text, evidence[first].start]),
    [
      ['left', 12],
      ['right', 24],
    ],
  );
  assert.equal((await about('On which side is the ball?')).answer, 'right');
  assert.equal((await about('Is the dog on the left or in the middle?')).answer, 'middle');
});

test('what goes from one side to the other is told so', async () => {
  const made = new MadeWorld(['road']).add(
    'film',
    [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7].map((x) => ({
      shows: 'road',
      seconds: 1,
      goesOn: true,
      seen: [seenAt('car', x)],
    })),
  );
  assert.equal((await about('Where in the frame is the car?', made)).answer, 'left to right');
});

test('of what the detector doesn’t know the decoder says where it is', async () => {
  const made = world();
  made.written.set('where is the lamp?', 'right');
  const { answer, confident, evidence } = await about('Where in the image is the lamp?', made);
  assert.deepEqual([answer, confident, evidence[0].start], ['right', true, 6]);
  assert.deepEqual(made.prompts.at(-1), {
    question: 'where is the lamp?',
    shown: ['lamp'],
    gamma: made.prompts.at(-1)?.gamma,
  });
  made.written.set('where is the lamp?', ['left', 'middle', 'right']);
  assert.equal((await about('Where in the frame is the lamp?', made)).answer, 'left to right');
  assert.equal((await about('Where in the picture is the teapot?', made)).answer, 'not shown');
});

test('what is beside a thing is what else the detector saw there, or what the decoder names', async () => {
  const made = world();
  const ball = await about('What is next to the dog?', made);
  assert.deepEqual([ball.answer, ball.evidence[0].start], ['sports ball', 0]);
  const two = new MadeWorld(['dog']).add('film', [
    { shows: 'dog', seconds: 6, seen: [seenAt('dog', 0.1), { ...seenAt('dog', 0.6), score: 0.7 }] },
  ]);
  assert.equal((await about('What is next to the dog?', two)).answer, 'dog', 'another one');
  made.written.set('what is next to the lamp?', 'buddha');
  const doubtful = await about('What is beside the lamp?', made);
  assert.deepEqual(
    [doubtful.answer, doubtful.confident],
    ['buddha', false],
    'the search sees no buddha there',
  );
  made.written.set('what is next to the buddha?', 'nothing');
  assert.equal((await about('What else is in the picture with the buddha?', made)).answer, 'nothing');
  assert.equal((await about('What is next to the teapot?', made)).answer, 'not shown');
});

test('where a kind that the decoder wasn’t taught is, and what is beside it, can’t be told', async () => {
  const made = new MadeWorld(['furniture']).add('film', [{ shows: 'furniture', seconds: 6 }]);
  const where = await about('Where in the picture is the furniture?', made);
  assert.deepEqual([where.answer, where.confident, where.evidence.length], ['can’t tell where', false, 1]);
  const beside = await about('What is next to the furniture?', made);
  assert.deepEqual([beside.answer, beside.confident], ['can’t tell what is beside it', false]);
});
