import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../tests/fixtures/library.ts';
import { tryMadeKinds } from './made-kinds.ts';
import { findMediaTools } from './tools.ts';

test('this ffmpeg reads and seeks in a made film of every kind, with and without ffprobe', async () => {
  const tools = await findMediaTools();
  for (const one of [tools, { ...tools, ffprobe: undefined }]) {
    const kinds = await tryMadeKinds(one);
    assert.deepEqual(
      kinds.filter(({ problem }) => problem),
      [],
    );
    assert.ok(kinds.length >= 8, `${kinds.length} kinds`);
  }
});

test('an ffmpeg that dies on one kind is told by that kind', async (t) => {
  const tools = await findMediaTools();
  const ffmpeg = join(temporaryFolder(t), 'ffmpeg');
  // Builds are known that die on whatever is a transport stream.
  writeFileSync(ffmpeg, `#!/bin/sh\ncase "$*" in *.ts*) kill -SEGV $$;; esac\nexec ${tools.ffmpeg} "$@"\n`);
  chmodSync(ffmpeg, 0o755);
  const kinds = await tryMadeKinds({ ...tools, ffmpeg });
  const wrong = kinds.flatMap(({ name, problem }) => (problem ? [name] : []));
  assert.deepEqual(wrong, ['MPEG transport stream']);
});
