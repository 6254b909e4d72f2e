import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sameAnswer, sameQuestion } from './same.ts';
import type { AskResult } from '../../../engine/protocol/results.ts';

const asked = (question: string, rest: Partial<AskResult> = {}) =>
  ({ question, videoId: 'a', ...rest }) as AskResult;

test('the same question about the same footage is known, however it is written', () => {
  assert.ok(sameQuestion(asked('What happens?'), asked('what happens')));
  assert.ok(!sameQuestion(asked('What happens?'), asked('What happened?')));
  assert.ok(!sameQuestion(asked('What happens?'), asked('What happens?', { videoId: 'b' })));
  const library = { request: { gamma: 1.5 } } as Partial<AskResult>;
  assert.ok(!sameQuestion(asked('What?'), asked('What?', library)), 'of a video, and of everything');
  assert.ok(sameQuestion(asked('What?', { ...library, videoId: 'b' }), asked('What?', library)));
});

test('answers are compared by what they say', () => {
  assert.ok(sameAnswer('A dog.', 'a dog'));
  assert.ok(!sameAnswer('A dog.', 'A cat.'));
});
