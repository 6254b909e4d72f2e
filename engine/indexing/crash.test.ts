import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { madeFrameEncoder, madeMedia, madeModel, makeVideo } from '../../tests/fixtures/footage.ts';
import { temporaryFolder } from '../../tests/fixtures/library.ts';
import { openStore } from '../library/index.ts';
import { indexVideos } from './index.ts';

const script = fileURLToPath(new URL('../../tests/fixtures/index-and-hang.ts', import.meta.url));

/** Indexes in another process until it has looked at so many temporal patches, then kills it without warning. */
async function crash(library: string, video: string, patches: number): Promise<void> {
  const child = spawn(process.execPath, [script, library, video, String(patches)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended]);
  assert.equal(child.exitCode, null, 'the process had to be killed');
  child.kill('SIGKILL');
  await ended;
}

suite('a process that is killed while it indexes', () => {
  test('leaves nothing half-visible, and another goes on where it was', async (t) => {
    const [library, films] = [temporaryFolder(t), temporaryFolder(t)];
    const path = makeVideo(films, 'a.mp4', { durationSec: 100, first: 0 });
    await crash(library, path, 70);
    const store = openStore(library);
    t.after(() => store.close());
    const [part] = store.indexedVideos();
    assert.deepEqual([part.patches, part.reachedSec], [64, 64], 'what is stored can be searched');
    assert.equal(store.patchTable(part.id).starts.length, 64);
    assert.equal(store.libraryTable('made-1').rows, 0);
    assert.equal(store.video(path).unfinished!.patches, 64, 'two batches of 32 were stored');
    const frameEncoder = madeFrameEncoder();
    const deps = { store, media: madeMedia(), model: madeModel(frameEncoder) };
    const { videos } = await indexVideos(deps, [path]);
    assert.deepEqual([videos[0].status, videos[0].patches], ['indexed', 100]);
    assert.equal(frameEncoder.looked, 36);
    const tokens = store.patchTokens(videos[0].id!, [0, 63, 64, 99]);
    assert.deepEqual(
      tokens.map((patch) => Math.round(patch[0])),
      [0, 126, 128, 198],
    );
    assert.deepEqual(
      [...store.patchTable(videos[0].id!).starts],
      Array.from({ length: 100 }, (_, second) => second),
    );
    assert.deepEqual(store.jobs(), []);
    assert.equal(readdirSync(join(library, 'features')).length, 1);
  });

  test('after the last byte of an index but before the end of its job leaves no job behind', async (t) => {
    const [library, films] = [temporaryFolder(t), temporaryFolder(t)];
    const path = makeVideo(films, 'a.mp4', { durationSec: 100, first: 0 });
    const store = openStore(library);
    t.after(() => store.close());
    const deps = { store, media: madeMedia(), model: madeModel(madeFrameEncoder()) };
    await indexVideos(deps, [path]);
    // As the process left it.
    store.enqueue([path], { model: 'made' });
    assert.equal((await indexVideos(deps, [path])).videos[0].status, 'unchanged');
    assert.deepEqual(store.jobs(), []);
  });

  test('again leaves the index that was there before', async (t) => {
    const [library, films] = [temporaryFolder(t), temporaryFolder(t)];
    const path = makeVideo(films, 'a.mp4', { durationSec: 100, first: 0 });
    const store = openStore(library);
    t.after(() => store.close());
    const deps = { store, media: madeMedia(), model: madeModel(madeFrameEncoder()) };
    await indexVideos(deps, [path]);
    const before = store.videoFor(path);
    await crash(library, path, 40);
    assert.deepEqual(store.videoFor(path), before);
    assert.equal(store.patchTokens(before.id, [99]).length, 1);
    assert.equal(readdirSync(join(library, 'features')).length, 2);
    await indexVideos(deps, [path], { force: true });
    assert.notEqual(store.videoFor(path).indexRun, before.indexRun);
    assert.equal(readdirSync(join(library, 'features')).length, 1);
    assert.equal(readdirSync(join(library, 'thumbnails')).length, 1);
  });

  test('three times at the same place of a file, leaves that file aside until somebody asks for it again', async (t) => {
    const [library, films] = [temporaryFolder(t), temporaryFolder(t)];
    const path = makeVideo(films, 'a.mp4', { durationSec: 100, first: 0 });
    const other = makeVideo(films, 'b.mp4', { durationSec: 10, first: 500 });
    const store = openStore(library);
    t.after(() => store.close());
    const deps = { store, media: madeMedia(), model: madeModel(madeFrameEncoder()) };
    // This one got further than the others: it doesn't count with them.
    await crash(library, path, 60);
    await crash(library, path, 1);
    await crash(library, path, 1);
    await crash(library, path, 1);
    const { videos } = await indexVideos(deps, [path, other]);
    assert.deepEqual(
      videos.map(({ status, error }) => [status, error?.code]),
      [
        ['failed', 'video-crashes'],
        ['indexed', undefined],
      ],
    );
    assert.equal(store.jobs()[0].error?.code, 'video-crashes');
    const again = await indexVideos(deps, [path]);
    assert.equal(again.videos[0].status, 'indexed');
    assert.deepEqual(store.jobs(), []);
  });
});

test('a folder of stills that goes away in the middle fails that film alone', async (t) => {
  const [library, films] = [temporaryFolder(t), temporaryFolder(t)];
  for (const [number, name] of ['a.mp4', 'b.mp4', 'c.mp4'].entries())
    makeVideo(films, name, { durationSec: 20, first: number * 40 });
  const store = openStore(library);
  t.after(() => store.close());
  let looks = 0;
  const frameEncoder = madeFrameEncoder(() => {
    if (++looks === 2) rmSync(join(library, 'thumbnails'), { recursive: true });
  });
  const { videos } = await indexVideos({ store, media: madeMedia(), model: madeModel(frameEncoder) }, [
    films,
  ]);
  assert.deepEqual(
    videos.map(({ status }) => status),
    ['failed', 'indexed', 'indexed'],
  );
  assert.ok(videos[0].error);
  const again = await indexVideos({ store, media: madeMedia(), model: madeModel(madeFrameEncoder()) }, [
    films,
  ]);
  assert.deepEqual(
    again.videos.map(({ status }) => status),
    ['indexed', 'unchanged', 'unchanged'],
  );
});
