import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../tests/fixtures/library.ts';
import { readStreams } from './embedded.ts';

const skip =
  (process.platform !== 'linux' || spawnSync('prlimit', ['--version']).status !== 0) &&
  'there is no prlimit here';

test('what reads the texts of a file may write hardly anything', { skip, timeout: 30_000 }, async (t) => {
  const ffmpeg = join(temporaryFolder(t), 'ffmpeg');
  // Says through the first pipe what it may write, once that is limited.
  const waits = 'while grep -q "Max file size *unlimited" /proc/self/limits; do sleep 0.05; done';
  writeFileSync(ffmpeg, `#!/bin/sh\n${waits}\ngrep "Max file size" /proc/self/limits >&3\n`);
  chmodSync(ffmpeg, 0o755);
  const stream = { index: 2, codec: 'subrip', isText: true, language: undefined, title: undefined };
  const tools = { ffmpeg, ffprobe: undefined, version: '0', source: 'path' as const };
  const [text] = await readStreams('film.mkv', [stream], tools, undefined);
  assert.match(Buffer.from(text.bytes).toString(), /Max file size +64000000 /u);
});
