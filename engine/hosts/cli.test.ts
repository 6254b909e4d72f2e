import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../../tests/fixtures/library.ts';
import { failureSchema, libraryResultSchema } from '../protocol/results.ts';

const cli = join(import.meta.dirname, 'cli.ts');
const shim = join(import.meta.dirname, '../../build/longview.mjs');

const { NO_COLOR: _no, FORCE_COLOR: _force, ...plainEnv } = process.env;

/** The command line in a process of its own, on a library that goes with the test. */
async function longview(
  t: TestContext,
  args: string[],
  { script = cli, library = temporaryFolder(t) }: { script?: string; library?: string } = {},
) {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...plainEnv, LONGVIEW_LIBRARY: library },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { exitCode: await ended, stdout, stderr };
}

test('an empty library is listed as one JSON object', async (t) => {
  const library = temporaryFolder(t);
  const { exitCode, stdout, stderr } = await longview(t, ['library', '--json'], { library });
  assert.deepEqual([exitCode, stderr], [0, '']);
  assert.deepEqual(libraryResultSchema.parse(JSON.parse(stdout)), { folder: library, videos: [] });
});

test('--library says where, over the environment', async (t) => {
  const folder = join(temporaryFolder(t), 'an "odd"\nname 🎬');
  const { stdout } = await longview(t, ['library', '--json', '--library', folder]);
  assert.equal(libraryResultSchema.parse(JSON.parse(stdout)).folder, folder);
});

test('what isn’t in the library can’t be removed, and the remedy says what to do', async (t) => {
  const human = await longview(t, ['remove', 'nothing.mp4']);
  assert.deepEqual([human.exitCode, human.stdout], [1, '']);
  assert.match(human.stderr, /^longview: .*nothing\.mp4.*\.\n$/s);
  const json = await longview(t, ['remove', 'nothing.mp4', '--json']);
  assert.deepEqual([json.exitCode, json.stderr], [1, '']);
  assert.equal(failureSchema.parse(JSON.parse(json.stdout)).error.code, 'video-not-in-library');
});

test('a library folder that is a file is refused, and the file stays', async (t) => {
  const file = join(temporaryFolder(t), 'notes.txt');
  writeFileSync(file, 'mine');
  const { exitCode, stdout } = await longview(t, ['library', '--json', '--library', file]);
  assert.equal(exitCode, 1);
  assert.notEqual(failureSchema.parse(JSON.parse(stdout)).error.code, 'internal');
  assert.equal(readFileSync(file, 'utf8'), 'mine');
});

test('a file’s name can’t talk to the terminal, and nobody else can read the library', async (t) => {
  const folder = temporaryFolder(t);
  const library = join(folder, 'library');
  const name = 'a\u001b]0;owned\u0007\u009b31m\nb\u202e4pm.mp4';
  writeFileSync(join(folder, name), 'no film');
  const human = await longview(t, ['index', join(folder, name)], { library });
  assert.doesNotMatch(human.stdout + human.stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/u);
  assert.match(human.stdout + human.stderr, /owned/);
  const json = await longview(t, ['index', join(folder, name), '--json'], { library });
  assert.doesNotMatch(json.stdout, /[\u007f-\u009f\u202e]/u);
  assert.ok(JSON.stringify(JSON.parse(json.stdout)).includes('\u202e4pm.mp4'));
  if (process.platform === 'win32') return;
  for (const entry of ['.', ...readdirSync(library, { recursive: true, encoding: 'utf8' })])
    assert.equal(statSync(join(library, entry)).mode & 0o077, 0, entry);
});

test('the package’s bin runs the same command line, with its exit codes', async (t) => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  const fine = await longview(t, ['version'], { script: shim });
  assert.deepEqual([fine.exitCode, fine.stdout.trim()], [0, version]);
  const wrong = await longview(t, ['indx'], { script: shim });
  assert.equal(wrong.exitCode, 2);
  assert.match(wrong.stderr, /Did you mean "longview index"/);
});

test('a reader that closes the pipe early is no error', async (t) => {
  const child = spawn(process.execPath, [cli, 'help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill());
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.stdout.destroy();
  assert.equal(await text(child.stderr), '');
  assert.equal(await ended, 0);
});
