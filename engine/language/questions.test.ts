import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normaliseQuestion, parseQuestion, type Question } from './questions.ts';

test('the answer cache takes case, spaces, quotes and final punctuation as the same question', () => {
  const same = [
    'What comes after the dog?',
    ' what  comes after the DOG ',
    '"What comes\nafter the dog"',
    'what comes after the dog?!…',
  ];
  assert.deepEqual([...new Set(same.map(normaliseQuestion))], ['what comes after the dog']);
});

test('another question stays another question', () => {
  assert.notEqual(normaliseQuestion('Is there a dog?'), normaliseQuestion('Is there a cat?'));
  assert.equal(normaliseQuestion('¿Hay un perro?'), 'hay un perro');
  assert.equal(normaliseQuestion('有狗吗？'), '有狗吗');
});

const readings: [Question, string[]][] = [
  [
    { kind: 'shown', subject: 'dog' },
    [
      'Is there a dog?',
      'is there a dog in this video',
      'Do you see a dog?',
      'Can you see any dog anywhere?',
      'Does a dog appear?',
      'Does a dog ever show up in the video?',
      'Is a dog shown?',
      'Is the dog ever visible?',
      'Does this video show a dog?',
      'Was there a dog at any point?',
      'Any dog in the clip?',
    ],
  ],
  [
    { kind: 'after', subject: 'red ball' },
    [
      'What comes after the red ball?',
      'What is shown right after the red ball?',
      'What follows the red ball?',
      'what happens next after a red ball?',
      'After the red ball, what comes next?',
      'What do you see after the red ball in this video?',
    ],
  ],
  [
    { kind: 'before', subject: 'guitar' },
    [
      'What comes before the guitar?',
      'What is shown immediately before a guitar',
      'What precedes the guitar?',
      'Before the guitar, what is shown?',
    ],
  ],
  [
    { kind: 'where', subject: 'dog' },
    [
      'Where in the picture is the dog?',
      'Where in the frame do you see a dog?',
      'In which part of the image is the dog?',
      'On which side is the dog?',
      'Which side of the frame is the dog on?',
      'On which side do you see the dog?',
      'Is the dog on the left or on the right?',
      'Is the dog on the left side or the right side of the picture?',
      'Is the dog left or right?',
    ],
  ],
  [
    { kind: 'beside', subject: 'red ball' },
    [
      'What is next to the red ball?',
      'What is beside the red ball in this video?',
      'What stands right next to a red ball?',
      'What do you see beside the red ball?',
      'What else is in the picture with the red ball?',
      'What else can be seen together with the red ball?',
    ],
  ],
  [
    { kind: 'first' },
    [
      'What is shown first?',
      'What comes first?',
      'What is the first thing shown?',
      'How does the video start?',
      'What appears first in the video?',
      "What's happening at the beginning?",
    ],
  ],
  [
    { kind: 'last' },
    ['What is shown last?', 'What is the last thing?', 'How does this video end?', 'What comes last?'],
  ],
  [
    { kind: 'order' },
    [
      'List what is shown in order.',
      'List what is shown, in order.',
      'Describe everything, in order.',
      'List everything',
      'What is shown, in order?',
      'What happens in this video?',
      'Describe the video',
      'What is this video about?',
    ],
  ],
  [{ kind: 'what' }, ['What is this?', "What's this?", 'What do you see?', 'what is that']],
  [
    { kind: 'what', at: 83 },
    [
      'What is shown at 1:23?',
      'What happens at 0:01:23?',
      'what is there at 83 seconds',
      'What happens around 1:23?',
    ],
  ],
  [
    { kind: 'what', at: 180 },
    ['What do we see at 3 minutes?', 'What is shown at minute 3?', 'What happens at 3 min?'],
  ],
  [
    { kind: 'order', from: 60, past: 120 },
    [
      'What happens between 1:00 and 2:00?',
      'What is shown from 1 minute to 2 minutes?',
      'Describe the video from 60 to 120 seconds',
      'List everything between 1:00 and 2:00',
    ],
  ],
  [
    { kind: 'when', subject: 'bottle' },
    [
      'When does the bottle appear?',
      'When is a bottle shown?',
      'When can I see the bottle?',
      'At what time does a bottle show up?',
      'Where in the video is the bottle?',
      'Where is the bottle?',
      'When do I see the bottle?',
      'Show me the bottle',
      'List all the moments with a bottle',
      'Give me every scene where the bottle is shown',
      'What time does the bottle arrive?',
      "Where's the bottle?",
      'a bottle',
    ],
  ],
  [
    { kind: 'when', subject: 'dog', end: 'first' },
    [
      'When is the first dog shown?',
      'When does the dog first appear?',
      'When do we first see the dog?',
      'When does the dog appear for the first time?',
    ],
  ],
  [{ kind: 'when', subject: 'dog', end: 'last' }, ['When is the last dog?', 'Show me the last dog']],
  [
    { kind: 'duration', subject: 'camel' },
    [
      'For how long is the camel visible?',
      'How many seconds is the camel shown?',
      'How long is the camel visible?',
      'How long does the camel stay in view?',
      'How long can we see the camel?',
    ],
  ],
  [{ kind: 'duration', subject: 'video' }, ['How long is this video?', 'How long does the video last?']],
  [
    { kind: 'which', subject: 'animals' },
    [
      'What animals are there?',
      'Which animals appear?',
      'What kinds of animals can I see?',
      'List all the animals',
    ],
  ],
  [
    { kind: 'count', subject: 'animals' },
    ['How many different animals are there?', 'How many kinds of animals are shown?'],
  ],
  [{ kind: 'times', subject: 'cat' }, ['How many times does the cat appear?', 'How often is a cat shown?']],
  [
    { kind: 'count', subject: 'people' },
    ['How many people are there?', 'How many people?', 'Count the people in this video'],
  ],
  [
    { kind: 'visits', subject: 'person', entering: true },
    [
      'How many people come in?',
      'How many people come?',
      'How many people walked into the room?',
      'How often does somebody enter?',
      'How many times does someone walk in?',
    ],
  ],
  [
    { kind: 'visits', subject: 'cars', entering: true },
    ['How many cars drive by?', 'How many cars drove past in this video?'],
  ],
  [
    { kind: 'visits', subject: 'cars', entering: true, distinct: true },
    ['How many different cars drove past in this video?'],
  ],
  [{ kind: 'visits', subject: 'dog', entering: false }, ['How often does the dog visit the kitchen?']],
  [
    { kind: 'versus', end: 'first', things: ['dog', 'red ball'] },
    [
      'What came first, the dog or the red ball?',
      'Which appears first: a dog or a red ball?',
      'What is shown first in the video, the dog, or the red ball?',
      'Does the dog or the red ball come first?',
    ],
  ],
  [{ kind: 'versus', end: 'last', things: ['dog', 'cat'] }, ['Which comes last, the dog or the cat?']],
  [
    { kind: 'versus', end: 'first', things: ['dog', 'cat'], asks: true },
    ['Does the dog appear before the cat?', 'Is the dog shown earlier than the cat?'],
  ],
  [{ kind: 'versus', end: 'last', things: ['dog', 'cat'], asks: true }, ['Did the dog come after the cat?']],
  [
    { kind: 'open' },
    [
      'Why is the sky blue?',
      'Is it raining?',
      'Who wins?',
      'hello',
      'Tell me why',
      'Where was this filmed?',
      'Where could it be?',
    ],
  ],
];

for (const [reading, wordings] of readings)
  test(`${JSON.stringify(reading)} is what is asked in every wording`, () => {
    for (const wording of wordings) assert.deepEqual(parseQuestion(wording), reading, wording);
  });
