import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../tests/fixtures/library.ts';
import { report, withoutPaths, type ReportDeps } from './report.ts';

const secrets = ['Grandma', 'Müller', 'secret', 'wedding'];

test('a report holds no path and no name of a file', () => {
  const text = [
    `${homedir()}/Videos/Grandma's secret.mp4 is not there`,
    '“/home/Müller/Filme/wedding 2.mov” breaks off after 3.0 of 9.0 seconds.',
    'ffmpeg ["-i","/mnt/Grandma films/wedding.mp4","-f","null"] ended with 0 after 3 ms',
    'C:\\Users\\Müller\\wedding.avi can’t be read',
    '/films/secret/wedding.mp4: indexed , 3 s of video in 5 ms',
    'There is no video "wedding.mp4" in the library.',
  ];
  for (const line of text)
    for (const secret of secrets)
      assert.ok(!withoutPaths(line).includes(secret), `${secret} stays in: ${withoutPaths(line)}`);
  assert.match(withoutPaths(text[2]), /ended with 0 after 3 ms$/);
});

test('tells versions, checks and the end of the log; paths where they are allowed', async (t) => {
  const libraryDir = temporaryFolder(t);
  mkdirSync(join(libraryDir, 'logs'));
  writeFileSync(join(libraryDir, 'logs', 'longview.log'), 'file-empty: "/films/wedding.mp4" is empty.\n');
  const deps: ReportDeps = {
    libraryDir,
    version: '1.2.3',
    doctor: async () => ({
      ok: false,
      checks: [{ name: 'ffmpeg', ok: false, found: 'none in /opt/secret', remedy: 'Install it.' }],
    }),
    models: async () => ({ models: [] }),
    counts: () => ({ videos: 3, waiting: 1, failed: 2 }),
  };
  const { text } = await report(deps, {});
  assert.match(text, /^Longview 1\.2\.3\n/);
  assert.match(text, /3 videos, 1 waiting, 2 failed/);
  assert.match(text, /BAD ffmpeg: none in \[path\]/);
  assert.match(text, /file-empty/);
  assert.doesNotMatch(text, /wedding|secret/);
  assert.match((await report(deps, { paths: true })).text, /wedding/);
  await assert.rejects(report(deps, { paths: 'yes' }), { code: 'bad-argument' });
});
