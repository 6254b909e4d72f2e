import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAnnotations } from './index.ts';
import type { Annotations } from '../types.ts';

const jsonl = (...values: unknown[]) => values.map((value) => JSON.stringify(value)).join('\n');
const places = ({ bad }: Annotations) => bad.map(({ at }) => ('line' in at ? at.line : at.entry));

test('our own lines are read; bad ones are told with their number, the others go on', () => {
  const text = [
    '\ufeff{"video": "a.mp4", "query": "a dog", "moments": [[1, 2.5], [7, 9]]}',
    '{"video": "a.mp4", "query": "a zebra", "moments": []}\r',
    '',
    '{"video": "a.mp4", "query": "a dog"',
    '{"video": "a.mp4", "query": " ", "moments": []}',
    '{"video": "a.mp4", "query": "x", "moments": [[5, 5]]}',
    '{"video": "a.mp4", "query": "x", "moments": [[-1, 5]]}',
    '{"video": "a.mp4", "query": "x"}',
    '[]',
    '7',
  ].join('\n');
  const read = readAnnotations(text);
  assert.equal(read.format, 'longview');
  assert.deepEqual(read.tasks, [
    {
      kind: 'moments',
      at: { line: 1 },
      video: 'a.mp4',
      query: 'a dog',
      moments: [
        [1, 2.5],
        [7, 9],
      ],
    },
    { kind: 'moments', at: { line: 2 }, video: 'a.mp4', query: 'a zebra', moments: [] },
  ]);
  assert.deepEqual(places(read), [4, 5, 6, 7, 8, 9, 10]);
  assert.match(read.bad[0].problem, /^not JSON: \{"video"/);
  assert.match(read.bad[1].problem, /^query: some words/);
  assert.match(read.bad[2].problem, /^moments\.0: \[start, end\] in seconds, with 0 <= start < end/);
  assert.match(read.bad[4].problem, /^moments: a list of/);
});

test('QVHighlights is read; its test split has no answers, which is said', () => {
  const entry = {
    qid: 2579,
    query: 'A girl and her mother cooked',
    duration: 150,
    vid: 'NUsG9BgSes0_210.0_360.0',
  };
  const read = readAnnotations(
    jsonl(
      { ...entry, relevant_windows: [[82, 150]], relevant_clip_ids: [41], saliency_scores: [[4, 1, 1]] },
      entry,
    ),
  );
  assert.equal(read.format, 'qvhighlights');
  assert.deepEqual(read.tasks, [
    { kind: 'moments', at: { line: 1 }, video: entry.vid, query: entry.query, moments: [[82, 150]] },
  ]);
  assert.match(read.bad[0].problem, /relevant_windows: .*validation split/);
});

test('Charades-STA is read', () => {
  const read = readAnnotations(
    'AO8RW 0.0 6.9##a person is putting a book on a shelf.\n3MSZA 24.3 30.4##person turn a light on.\n\nbad line\nY6R7T 9.0 9.0##x\nY6R7T 1 2##\n',
  );
  assert.equal(read.format, 'charades-sta');
  assert.deepEqual(read.tasks[1], {
    kind: 'moments',
    at: { line: 2 },
    video: '3MSZA',
    query: 'person turn a light on.',
    moments: [[24.3, 30.4]],
  });
  assert.deepEqual(places(read), [4, 5, 6]);
});

test('MLVU is read; open-ended questions are left out and told', () => {
  const entry = {
    video: 'movie101_66.mp4',
    duration: 246,
    question: 'What colour?',
    question_type: 'plotQA',
  };
  const read = readAnnotations(
    JSON.stringify([
      { ...entry, candidates: ['Yellow', 'Red', 'Blue'], answer: 'Red' },
      { ...entry, candidates: ['Yellow', 'Red'], answer: 'Green' },
      { ...entry, answer: 'A long summary.' },
    ]),
  );
  assert.equal(read.format, 'mlvu');
  assert.deepEqual(read.tasks, [
    {
      kind: 'choice',
      at: { entry: 1 },
      video: 'movie101_66.mp4',
      question: 'What colour?',
      options: ['Yellow', 'Red', 'Blue'],
      answer: 1,
      group: 'plotQA',
    },
  ]);
  assert.match(read.bad[0].problem, /none of the candidates is "Green"/);
  assert.match(read.bad[1].problem, /open-ended/);
});

test('LongVideoBench is read', () => {
  const entry = {
    video_id: '86CxyhFV9MI',
    video_path: '86CxyhFV9MI.mp4',
    question: 'Who?',
    candidates: ['a', 'b'],
  };
  const read = readAnnotations(
    JSON.stringify([
      { ...entry, correct_choice: 1, duration_group: 600 },
      { ...entry, correct_choice: 2 },
      entry,
    ]),
  );
  assert.equal(read.format, 'longvideobench');
  assert.deepEqual(read.tasks[0], {
    kind: 'choice',
    at: { entry: 1 },
    video: '86CxyhFV9MI.mp4',
    otherNames: ['86CxyhFV9MI'],
    question: 'Who?',
    options: ['a', 'b'],
    answer: 1,
    group: 'up to 600 s',
  });
  assert.match(read.bad[0].problem, /no option 2/);
  assert.match(read.bad[1].problem, /test split has none/);
});

test('Video-MME is read, a question or a video per entry', () => {
  const question = { question: 'What is seen?', options: ['A. Apples.', 'B. Candles.'], answer: 'B' };
  const video = { video_id: '001', duration: 'short' };
  const flat = readAnnotations(JSON.stringify([{ ...video, videoID: 'fFjv93ACGo8', ...question }]));
  assert.equal(flat.format, 'video-mme');
  assert.deepEqual(flat.tasks[0], {
    kind: 'choice',
    at: { entry: 1 },
    video: 'fFjv93ACGo8',
    otherNames: ['001'],
    question: 'What is seen?',
    options: ['Apples.', 'Candles.'],
    answer: 1,
    group: 'short',
  });
  const url = 'https://www.youtube.com/watch?v=fFjv93ACGo8';
  const nested = readAnnotations(
    JSON.stringify([{ ...video, url, questions: [question, { ...question, answer: 'A' }] }]),
  );
  assert.deepEqual(
    nested.tasks.map((task) => [task.video, task.kind === 'choice' && task.answer]),
    [
      ['fFjv93ACGo8', 1],
      ['fFjv93ACGo8', 0],
    ],
  );
  const wrong = readAnnotations(JSON.stringify([{ ...video, ...question, answer: 'D' }]));
  assert.match(wrong.bad[0].problem, /no option D/);
});

test('a file of no known format is refused, and so is an unknown format', () => {
  for (const text of ['', 'hello', '{"a": 1}', '[]'])
    assert.throws(() => readAnnotations(text), { code: 'bad-argument', message: /no known format/ }, text);
  assert.throws(() => readAnnotations('[{"a"'), { code: 'bad-argument', message: /begin like a JSON list/ });
  assert.throws(() => readAnnotations('', 'coco'), {
    code: 'bad-argument',
    message: /one of longview, .*got "coco"/,
  });
  assert.deepEqual(readAnnotations('', 'longview'), { format: 'longview', tasks: [], bad: [] });
});
