import assert from 'node:assert/strict';
import { renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../../tests/fixtures/library.ts';
import { contentId } from '../media/index.ts';
import { footageFiles } from './footage-file.ts';
import type { StoredVideo } from '../library/index.ts';

/** A film in a library that knows its file's size and time, and how often a content was looked at. */
async function film(t: TestContext) {
  const folder = temporaryFolder(t);
  const path = join(folder, 'film.mp4');
  const secret = join(folder, 'secret.txt');
  writeFileSync(path, 'the film itself');
  writeFileSync(secret, 'not for you ...');
  const { size, mtimeMs } = statSync(path);
  const video = {
    id: 'v',
    path,
    paths: [path],
    sizeBytes: size,
    contentHash: await contentId(path),
  } as StoredVideo;
  const count = { looks: 0 };
  const media = {
    contentId: (file: string, options: { first?: number }) => {
      count.looks++;
      return contentId(file, options);
    },
  };
  return { path, secret, video, mtimeMs, count, find: footageFiles(media), folder };
}

test('a film is served from its path, and its content is read once for that', async (t) => {
  const { path, video, count, find } = await film(t);
  assert.equal(await find(video), path);
  assert.equal(await find(video), path);
  assert.equal(count.looks, 1);
});

test('another file in its place isn’t it, whatever its size and time', async (t) => {
  const { path, video, mtimeMs, find } = await film(t);
  writeFileSync(path, 'something longer than the film');
  await assert.rejects(find(video), { code: 'video-changed' });
  writeFileSync(path, 'as long as that');
  utimesSync(path, mtimeMs / 1000, mtimeMs / 1000);
  await assert.rejects(find(video), { code: 'video-changed' });
  rmSync(path);
  await assert.rejects(find(video), { code: 'video-missing' });
});

test('a recording that goes on is still the film that was indexed', async (t) => {
  const { path, video, find } = await film(t);
  writeFileSync(path, 'the film itself, and what comes after it');
  assert.equal(await find(video), path);
  writeFileSync(path, 'the film others, and what comes after it');
  await assert.rejects(find(video), { code: 'video-changed' });
});

test('a link is followed only to the film itself', async (t) => {
  const { path, secret, video, mtimeMs, count, find, folder } = await film(t);
  const moved = join(folder, 'moved.mp4');
  renameSync(path, moved);
  symlinkSync(secret, path);
  // It looks like the film to whoever follows the link.
  utimesSync(secret, mtimeMs / 1000, mtimeMs / 1000);
  await assert.rejects(find(video), { code: 'video-changed' });
  rmSync(path);
  symlinkSync(moved, path);
  assert.equal(await find(video), path);
  const { looks } = count;
  assert.equal(await find(video), path);
  assert.equal(count.looks, looks, 'what was looked at isn’t read again');
});

test('a file that was only touched is still it', async (t) => {
  const { path, video, find } = await film(t);
  utimesSync(path, 1, 1);
  assert.equal(await find(video), path);
});

test('a film that lies at another of its places is found there', async (t) => {
  const { path, secret, video, find } = await film(t);
  assert.equal(await find({ ...video, paths: [secret, path] }), path);
});
