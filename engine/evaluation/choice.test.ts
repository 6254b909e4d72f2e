import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choicePrompt, matchOption } from './choice.ts';

const options = ['a red car', 'A dog', 'a dog and a cat', 'none of these'];

test('the prompt holds the question and its lettered options', () => {
  const task = {
    kind: 'choice',
    at: { entry: 1 },
    video: 'a',
    question: 'What is it?',
    options,
    answer: 0,
    group: 'all',
  } as const;
  assert.equal(
    choicePrompt(task),
    'What is it?\nA. a red car\nB. A dog\nC. a dog and a cat\nD. none of these\nAnswer with the letter of the right option only.',
  );
});

for (const [answer, expected] of [
  ['B', 1],
  [' b. ', 1],
  ['(C)', 2],
  ['(C) a dog and a cat', 2],
  ['D: none', 3],
  ['The answer is A.', 0],
  ['answer: (d)', 3],
  ['a dog', 1],
  ['A dog.', 1],
  ['It shows a red car on a road', 0],
  ['there is a dog and a cat', 2],
  ['A dog is seen', 1],
  ['E', undefined],
  ['a red car, or a dog', undefined],
  ['', undefined],
  ['nothing', undefined],
  ['reddish car', undefined],
] as const)
  test(`${JSON.stringify(answer)} names ${expected === undefined ? 'no option' : `option ${expected}`}`, () => {
    assert.equal(matchOption(answer, options), expected);
  });

test('options that are the same name none', () => {
  assert.equal(matchOption('a dog', ['a dog', 'A dog']), undefined);
});
