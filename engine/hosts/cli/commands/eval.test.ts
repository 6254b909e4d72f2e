import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { evaluationResultSchema } from '../../../protocol/evaluation.ts';
import { failureSchema } from '../../../protocol/results.ts';
import { runCommand } from '../testing/run-command.ts';
import { evalCommand } from './eval.ts';
import type { FindRequest, IndexRequest } from '../../../protocol/requests.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'longview-eval-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, text = 'x') => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};
const [here, deep] = [put('here.mp4'), put('films/deep/AO8RW.mp4')];
put('films/one/twice.mp4');
put('films/two/twice.mkv');

async function longview(argv: string[]) {
  const found: FindRequest[] = [];
  const indexed: string[] = [];
  const engine = {
    library: async () => ({ folder, videos: [{ id: 'v1', path: here, status: 'indexed' }] }),
    index: async ({ paths }: IndexRequest) => {
      indexed.push(...paths);
      const broken = paths.filter((one) => one.includes('broken'));
      const error = { code: 'not-a-video', message: 'It is not a video.', remedy: '' };
      return { videos: broken.map((one) => ({ path: one, status: 'failed', error })) };
    },
    find: async (request: FindRequest) => {
      found.push(request);
      return { moments: [{ start: 0, end: 10 }], confident: request.query !== 'a zebra' };
    },
    ask: async () => ({ answer: 'A' }),
    choose: async () => ({ chosen: 0 }),
    close: async () => {},
  };
  const ran = await runCommand(['eval', ...argv], engine, { commands: [evalCommand] });
  return { ...ran, found, indexed };
}

const lines = (...values: object[]) => values.map((value) => JSON.stringify(value)).join('\n');

test('lines are asked of the files that they name, from the folder of the annotations', async () => {
  const file = put(
    'own.jsonl',
    lines(
      { video: 'here.mp4', query: 'a dog', moments: [[0, 9]] },
      { video: here, query: 'a zebra', moments: [] },
    ),
  );
  const { exitCode, stdout, stderr, found, indexed } = await longview([file]);
  assert.deepEqual([exitCode, stderr, indexed], [0, '', []]);
  assert.deepEqual(
    found.map((request) => request.in),
    [[here], [here]],
  );
  assert.match(stdout, /2 of 2 annotations asked \(longview\)/);
  assert.match(stdout, /R@1 +IoU 0\.3 100 % +0\.5 100 % +0\.7 100 % +\(1 present\)/);
  assert.match(stdout, /"not here" +precision 100 % +recall 100 %/);
});

test('--json prints one object, and what is wrong makes the exit code 1', async () => {
  const file = put(
    'mixed.jsonl',
    `${lines({ video: 'here.mp4', query: 'a dog', moments: [[0, 9]] }, { video: 'gone.mp4', query: 'x', moments: [] })}\nnonsense\n`,
  );
  const { exitCode, stdout, stderr } = await longview([file, '--json']);
  assert.deepEqual([exitCode, stderr, stdout.trim().split('\n').length], [1, '', 1]);
  const result = evaluationResultSchema.parse(JSON.parse(stdout));
  assert.deepEqual([result.tasks, result.asked, result.format], [2, 1, 'longview']);
  assert.deepEqual(result.missing, [{ video: 'gone.mp4', tasks: 1, problem: 'no such file' }]);
  assert.deepEqual(
    result.bad.map(({ at }) => at),
    [{ line: 3 }],
  );
  const human = await longview([file]);
  assert.match(human.stderr, /line 3: not JSON: nonsense\ngone\.mp4: no such file \(1 annotation left out\)/);
});

test('benchmarks name videos without path or extension; these are found in the folder and indexed first', async () => {
  const file = put(
    'charades.txt',
    'AO8RW 0.0 6.9##a person.\nAO8RW 1 2##a book.\ntwice 1 2##x\nNONE 1 2##x\n',
  );
  const { found, indexed, stderr } = await longview([file, '--videos', path.join(folder, 'films')]);
  assert.deepEqual(indexed, [deep]);
  assert.deepEqual(
    found.map((request) => request.in),
    [[deep], [deep]],
  );
  assert.match(stderr, /twice: several files have this name: .*twice\.mp4, .*twice\.mkv/);
  assert.match(stderr, /NONE: no such file in the folder of videos/);
});

test('videos that can’t be indexed, or mustn’t be, are left out and told', async () => {
  put('broken.mp4');
  const file = put('broken.jsonl', lines({ video: 'broken.mp4', query: 'a dog', moments: [] }));
  assert.match((await longview([file])).stderr, /broken\.mp4: It is not a video/);
  const { indexed, stderr } = await longview([file, '--no-index']);
  assert.deepEqual(indexed, []);
  assert.match(stderr, /broken\.mp4: not in the library/);
});

test('multiple choice is told as accuracy, with what guessing would get', async () => {
  const question = { video: 'here.mp4', question: 'Which?', question_type: 'colour' };
  const file = put(
    'mlvu.json',
    JSON.stringify([
      { ...question, candidates: ['red', 'blue'], answer: 'red' },
      { ...question, candidates: ['red', 'blue'], answer: 'blue' },
    ]),
  );
  const { stdout } = await longview([file, '--limit', '2']);
  assert.match(stdout, /accuracy +50 % +by chance 50 %/);
  assert.match(stdout, /colour: 50 % of 2/);
});

test('a wrong file, format, folder or number is refused with its value', async () => {
  const file = put('fine.jsonl', lines({ video: 'here.mp4', query: 'a dog', moments: [] }));
  for (const [argv, said] of [
    [['/no/such.jsonl'], /"\/no\/such\.jsonl" does not exist/],
    [[folder], /could not be read/],
    [[file, '--format', 'coco'], /got "coco"/],
    [[file, '--limit', '0'], /limit must be a whole number from 1, got 0/],
    [[file, '--limit', 'x'], /got "x"/],
    [[file, '--videos', '/no/such'], /does not exist/],
    [[put('other.json', '{"a": 1}')], /no known format/],
  ] as const) {
    const { exitCode, stdout } = await longview([...argv, '--json']);
    assert.match(failureSchema.parse(JSON.parse(stdout)).error.message, said);
    assert.equal(exitCode, 1);
  }
  assert.equal((await longview([])).exitCode, 2);
});
