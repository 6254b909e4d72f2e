import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { listCodecs } from './codecs.ts';
import { findMediaTools } from './tools.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'longview-tools-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const real = await findMediaTools();
const posix = { skip: process.platform === 'win32' };

function fakeTool(name: string, script: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

test('the ffmpeg of this machine is found, with its version', async () => {
  assert.ok(path.isAbsolute(real.ffmpeg));
  assert.match(real.version, /\d/);
});

test('FFMPEG_PATH comes first, and a wrong one is told rather than worked around', posix, async () => {
  const own = path.join(folder, 'my-ffmpeg');
  symlinkSync(real.ffmpeg, own);
  const found = await findMediaTools({ env: { ...process.env, FFMPEG_PATH: own } });
  assert.deepEqual([found.ffmpeg, found.source], [own, 'environment']);
  const wrong = fakeTool('not-ffmpeg', 'echo hello');
  for (const file of [wrong, path.join(folder, 'nothing-here')])
    await assert.rejects(findMediaTools({ env: { ...process.env, FFMPEG_PATH: file } }), (error: Error) => {
      assert.match(error.message, new RegExp(path.basename(file)));
      return (error as { code?: string }).code === 'ffmpeg-missing';
    });
});

test("the application's folder comes before ffmpeg-static, and that before PATH", posix, async () => {
  symlinkSync(real.ffmpeg, path.join(folder, 'ffmpeg'));
  const env = { PATH: process.env.PATH };
  assert.equal((await findMediaTools({ folder, env })).source, 'application');
  const staticPath = path.join(folder, 'ffmpeg');
  assert.equal((await findMediaTools({ staticPath, env })).source, 'ffmpeg-static');
  assert.equal((await findMediaTools({ staticPath: path.join(folder, 'gone'), env })).source, 'path');
});

test('a program that does not run is passed over', posix, async () => {
  const staticPath = fakeTool('broken', 'exit 1');
  assert.equal((await findMediaTools({ staticPath, env: { PATH: process.env.PATH } })).source, 'path');
});

test('a machine without ffprobe still has tools; one without ffmpeg gets a remedy', posix, async () => {
  const alone = await findMediaTools({ staticPath: real.ffmpeg, env: { PATH: '' } });
  // ffprobe lies beside this machine's ffmpeg, but not beside a link in a folder of its own.
  assert.equal(alone.ffmpeg, real.ffmpeg);
  const lonely = await findMediaTools({ staticPath: path.join(folder, 'ffmpeg'), env: { PATH: '' } });
  assert.equal(lonely.ffprobe, undefined);
  await assert.rejects(
    findMediaTools({ staticPath: null, env: { PATH: '' } }),
    (error: { code?: string; remedy?: string }) => {
      assert.match(error.remedy ?? '', /FFMPEG_PATH/);
      return error.code === 'ffmpeg-missing';
    },
  );
});

test('the important codecs are listed', async () => {
  const { decoders, encoders } = await listCodecs(real);
  assert.equal(decoders.find(({ name }) => name === 'H.264')?.available, true);
  assert.equal(encoders.find(({ name }) => name === 'JPEG')?.available, true);
  assert.ok(decoders.length > 8);
});
