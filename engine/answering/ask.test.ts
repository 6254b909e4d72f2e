import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MadeWorld } from '../../tests/fixtures/search.ts';
import { askResultSchema } from '../protocol/results.ts';
import { ask } from './ask.ts';

const person = (x: number) => ({ label: 'person', score: 0.8, box: [x, 0.2, x + 0.1, 0.8] as const });

/** A video of eight shots with a guitar, two dogs apart from each other, and people. */
function world(): MadeWorld {
  const made = new MadeWorld(['guitar', 'dog', 'tree', 'sea', 'zebra', 'car', 'person']).add('film', [
    { shows: 'tree', seconds: 12 },
    { shows: 'dog', seconds: 4, seen: [{ label: 'dog', score: 0.7, box: [0.1, 0.1, 0.5, 0.5] }] },
    { shows: 'guitar', seconds: 5 },
    { shows: 'car', seconds: 3 },
    { shows: 'sea', seconds: 9 },
    { shows: 'dog', seconds: 4, seen: [{ label: 'dog', score: 0.6, box: [0.1, 0.1, 0.5, 0.5] }] },
    { shows: 'person', seconds: 6, seen: [person(0.1), person(0.7)] },
    { shows: 'tree', seconds: 20 },
  ]);
  made.known = { dog: ['dog'], zebra: ['zebra'], people: ['person'], person: ['person'] };
  return made;
}

const about = (question: string, made = world()) => ask(made.deps, { question, in: 'film' });

test('an answer has the promised shape', async () => {
  askResultSchema.parse(await about('Is there a guitar?'));
});

test('yes comes with the moment that proves it', async () => {
  const { answer, confident, evidence } = await about('Do you see a guitar?');
  assert.deepEqual([answer, confident], ['yes', true]);
  assert.deepEqual([evidence[0].start, evidence[0].end], [16, 21]);
});

test('of several things all must be there, or any', async () => {
  const { answer, statements, evidence } = await about('Is there a dog and a guitar?');
  assert.equal(answer, 'yes');
  assert.deepEqual(
    statements!.map(({ text }) => text),
    ['dog: yes', 'guitar: yes'],
  );
  assert.ok(evidence.some(({ start }) => start === 12) && evidence.some(({ start }) => start === 16));
  const half = await about('Is there a dog and a zebra?');
  assert.deepEqual(
    [half.answer, half.statements!.map(({ text }) => text)],
    ['no', ['dog: yes', 'zebra: no']],
  );
  assert.equal((await about('Is there a zebra or a dog?')).answer, 'yes');
});

test('a decoder that knows names isn’t asked about a kind of thing that it wasn’t taught', async () => {
  const made = world();
  made.known = { ...made.known, pet: ['dog', 'zebra'] };
  const { answer, evidence } = await about('Is there a pet?', made);
  assert.deepEqual([answer, evidence[0].start, evidence[0].end], ['yes', 12, 16]);
  assert.deepEqual(made.calls.score, 0);
  await about('Is there a dog?', made);
  assert.ok(made.calls.score > 0);
});

test('which things of a kind there are is told by their names, each with its moments', async () => {
  const made = world();
  made.known = { ...made.known, animal: ['dog', 'zebra'] };
  const { answer, confident, statements, evidence } = await about('Which animals can I see?', made);
  assert.deepEqual([answer, confident], ['dog', true]);
  assert.deepEqual(statements, [{ ...statements![0], text: 'dog', evidence: [0, 1], supported: true }]);
  assert.deepEqual(
    evidence.map(({ start, end }) => [start, end]),
    [
      [12, 16],
      [33, 37],
    ],
  );
  assert.equal((await about('How many animals are there?', made)).answer, '2');
  const other = world();
  other.known = { animal: ['zebra'] };
  assert.equal((await about('Which animals can I see?', other)).answer, 'not shown');
});

test('a stretch is read out alone', async () => {
  assert.equal((await about('What happens between 0:12 and 0:20?')).answer, 'dog, guitar');
  assert.equal((await about('What happens between 5 minutes and 6 minutes?')).answer, 'nothing');
});

test('how long something is shown is the length of its moments together', async () => {
  assert.equal((await about('How long is the dog visible?')).answer, '8 seconds');
  assert.equal((await about('How long is the zebra visible?')).answer, 'not shown');
  const { answer, evidence } = await about('How long is this video?');
  assert.equal(answer, '0:01:03.0');
  assert.deepEqual([evidence[0].start, evidence[0].end], [0, 63]);
});

test('the first and the last time are one of the times', async () => {
  const times = async (question: string) => (await about(question)).evidence.map(({ start }) => start);
  assert.deepEqual(await times('When is the dog shown?'), [12, 33]);
  assert.deepEqual(await times('When does the dog first appear?'), [12]);
  assert.deepEqual(await times('When is the last dog shown?'), [33]);
});

test('no comes without a moment', async () => {
  const { answer, confident, evidence } = await about('Does a zebra appear?');
  assert.deepEqual([answer, confident, evidence], ['no', true, []]);
});

test('what comes after and before is the neighbouring shot, with both moments as proof', async () => {
  const after = await about('What comes right after the guitar?');
  assert.equal(after.answer, 'car');
  assert.deepEqual(
    after.evidence.map(({ start, end }) => [start, end]),
    [
      [16, 21],
      [21, 24],
    ],
  );
  assert.equal((await about('What is shown before the guitar?')).answer, 'dog');
});

test('after something that is not shown comes nothing, and it says so', async () => {
  const { answer, evidence } = await about('What comes after the zebra?');
  assert.deepEqual([answer, evidence], ['not shown', []]);
});

test('first and last are the ends', async () => {
  const made = world().add('short', [
    { shows: 'sea', seconds: 4 },
    { shows: 'car', seconds: 4 },
  ]);
  assert.equal((await ask(made.deps, { question: 'How does the video start?', in: 'short' })).answer, 'sea');
  assert.equal((await ask(made.deps, { question: 'What is shown last?', in: 'short' })).answer, 'car');
});

test('a video longer than the decoder can read is read out in pieces', async () => {
  const made = world();
  const { answer, read } = await about('List what is shown in order', made);
  assert.equal(answer, 'tree, dog, guitar, car, sea, dog, person, tree');
  assert.ok(made.prompts.every(({ shown }) => shown.length <= 6));
  assert.ok(read.patches < read.ofPatches);
});

test('when is answered with every moment that passes', async () => {
  const { answer, evidence } = await about('When does the dog appear?');
  assert.equal(answer, '0:00:12.0 to 0:00:16.0, 0:00:33.0 to 0:00:37.0');
  assert.equal(evidence.length, 2);
});

test('how many times counts appearances, how many counts what is seen at once', async () => {
  assert.equal((await about('How many times does a dog appear?')).answer, '2');
  const people = await about('How many people are there?');
  assert.equal(people.answer, '2');
  assert.ok(people.evidence[0].start >= 37 && people.evidence[0].end <= 43);
  assert.equal((await about('How many zebras are there?')).answer, '0');
});

test('what is shown at a time is what that shot shows', async () => {
  assert.equal((await about('What is shown at 0:22?')).answer, 'car');
});

test('any other question is read with the relevant patches among them, and streamed', async () => {
  const made = world();
  made.vocabulary = undefined;
  let streamed = '';
  const { answer } = await ask(
    made.deps,
    { question: 'Why is the guitar so loud?', in: 'film' },
    { onText: (piece) => (streamed += piece) },
  );
  assert.deepEqual([answer, streamed], ['hard to say', 'hard to say']);
  const open = made.prompts.find(({ question }) => question === 'why is the guitar so loud?')!;
  assert.ok(open.shown.includes('guitar'));
});

test('the decoder never gets more patches than it was trained with', async () => {
  const made = world();
  for (const question of ['Is there a car?', 'What comes after the sea?', 'Who wins?', 'What happens?'])
    await about(question, made);
  assert.ok(made.prompts.every(({ shown }) => shown.length <= 6 && shown.length > 0));
});

test('the same question is answered from the store without loading the model', async () => {
  const made = world();
  const cold = await about('Is there a dog?', made);
  const opened = made.calls.open;
  const warm = await about('  is there a DOG ', made);
  assert.deepEqual([cold.cached, warm.cached, made.calls.open], [false, true, opened]);
  assert.deepEqual([warm.answer, warm.evidence], [cold.answer, cold.evidence]);
  assert.equal(warm.question, 'is there a DOG');
  askResultSchema.parse(warm);
});

test('another gamma, another model, a new index and --fresh ask again', async () => {
  const made = world();
  await about('Is there a dog?', made);
  const { deps } = made;
  const cachedWith = async (request: object, changed = deps) =>
    (await ask(changed, { question: 'Is there a dog?', in: 'film', ...request })).cached;
  assert.equal(await cachedWith({ gamma: 1.5 }), true);
  assert.equal(await cachedWith({ gamma: 1 }), false);
  assert.equal(await cachedWith({ fresh: true }), false);
  const { video } = made.videos[0];
  video.indexRun = 'run-2';
  assert.equal(await cachedWith({}), false);
  video.modelFingerprint = 'made-2';
  assert.equal(await cachedWith({}, { ...deps, model: { ...deps.model, fingerprint: 'made-2' } }), false);
});

test('a moved video keeps its answers and is named where it is now', async () => {
  const made = world();
  await about('Is there a dog?', made);
  made.videos[0].video.path = '/elsewhere/film.mp4';
  const { cached, path } = await about('Is there a dog?', made);
  assert.deepEqual([cached, path], [true, '/elsewhere/film.mp4']);
});

test('gamma reaches the decoder, 1.5 where nobody says', async () => {
  const made = world();
  await about('Is there a dog?', made);
  await ask(made.deps, { question: 'Is there a dog?', in: 'film', gamma: 0.5 });
  assert.deepEqual([...new Set(made.prompts.map(({ gamma }) => gamma))], [1.5, 0.5]);
});

test('an answer that the decoder is not sure of is not confident', async () => {
  const made = world();
  const sure = await about('What comes after the sea?', made);
  made.clarity = 0.3;
  const unsure = await ask(made.deps, { question: 'What comes after the sea?', in: 'film', fresh: true });
  assert.deepEqual([sure.confident, unsure.confident], [true, false]);
  assert.ok(unsure.confidence < sure.confidence);
});

test('a name that the re-check doesn’t find where it was named is a guess', async () => {
  const made = world();
  assert.equal((await about('What is shown first?', made)).confident, true);
  made.sureness = 0.1;
  const { answer, confident, evidence } = await ask(made.deps, {
    question: 'What is shown first?',
    in: 'film',
    fresh: true,
  });
  assert.deepEqual([answer, confident], ['tree', false]);
  assert.ok(evidence[0].score < 0.5);
});

test('an answer that two ways of reading disagree about is less sure', async () => {
  const made = world();
  // Read together with its surroundings the first shot is the tree; alone, a muddled decoder says something else.
  made.muddled = true;
  const { confidence } = await about('What is shown first?', made);
  assert.ok(confidence < made.clarity);
});

test('a bundle without a decoder is refused with the remedy', async () => {
  const { deps } = world();
  const blind = {
    ...deps,
    model: { ...deps.model, open: async () => ({ ...(await deps.model.open()), decoder: undefined }) },
  };
  await assert.rejects(ask(blind, { question: 'Is there a dog?', in: 'film' }), { code: 'cannot-read' });
});

test('a video of another index, an unknown video, an empty question and a wrong gamma are refused', async () => {
  const made = world().add('old', [{ shows: 'dog', seconds: 3 }], { modelFingerprint: 'another' });
  const refused = (request: object, code: string) =>
    assert.rejects(ask(made.deps, { question: 'Is there a dog?', in: 'film', ...request }), { code });
  await refused({ in: 'old' }, 'video-not-indexed');
  await refused({ in: 'nowhere' }, 'video-not-in-library');
  await refused({ question: ' ' }, 'bad-argument');
  await refused({ gamma: 0 }, 'bad-argument');
});

test('nothing is kept of a cancelled question', async () => {
  const made = world();
  made.vocabulary = undefined;
  const controller = new AbortController();
  const asked = ask(
    made.deps,
    { question: 'Who wins?', in: 'film' },
    { signal: controller.signal, onText: () => controller.abort() },
  );
  await assert.rejects(asked, { code: 'cancelled' });
  assert.equal(made.answers.size, 0);
});
