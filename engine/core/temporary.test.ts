import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isRunning, sweepStaging, sweepTemporary, temporaryFolder } from './temporary.ts';

/** A folder in which this process makes its temporary files while the test runs. */
function ownTmp(t: TestContext): string {
  const before = process.env.TMPDIR;
  const folder = join(tmpdir(), `longview-test-${process.pid}-${t.name.length}`);
  mkdirSync(folder);
  process.env.TMPDIR = folder;
  t.after(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** The number of a process that is gone. */
const gone = () => spawnSync(process.execPath, ['-e', '']).pid;
const now = () => Date.now().toString(36);

test('what killed processes left is deleted; what is in use, foreign or no folder stays', async (t) => {
  const tmp = ownTmp(t);
  const mine = await temporaryFolder('text');
  const dead = `longview-text-${gone()}-${now()}-aB3dEf`;
  const old = 'longview-text-oldOne';
  const stay = ['longview-notes', 'other', `longview-text-${gone()}`, 'longview-text-newOne'];
  for (const name of [dead, old, ...stay]) mkdirSync(join(tmp, name));
  writeFileSync(join(tmp, dead, 'words.srt'), 'what somebody said');
  utimesSync(join(tmp, old), 0, 0);
  const file = `longview-text-${gone()}-${now()}-aB3dEg`;
  writeFileSync(join(tmp, file), '');
  const link = `longview-text-${gone()}-${now()}-aB3dEh`;
  symlinkSync(join(tmp, 'other'), join(tmp, link));
  sweepTemporary();
  assert.deepEqual(readdirSync(tmp).sort(), [mine.slice(tmp.length + 1), ...stay, file, link].sort());
});

test(
  'a process that only has the number of the one that made a folder doesn’t keep it',
  { skip: process.platform !== 'linux' },
  (t) => {
    const tmp = ownTmp(t);
    const hourAgo = (Date.now() - 86_400_000 * 3650).toString(36);
    mkdirSync(join(tmp, `longview-text-${process.pid}-${hourAgo}-aB3dEf`));
    sweepTemporary();
    assert.deepEqual(readdirSync(tmp), []);
    assert.equal(isRunning(process.pid, Date.now()), true);
  },
);

test('bundles that were being made when their process was killed go, others stay', (t) => {
  const models = ownTmp(t);
  const dead = `.reader.partial-${gone()}-${now()}`;
  const alive = `.reader.partial-${process.pid}-${now()}`;
  for (const name of [dead, alive, 'reader', '.partial-', '.x.partial-1']) mkdirSync(join(models, name));
  sweepStaging(models);
  assert.deepEqual(readdirSync(models).sort(), [alive, 'reader', '.partial-', '.x.partial-1'].sort());
  sweepStaging(join(models, 'nothing'));
});
