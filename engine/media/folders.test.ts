import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { findVideos } from './folders.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'longview-folders-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const posix = { skip: process.platform === 'win32' };

function tree(name: string, files: Record<string, string>): string {
  const root = path.join(folder, name);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), content);
  }
  return root;
}

const names = (root: string, files: readonly string[]) => files.map((file) => path.relative(root, file));

test('a folder is walked for videos, in natural order, hidden entries left out', async () => {
  const root = tree('plain', {
    'clip 10.mp4': 'x',
    'clip 2.MKV': 'x',
    'notes.txt': 'x',
    '.hidden.mp4': 'x',
    '.cache/a.mp4': 'x',
    'day one/b.webm': 'x',
    'code/main.ts': 'export {};',
    'code/stream.ts': 'G\0\0\0',
  });
  const found = await findVideos([root]);
  assert.deepEqual(
    names(root, found.files),
    ['clip 2.MKV', 'clip 10.mp4', 'code/stream.ts', 'day one/b.webm'].map((name) => path.normalize(name)),
  );
  assert.deepEqual(found.errors, []);
});

test('a named file counts whatever it is called, once', async () => {
  const root = tree('named', { odd: 'x', 'a.mp4': 'x' });
  const found = await findVideos([
    path.join(root, 'odd'),
    root,
    path.join(root, 'a.mp4'),
    path.join(root, 'odd'),
  ]);
  assert.deepEqual(names(root, found.files), ['odd', 'a.mp4']);
});

test('links are followed but loops end, and links to nowhere are left out', posix, async () => {
  const root = tree('links', { 'real/a.mp4': 'x' });
  symlinkSync('..', path.join(root, 'real', 'up'));
  symlinkSync('real', path.join(root, 'again'));
  symlinkSync('nowhere', path.join(root, 'dangling'));
  const found = await findVideos([root]);
  assert.equal(found.files.length, 1);
  assert.deepEqual(found.errors, []);
});

test('what is missing becomes an error entry and the others go on', async () => {
  const root = tree('partly', { 'a.mp4': 'x' });
  const missing = path.join(root, 'missing.mp4');
  const found = await findVideos([missing, root]);
  assert.deepEqual(names(root, found.files), ['a.mp4']);
  assert.deepEqual(
    found.errors.map(({ path: file, error }) => [file, error.code]),
    [[missing, 'file-not-found']],
  );
});

test(
  'an unreadable folder becomes an error entry and the others go on',
  { skip: posix.skip || process.getuid?.() === 0 },
  async () => {
    const root = tree('locked', { 'secret/a.mp4': 'x', 'z.mp4': 'x' });
    chmodSync(path.join(root, 'secret'), 0);
    const found = await findVideos([root]);
    chmodSync(path.join(root, 'secret'), 0o755);
    assert.deepEqual(names(root, found.files), ['z.mp4']);
    assert.deepEqual(
      found.errors.map(({ error }) => error.code),
      ['permission-denied'],
    );
  },
);

test('walking can be cancelled', async () => {
  await assert.rejects(findVideos([folder], { signal: AbortSignal.abort() }), { code: 'cancelled' });
});

test('what cameras and recorders write under other endings is found; what only lies beside it is not', async () => {
  const mp4 = '\0\0\0\x20ftypisom';
  const packets = 'G'.padEnd(188, '-').repeat(8);
  const root = tree('endings', {
    'VID_001.insv': 'x',
    'GS010001.360': 'x',
    'cam.264': 'x',
    'cam.h265': 'x',
    'rec.trp': 'x',
    'dvr.tp': 'x',
    'rec.m2p': 'x',
    'without ending': mp4,
    'backup.mp4.bak': mp4,
    'strange.xyz': packets,
    'sound.m4a': mp4,
    song: '\0\0\0\x20ftypM4A ',
    'photo.HEIC': mp4,
    'film.srt': 'x',
    readme: 'Hello',
    'table.dat': 'Hello',
  });
  const found = await findVideos([root]);
  assert.deepEqual(names(root, found.files).sort(), [
    'GS010001.360',
    'VID_001.insv',
    'backup.mp4.bak',
    'cam.264',
    'cam.h265',
    'dvr.tp',
    'rec.m2p',
    'rec.trp',
    'strange.xyz',
    'without ending',
  ]);
  assert.deepEqual(found.errors, []);
});

test(
  'a video whose name is not UTF-8 is told, with what to do',
  { skip: process.platform !== 'linux' },
  async () => {
    const root = tree('bytes', { 'a.mp4': 'x' });
    const name = Buffer.concat([
      Buffer.from(`${root}/`),
      Buffer.from([0xb9, 0xb7, 0xba, 0xcd]),
      Buffer.from('.mp4'),
    ]);
    writeFileSync(name, 'x');
    const found = await findVideos([root]);
    assert.deepEqual(names(root, found.files), ['a.mp4']);
    assert.equal(found.errors.length, 1);
    assert.match(found.errors[0].error.message, /not valid UTF-8/);
    assert.match(found.errors[0].error.remedy, /Rename/);
  },
);
