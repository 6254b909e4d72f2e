import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../tests/fixtures/library.ts';
import { keepPrivate } from './private-files.ts';

const skip = process.platform === 'win32' && 'Windows has no modes';
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

test('a library that others can read is closed to them, with everything in it', { skip }, (t) => {
  const folder = temporaryFolder(t);
  const outside = join(folder, 'outside.txt');
  const library = join(folder, 'library');
  mkdirSync(join(library, 'thumbnails', 'v1'), { recursive: true });
  const files = ['library.db', 'library.db-wal', 'thumbnails/v1/0.jpg'].map((name) => join(library, name));
  for (const file of [...files, outside]) writeFileSync(file, '');
  symlinkSync(outside, join(library, 'features'));
  for (const path of [library, join(library, 'thumbnails'), join(library, 'thumbnails', 'v1')])
    chmodSync(path, 0o755);
  for (const path of [...files, outside]) chmodSync(path, 0o644);
  keepPrivate(library);
  assert.deepEqual(files.map(modeOf), ['600', '600', '600']);
  assert.deepEqual([library, join(library, 'thumbnails'), join(library, 'thumbnails', 'v1')].map(modeOf), [
    '700',
    '700',
    '700',
  ]);
  assert.equal(modeOf(outside), '644', 'a link’s target is somebody else’s');
});

test('a folder that is there is made private too, and a new one is', { skip }, (t) => {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o755);
  keepPrivate(folder);
  assert.equal(modeOf(folder), '700');
  keepPrivate(join(folder, 'a', 'new one'));
  assert.equal(modeOf(join(folder, 'a', 'new one')), '700');
});

test('what somebody else keeps beside a library stays as it is', { skip }, (t) => {
  const folder = temporaryFolder(t);
  for (const name of ['library.db', 'holiday.mp4']) writeFileSync(join(folder, name), '');
  for (const path of [folder, join(folder, 'holiday.mp4'), join(folder, 'library.db')])
    chmodSync(path, 0o755);
  keepPrivate(folder);
  assert.deepEqual(
    ['', 'holiday.mp4', 'library.db'].map((name) => modeOf(join(folder, name))),
    ['755', '755', '700'],
  );
});

test(
  'what a program makes is its owner’s alone, also by its children, until it says otherwise',
  { skip },
  (t) => {
    const folder = temporaryFolder(t);
    const code = `
    const { restrictNewFiles, allowNewFiles } = await import(${JSON.stringify(new URL('./private-files.ts', import.meta.url).href)});
    const { writeFileSync } = await import('node:fs');
    const { spawnSync } = await import('node:child_process');
    restrictNewFiles();
    writeFileSync('mine', '');
    spawnSync('touch', ['child']);
    allowNewFiles();
    writeFileSync('shared', '');`;
    const ran = spawnSync(
      'sh',
      ['-c', 'umask 022; exec "$0" --input-type=module -e "$1"', process.execPath, code],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(
      ['mine', 'child', 'shared'].map((name) => modeOf(join(folder, name))),
      ['600', '600', '644'],
    );
  },
);
