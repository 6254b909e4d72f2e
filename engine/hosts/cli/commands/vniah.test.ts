import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { failureSchema } from '../../../protocol/results.ts';
import { vniahRequestSchema, vniahResultSchema, type VniahRequest } from '../../../protocol/vniah.ts';
import { parseRequest } from '../../../protocol/requests.ts';
import { runCommand } from '../testing/run-command.ts';
import { vniahCommand } from './vniah.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'longview-vniah-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const cells = [
  { frames: 10, depth: 0, found: 8, asked: 8 },
  { frames: 10, depth: 1, found: 8, asked: 8 },
  { frames: 40, depth: 0, found: 2, asked: 8 },
  { frames: 40, depth: 1, found: 6, asked: 8 },
];

async function longview(...argv: string[]) {
  let asked: VniahRequest | undefined;
  const engine = {
    async vniah(request: VniahRequest) {
      asked = parseRequest(vniahRequestSchema, request);
      return {
        ...{
          model: 'tiny',
          variant: 'hope',
          gamma: request.gamma ?? 0.75,
          trainedFrames: 20,
          tokensPerFrame: 4,
        },
        ...{ needles: null, haystack: null, needleCount: 8, cells, accuracy: 0.75, wallSec: 2 },
      };
    },
    close: async () => {},
  };
  const ran = await runCommand(['vniah', ...argv], engine, { commands: [vniahCommand] });
  return { ...ran, asked };
}

test('lists of numbers, paths and the model reach the engine', async () => {
  const { asked } = await longview(
    ...['--frames', '50,100', '--depths', '0, 0.5,1', '--gamma', '1.5', '--model', 'tiny'],
    ...['--needles', 'n.json', '--haystack', 'v.mp4'],
  );
  assert.deepEqual(asked, {
    ...{ frames: [50, 100], depths: [0, 0.5, 1], gamma: 1.5, model: 'tiny' },
    ...{ needles: path.resolve('n.json'), haystack: path.resolve('v.mp4') },
  });
});

test('--bundle, as --model was called once, goes on working', async () => {
  assert.equal((await longview('--bundle', 'tiny')).asked?.model, 'tiny');
});

test('the grid is printed depth by depth, lengths beyond training marked', async () => {
  const { stdout, exitCode } = await longview();
  assert.equal(exitCode, 0);
  assert.match(stdout, /tiny \(hope\), gamma 0\.75: 75 % found/);
  assert.match(stdout, /depth +10 +40\*\n0 % +100 % +25 %\n100 % +100 % +75 %\n/);
  assert.match(stdout, /beyond the trained 20 frames; 4 tokens a frame, 8 needles a cell/);
});

test('--json prints one object, and --out writes the heat map once', async () => {
  const out = path.join(folder, 'map.svg');
  const { stdout } = await longview('--json', '--out', out);
  assert.deepEqual(vniahResultSchema.parse(JSON.parse(stdout)).cells, cells);
  assert.match(readFileSync(out, 'utf8'), /^<svg .*trained on 20/s);
  const again = await longview('--json', '--out', out);
  assert.equal(again.exitCode, 1);
  assert.equal(failureSchema.parse(JSON.parse(again.stdout)).error.code, 'file-exists');
  const nowhere = await longview('--json', '--out', path.join(folder, 'no', 'map.svg'));
  assert.equal(failureSchema.parse(JSON.parse(nowhere.stdout)).error.code, 'file-not-found');
});

test('lists that are none are refused with their value', async () => {
  for (const [option, value] of [
    ['--frames', '50,x'],
    ['--frames', ''],
    ['--frames', '0'],
    ['--depths', '0,1.5'],
    ['--gamma', 'much'],
  ]) {
    const { exitCode, stdout } = await longview('--json', option, value);
    assert.equal(exitCode, 1, `${option} ${value}`);
    assert.equal(failureSchema.parse(JSON.parse(stdout)).error.code, 'bad-argument');
  }
});
