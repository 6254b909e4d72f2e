import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { MadeWorld } from '../../tests/fixtures/search.ts';
import { ask } from './ask.ts';

/**
 * A set of made videos with questions whose answers are known, asked at every commit. The model sees and reads
 * perfectly, so that whatever is wrong here is wrong in what stands on it.
 */
const box = (x: number) => [x - 0.05, 0.3, x + 0.05, 0.8] as const;
const seen = (label: string, ...xs: number[]) => xs.map((x) => ({ label, score: 0.75, box: box(x) }));

function world(): MadeWorld {
  const made = new MadeWorld([
    'kitchen',
    'street',
    'beach',
    'dog',
    'cat',
    'person',
    'car',
    'guitar',
    'kite',
    'owl',
  ])
    .add('kitchen', [
      { shows: 'kitchen', seconds: 12 },
      { shows: 'cat', seconds: 8, seen: seen('cat', 0.4) },
      { shows: 'person', seconds: 45, seen: seen('person', 0.3, 0.7) },
      { shows: 'kitchen', seconds: 6 },
      { shows: 'cat', seconds: 5, seen: seen('cat', 0.6) },
    ])
    .add('street', [
      { shows: 'street', seconds: 10 },
      { shows: 'car', seconds: 3, seen: seen('car', 0.2, 0.5, 0.8) },
      { shows: 'dog', seconds: 9, seen: seen('dog', 0.5) },
      { shows: 'guitar', seconds: 30 },
      { shows: 'car', seconds: 4, seen: seen('car', 0.5) },
    ])
    .add('beach', [
      { shows: 'beach', seconds: 20 },
      { shows: 'kite', seconds: 15 },
      { shows: 'dog', seconds: 5, seen: seen('dog', 0.2) },
      { shows: 'beach', seconds: 200 },
    ]);
  made.known = {
    cat: ['cat'],
    dog: ['dog'],
    car: ['car'],
    cars: ['car'],
    person: ['person'],
    people: ['person'],
  };
  return made;
}

/** Question, where, the answer, and where its evidence begins (in any order of videos). */
type Case = [
  question: string,
  where: string | undefined,
  answer: string,
  starts?: [video: string, start: number][],
];
const cases: Case[] = [
  [
    'Is there a cat?',
    'kitchen',
    'yes',
    [
      ['kitchen', 12],
      ['kitchen', 71],
    ],
  ],
  ['Is there a dog?', 'kitchen', 'no', []],
  ['Do you see an owl?', undefined, 'no', []],
  ['Is there a kite?', undefined, 'yes', [['beach', 20]]],
  [
    'When is the cat shown?',
    'kitchen',
    '0:00:12.0 to 0:00:20.0, 0:01:11.0 to 0:01:16.0',
    [
      ['kitchen', 12],
      ['kitchen', 71],
    ],
  ],
  [
    'When does a dog appear?',
    undefined,
    'street.mp4 0:00:13.0 to 0:00:22.0, beach.mp4 0:00:35.0 to 0:00:40.0',
    [
      ['street', 13],
      ['beach', 35],
    ],
  ],
  [
    'How many times does the cat appear?',
    'kitchen',
    '2',
    [
      ['kitchen', 12],
      ['kitchen', 71],
    ],
  ],
  [
    'How often is a car shown?',
    'street',
    '2',
    [
      ['street', 10],
      ['street', 52],
    ],
  ],
  ['How many times does the guitar appear?', 'street', '1', [['street', 22]]],
  ['How many times does an owl appear?', 'street', '0', []],
  ['How many cars are there?', 'street', '3'],
  ['How many people are there?', 'kitchen', '2'],
  [
    'How many people come in?',
    'kitchen',
    '2',
    [
      ['kitchen', 20],
      ['kitchen', 20],
    ],
  ],
  ['How many people come in?', 'beach', '0', []],
  [
    'What comes right after the dog?',
    'street',
    'guitar',
    [
      ['street', 13],
      ['street', 22],
    ],
  ],
  ['What comes before the kite?', 'beach', 'beach'],
  ['What comes after the car?', 'street', 'dog'],
  ['What follows the owl?', 'street', 'not shown', []],
  [
    'What came first, the dog or the kite?',
    'beach',
    'kite',
    [
      ['beach', 20],
      ['beach', 35],
    ],
  ],
  ['Does the guitar come before the dog?', 'street', 'no'],
  ['Which comes last, the cat or the person?', 'kitchen', 'cat'],
  ['What came first, the owl or the dog?', 'beach', 'an owl not shown'],
  ['How does the video start?', 'beach', 'beach', [['beach', 0]]],
  ['What is shown last?', 'street', 'car', [['street', 52]]],
  ['List what is shown, in order.', 'street', 'street, car, dog, guitar, car'],
  ['What is shown at 0:25?', 'beach', 'kite'],
];

suite('the regression set', () => {
  for (const [question, where, answer, starts] of cases)
    test(`${question} (${where ?? 'library'}) is answered with ${answer}`, async () => {
      const result = await ask(world().deps, { question, in: where });
      assert.equal(result.answer, answer);
      const sort = (some: [string, number][]) => some.map(([video, start]) => `${video} ${start}`).sort();
      if (starts)
        assert.deepEqual(sort(result.evidence.map(({ videoId, start }) => [videoId!, start])), sort(starts));
      for (const { supported, evidence } of result.statements ?? [])
        assert.ok(supported || evidence.length === 0, 'a proven statement counts as supported');
    });

  test('gives the same answers at every trained gamma', async () => {
    for (const [question, where, answer] of cases.slice(0, 8)) {
      const result = await ask(world().deps, { question, in: where, gamma: 'auto' });
      assert.deepEqual([result.answer, result.agreement], [answer, 1], question);
    }
  });
});
