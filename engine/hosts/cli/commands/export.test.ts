import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { h264, makeCodedVideo } from '../../../media/testing/coded-video.ts';
import { exportResultSchema } from '../../../protocol/export.ts';
import { failureSchema } from '../../../protocol/results.ts';
import { runCommand } from '../testing/run-command.ts';
import { exportCommand } from './export.ts';
import type { Engine } from '../../../protocol/engine.ts';
import type { AskResult, FindResult, Moment } from '../../../protocol/results.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'longview-export-command-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const film = path.join(folder, 'park.mp4');
makeCodedVideo(film, { frames: 50, output: h264 });

const moment = (start: number, end: number): Moment => ({
  videoId: 'v1',
  path: film,
  start,
  end,
  score: 2,
  confidence: 0.9,
  source: 'object',
  reason: 'saw dog (0.70)',
});
const found: FindResult = {
  query: 'a dog',
  gamma: 0.75,
  model: 'built-in',
  confident: true,
  moments: [moment(1, 1.4), moment(0, 0.2)],
  latencyMs: 1,
  examined: { videos: 1, seconds: 2 },
  skipped: 0,
  refined: true,
};
const answered: AskResult = {
  question: 'Is there a dog?',
  answer: 'yes',
  gamma: 1.5,
  model: 'built-in',
  cached: false,
  confidence: 0.9,
  confident: true,
  evidence: [{ start: 1, end: 1.4, score: 0.9, reason: 'dog: saw dog' }],
  timing: { prefillMs: 1, decodeMs: 1, tokens: 1, totalMs: 5 },
  videoId: 'v1',
  path: film,
  read: { patches: 1, ofPatches: 2 },
};
const video = {
  id: 'v1',
  path: film,
  durationSec: 2,
  status: 'indexed' as const,
  patches: 2,
  model: 'built-in',
  addedAt: '2026-01-01T00:00:00.000Z',
};

async function longview(argv: string[], methods: Partial<Engine> = {}) {
  const asked: unknown[] = [];
  const engine = {
    library: async () => ({ folder, videos: [video] }),
    find: async (request: unknown) => (asked.push(request), found),
    ask: async (request: unknown) => (asked.push(request), answered),
    close: async () => {},
    ...methods,
  };
  const ran = await runCommand(['export', ...argv], engine, { commands: [exportCommand] });
  return { ...ran, asked };
}

const out = (name: string) => path.join(folder, name);

test('what was found is written, and --json tells where and how many', async () => {
  const { exitCode, stdout, stderr, asked } = await longview([
    ...['csv', '--query', 'a dog', '--in', 'v1', '--limit', '2', '--out', out('a.csv'), '--json'],
  ]);
  assert.deepEqual([exitCode, stderr, stdout.trim().split('\n').length], [0, '', 1]);
  const result = exportResultSchema.parse(JSON.parse(stdout));
  assert.deepEqual(
    [result.format, result.out, result.moments, result.frameRate, result.confident],
    ['csv', out('a.csv'), 2, '25', true],
  );
  assert.deepEqual(asked, [{ query: 'a dog', in: ['v1'], gamma: undefined, limit: 2, refine: undefined }]);
  assert.equal(readFileSync(out('a.csv'), 'utf8').split('\r\n').length, 4);
});

test('the moments that support an answer are written', async () => {
  const { stdout, asked } = await longview(['edl', '--ask', 'Is there a dog?', '--out', out('b.edl')]);
  assert.match(stdout, /1 moment written to .*b\.edl \(25 frames per second\)/);
  assert.deepEqual(asked, [{ question: 'Is there a dog?', in: undefined, gamma: undefined }]);
  assert.match(readFileSync(out('b.edl'), 'utf8'), /00:00:01:00 00:00:01:10 .*\r\n.*park\.mp4/);
});

test('an answer’s moments come from the videos that they lie in; unsupported ones only when asked for', async () => {
  const other = path.join(folder, 'sea.mp4');
  makeCodedVideo(other, { frames: 50, output: h264 });
  const evidence = [
    { videoId: 'v1', path: film, start: 1, end: 1.4, score: 0.9, reason: 'saw dog' },
    { videoId: 'v2', path: other, start: 0.4, end: 0.8, score: 0.8, reason: 'saw boat' },
    { videoId: 'v2', path: other, start: 1.2, end: 1.6, score: 0.2, reason: 'saw cat', supported: false },
  ];
  const ask = async () => ({ ...answered, evidence });
  const argv = ['edl', '--ask', 'List what is shown, in order', '--in', folder, '--overwrite'];
  const { stdout, stderr } = await longview([...argv, '--out', out('e.edl')], { ask });
  const files = (name: string) =>
    [...readFileSync(out(name), 'utf8').matchAll(/SOURCE FILE: (.*)\r/g)].map(([, file]) => file);
  assert.deepEqual(files('e.edl'), [film, other]);
  assert.match(
    stdout + stderr,
    /1 moment was left out: the re-check did not find there what the answer says/,
  );
  await longview([...argv, '--out', out('e.edl'), '--unsupported'], { ask });
  assert.deepEqual(files('e.edl'), [film, other, other]);
  const none = await longview([...argv, '--out', out('f.edl')], {
    ask: async () => ({ ...answered, evidence: evidence.slice(2) }),
  });
  assert.equal(none.exitCode, 1);
  assert.match(none.stderr, /re-check did not find.*nothing was written.*--unsupported/s);
  assert.equal(existsSync(out('f.edl')), false);
});

test('clips are cut into a folder and listed with what they hold', async () => {
  const { exitCode, stdout } = await longview([
    'clips',
    '--query',
    'a dog',
    '--out',
    out('clips'),
    '--exact',
  ]);
  assert.equal(exitCode, 0);
  assert.match(stdout, /2 clips written/);
  assert.match(stdout, /1 park 0\.00\.01\.000\.mp4 +0:00:01\.0 – 0:00:01\.4/);
  assert.ok(existsSync(out('clips/2 park 0.00.00.000.mp4')));
});

test('that nothing fits well is said, the nearest are written', async () => {
  const find = async () => ({ ...found, confident: false });
  const { stdout } = await longview(['json', '--query', 'a zebra', '--out', out('c.json')], { find });
  assert.match(stdout, /No confident match for "a dog": these moments are only the nearest/);
});

test('a wrong format, rate or file is refused before anything is searched', async () => {
  for (const [argv, said] of [
    [['docx', '--out', out('x')], /one of edl, fcpxml, xmeml, otio, vtt, csv, json, clips, got "docx"/],
    [['csv', '--out', film], /there already|never written over/],
    [['csv', '--out', film, '--overwrite'], /never written over/],
    [['csv', '--out', out('no/x.csv')], /does not exist/],
    [['csv', '--out', out('x.csv'), '--rate', 'fast'], /got "fast"/],
  ] as const) {
    const { exitCode, stdout, asked } = await longview([...argv, '--query', 'a dog', '--json']);
    assert.match(failureSchema.parse(JSON.parse(stdout)).error.message, said);
    assert.deepEqual([exitCode, asked], [1, []]);
  }
});

test('wrong usage exits with 2', async () => {
  for (const argv of [
    ['--query', 'x', '--out', 'y'],
    ['csv', '--out', 'y'],
    ['csv', '--query', 'x'],
    ['csv', '--query', 'x', '--ask', 'y', '--out', 'z'],
  ])
    assert.equal((await longview(argv)).exitCode, 2, argv.join(' '));
});

test('an empty result writes nothing', async () => {
  const find = async () => ({ ...found, moments: [] });
  const { exitCode, stderr } = await longview(['csv', '--query', 'x', '--out', out('d.csv')], { find });
  assert.equal(exitCode, 1);
  assert.match(stderr, /No moment was found for "a dog", so nothing was written/);
  assert.equal(existsSync(out('d.csv')), false);
});
