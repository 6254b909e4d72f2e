import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { LongviewError } from '../engine/protocol/errors.ts';
import { eyesSha256, makeEyes } from './eyes.ts';

const source = join(import.meta.dirname, '../node_modules/@vladmandic/human');

describe('making the eyes', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'longview-eyes-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const failure = (code: string, words: RegExp) => (error: unknown) => {
    assert.ok(error instanceof LongviewError);
    assert.equal(error.code, code);
    assert.match(error.message, words);
    assert.ok(error.remedy.length > 10);
    return true;
  };

  it('writes the file whole, with the checksum that is promised, and leaves nothing else', async () => {
    const output = join(folder, 'new', 'eyes.onnx');
    const steps: string[] = [];
    const result = await makeEyes({ output, onProgress: (text) => steps.push(text) });
    assert.deepEqual(result, { path: output, sha256: eyesSha256, made: true });
    const written = createHash('sha256')
      .update(await readFile(output))
      .digest('hex');
    assert.equal(written, eyesSha256);
    assert.deepEqual(await readdir(join(folder, 'new')), ['eyes.onnx']);
    assert.equal(steps.length, 2);
  });

  it('does nothing the second time, and repairs a damaged file', async () => {
    const output = join(folder, 'eyes.onnx');
    await writeFile(output, 'half a file');
    assert.equal((await makeEyes({ output })).made, true);
    const first = await stat(output);
    assert.equal((await makeEyes({ output })).made, false);
    assert.equal((await stat(output)).mtimeMs, first.mtimeMs);
  });

  it('needs no package when the file is there', async () => {
    const output = join(folder, 'eyes.onnx');
    assert.equal((await makeEyes({ output, packageFolder: join(folder, 'nowhere') })).made, false);
  });

  it('says where it looked when the package is missing', async () => {
    const packageFolder = join(folder, 'nowhere');
    await assert.rejects(
      makeEyes({ packageFolder, output: join(folder, 'none.onnx') }),
      failure('file-not-found', /nowhere.*centernet\.json/),
    );
  });

  it('refuses weights that are not the ones it knows, and writes nothing', async () => {
    const packageFolder = join(folder, 'other');
    await mkdir(join(packageFolder, 'models'), { recursive: true });
    for (const name of ['centernet.json', 'centernet.bin'])
      await cp(join(source, 'models', name), join(packageFolder, 'models', name));
    const weights = join(packageFolder, 'models', 'centernet.bin');
    const bytes = await readFile(weights);
    bytes[1000] = bytes[1000] ^ 1;
    await writeFile(weights, bytes);
    const output = join(folder, 'none.onnx');
    await assert.rejects(
      makeEyes({ packageFolder, output }),
      failure('bad-checkpoint', /centernet\.bin.*3\.3\.6/),
    );
    await assert.rejects(stat(output));
  });

  it('says so when the target can’t be written', async () => {
    const blocked = join(folder, 'a-file');
    await writeFile(blocked, '');
    await assert.rejects(
      makeEyes({ output: join(blocked, 'eyes.onnx') }),
      failure('permission-denied', /a-file/),
    );
  });
});
