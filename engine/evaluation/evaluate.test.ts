import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LongviewError } from '../protocol/errors.ts';
import { evaluationResultSchema } from '../protocol/evaluation.ts';
import { evaluate, type EvaluatedEngine } from './evaluate.ts';
import { readAnnotations } from './readers/index.ts';
import type { ChooseRequest } from '../protocol/asking.ts';
import type { AskRequest, FindRequest } from '../protocol/requests.ts';
import type { AskResult, FindResult } from '../protocol/results.ts';

const lines = (...values: unknown[]) =>
  readAnnotations(values.map((value) => JSON.stringify(value)).join('\n'));
const place = ({ video }: { video: string }) =>
  video.startsWith('gone') ? { problem: 'no such file' } : { path: `/films/${video}` };

/** An engine that finds what it is told, and a clock that runs 5 ms a look. */
function pretend(answers: Record<string, Partial<FindResult> | Partial<AskResult> | Error>) {
  const asked: (FindRequest | AskRequest)[] = [];
  const chosen: ChooseRequest[] = [];
  let time = 0;
  const answer = (words: string) => {
    const given = answers[words];
    if (given instanceof Error) throw given;
    return given;
  };
  const engine: EvaluatedEngine = {
    find: async (request, options) => {
      asked.push(request);
      const result = answer(request.query ?? '') as FindResult;
      options?.onFirst?.(result);
      return result;
    },
    ask: async (request) => {
      asked.push(request);
      return answer(request.question.split('\n')[0]) as AskResult;
    },
    choose: async (request) => {
      chosen.push(request);
      const index = request.options.indexOf((answer(request.question) as AskResult).answer);
      const probabilities = request.options.map((_, i) => Number(i === index));
      return { probabilities, chosen: index, by: request.by ?? 'words', patches: 4 };
    },
  };
  return { engine, asked, chosen, now: () => (time += 5) };
}

const moment = (start: number, end: number) => ({ start, end }) as FindResult['moments'][number];

test('every line is asked in its own video, and measured', async () => {
  const annotations = lines(
    { video: 'a.mp4', query: 'a dog', moments: [[10, 20]] },
    { video: 'a.mp4', query: 'a zebra', moments: [] },
  );
  const { engine, asked, now } = pretend({
    'a dog': { confident: true, moments: [moment(10, 18)] },
    'a zebra': { confident: false, moments: [moment(0, 1)] },
  });
  const result = await evaluate(engine, annotations, 'x.jsonl', { place, now, gamma: 0.5, quick: true });
  evaluationResultSchema.parse(result);
  assert.deepEqual(asked, [
    { query: 'a dog', in: ['/films/a.mp4'], gamma: 0.5, limit: 10, refine: false },
    { query: 'a zebra', in: ['/films/a.mp4'], gamma: 0.5, limit: 10, refine: false },
  ]);
  assert.deepEqual([result.tasks, result.asked, result.choice], [2, 2, null]);
  assert.deepEqual(result.moments!.recallAt1, { 'iou0.3': 1, 'iou0.5': 1, 'iou0.7': 1 });
  assert.ok(Math.abs(result.moments!.map!.average - 0.7) < 1e-12);
  assert.deepEqual(result.moments!.notHere, { absent: 1, said: 1, right: 1, precision: 1, recall: 1 });
  assert.deepEqual([result.moments!.latencyMs!.p50, result.moments!.firstLatencyMs!.p50], [10, 5]);
});

const choices = readAnnotations(
  JSON.stringify([
    {
      video: 'a.mp4',
      question: 'Which?',
      candidates: ['red', 'blue'],
      answer: 'blue',
      question_type: 'colour',
    },
    {
      video: 'a.mp4',
      question: 'Who?',
      candidates: ['Ann', 'Bob'],
      answer: 'Ann',
      question_type: 'person',
    },
  ]),
);

test('the options of a multiple-choice question are chosen among by their probability', async () => {
  const { engine, asked, chosen, now } = pretend({ 'Which?': { answer: 'blue' }, 'Who?': { answer: 'Bob' } });
  const { choice } = await evaluate(engine, choices, 'x.json', { place, now, gamma: 0.5 });
  assert.deepEqual([asked.length, choice!.questions, choice!.right, choice!.unmatched], [0, 2, 1, 0]);
  assert.deepEqual(chosen[0], {
    question: 'Which?',
    options: ['red', 'blue'],
    in: '/films/a.mp4',
    gamma: 0.5,
    by: 'words',
  });
  await evaluate(engine, choices, 'x.json', { place, now, choose: 'letters' });
  assert.equal(chosen.at(-1)!.by, 'letters');
});

test('a multiple-choice question may be asked in words, afresh, and its answer matched', async () => {
  const { engine, asked, now } = pretend({ 'Which?': { answer: 'B.' }, 'Who?': { answer: 'somebody' } });
  const { choice, moments } = await evaluate(engine, choices, 'x.json', { place, now, choose: 'answer' });
  const [first] = asked as AskRequest[];
  assert.deepEqual([first.fresh, first.in], [true, '/films/a.mp4']);
  assert.match(first.question, /^Which\?\nA\. red\nB\. blue\n/);
  assert.equal(moments, null);
  assert.deepEqual([choice!.questions, choice!.right, choice!.unmatched, choice!.chance], [2, 1, 1, 0.5]);
});

test('missing videos and failures are told, the others go on', async () => {
  const annotations = lines(
    { video: 'gone.mp4', query: 'a dog', moments: [] },
    { video: 'b.mp4', query: 'broken', moments: [] },
    { video: 'gone.mp4', query: 'a cat', moments: [] },
    { video: 'b.mp4', query: 'a dog', moments: [] },
  );
  const { engine, now } = pretend({
    broken: new LongviewError('video-not-indexed', 'Not indexed.', 'Index it.'),
    'a dog': { confident: false, moments: [] },
  });
  const seen: number[] = [];
  const result = await evaluate(engine, annotations, 'x', {
    place,
    now,
    onProgress: ({ fraction }) => seen.push(fraction),
  });
  assert.deepEqual(result.missing, [{ video: 'gone.mp4', tasks: 2, problem: 'no such file' }]);
  assert.deepEqual(
    result.failed.map(({ at, video, error }) => [at, video, error.code]),
    [[{ line: 2 }, 'b.mp4', 'video-not-indexed']],
  );
  assert.deepEqual([result.tasks, result.asked, result.moments!.queries], [4, 1, 1]);
  assert.deepEqual(seen, [0, 0.25, 0.5, 0.75]);
});

test('where nothing could be asked there is nothing measured', async () => {
  const annotations = lines({ video: 'gone.mp4', query: 'a dog', moments: [] });
  const result = await evaluate(pretend({}).engine, annotations, 'x', { place });
  assert.deepEqual([result.asked, result.moments, result.choice], [0, null, null]);
});

test('only so many are asked where that is wanted', async () => {
  const one = { video: 'a.mp4', query: 'a dog', moments: [] };
  const { engine, asked } = pretend({ 'a dog': { confident: false, moments: [] } });
  const result = await evaluate(engine, lines(one, one, one), 'x', { place, limit: 2 });
  assert.deepEqual([asked.length, result.tasks, result.asked], [2, 3, 2]);
});

test('what would fail for every one, a bug, and Ctrl-C end it', async () => {
  const annotations = lines({ video: 'a.mp4', query: 'a dog', moments: [] });
  const failing = (error: Error) => evaluate(pretend({ 'a dog': error }).engine, annotations, 'x', { place });
  await assert.rejects(failing(new LongviewError('bad-bundle', 'Broken.', 'Set up again.')), {
    code: 'bad-bundle',
  });
  await assert.rejects(failing(new TypeError('bug')), TypeError);
  const signal = AbortSignal.abort();
  await assert.rejects(evaluate(pretend({}).engine, annotations, 'x', { place, signal }), {
    code: 'cancelled',
  });
});
