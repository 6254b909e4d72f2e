import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { closeLog, lastLines, logOf, openLog } from './log.ts';

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'longview-log-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('the log keeps what was done, its last lines newest last, and goes round', async (t) => {
  const folder = folderFor(t);
  logOf('media').info('before it is open');
  await openLog({ folder });
  for (let line = 0; line < 30_000; line++)
    logOf('media').info('ffmpeg {args} took {ms} ms', { args: ['-i', 'x'.repeat(100)], ms: line });
  await closeLog();
  logOf('media').info('after it was closed');
  const files = readdirSync(folder);
  assert.ok(files.length > 1 && files.length <= 4, String(files));
  const lines = lastLines(folder, 3);
  assert.equal(lines.length, 3);
  assert.match(lines[2], /took 29999 ms/);
  assert.doesNotMatch(readFileSync(join(folder, 'longview.log'), 'utf8'), /before it|after it/);
});

test('a log that can’t be written is no reason to fail', async (t) => {
  const file = join(folderFor(t), 'no folder');
  writeFileSync(file, '');
  await openLog({ folder: file });
  logOf('media').info('nowhere');
  await closeLog();
  assert.deepEqual(lastLines(file, 3), []);
});
