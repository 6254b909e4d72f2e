import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { madeFrameEncoder, madeMedia, madeModel, makeVideo } from '../../tests/fixtures/footage.ts';
import { temporaryFolder } from '../../tests/fixtures/library.ts';
import { utimesSync } from 'node:fs';
import { openStore } from '../library/index.ts';
import { indexVideos, type IndexOptions } from './index.ts';

/** Made media that has key frames at some times; what each film was asked for is noted. */
function withKeys(times: readonly number[] | undefined) {
  const looks: string[] = [];
  const media = {
    ...madeMedia(),
    looks,
    keyFrames: (
      path: string,
      _info: unknown,
      { width, height }: { width: number; height: number; everySec: number },
    ) => {
      looks.push(`first ${path.split('/').at(-1)}`);
      if (!times) return undefined;
      async function* pictures() {
        for (const time of times!)
          yield { time, pixels: new Uint8Array(width * height * 3).fill(Math.round(time)) };
      }
      return { letterbox: { x: 0, y: 0, width, height }, [Symbol.asyncIterator]: pictures };
    },
  };
  const sample = media.sampleFrames.bind(media);
  media.sampleFrames = (path, info, options) => {
    looks.push(`all ${path.split('/').at(-1)}`);
    return sample(path, info, options);
  };
  return media;
}

function setting(t: TestContext, times: readonly number[] | undefined = [0, 8, 20, 60, 100, 150]) {
  const store = openStore(temporaryFolder(t));
  t.after(() => store.close());
  const films = temporaryFolder(t);
  const media = withKeys(times);
  const index = async (encoder = madeFrameEncoder(), options: IndexOptions = {}) =>
    (await indexVideos({ store, media, model: madeModel(encoder) }, [films], options)).videos;
  return { store, films, media, index };
}

/** A frame encoder that stops everything at a look, and what that is for. */
function stoppingAt(look: number) {
  const stop = new AbortController();
  let looks = 0;
  const encoder = madeFrameEncoder(() => {
    if (++looks === look) stop.abort();
  });
  return { encoder, signal: stop.signal };
}

suite('a first look at key frames', () => {
  test('makes every video searchable before any is indexed as a whole, the newest first', async (t) => {
    const { films, media, index, store } = setting(t);
    for (const [number, name] of ['old.mp4', 'new.mp4', 'short.mp4'].entries()) {
      const path = makeVideo(films, name, { durationSec: name === 'short.mp4' ? 20 : 160, first: number });
      utimesSync(path, 1e9 + number * 100, 1e9 + number * 100);
    }
    const rows = await index();
    assert.deepEqual(
      rows.map(({ status }) => status),
      ['indexed', 'indexed', 'indexed'],
    );
    assert.deepEqual(media.looks, [
      'first new.mp4',
      'first old.mp4',
      ...rows.map(({ path }) => `all ${path.split('/').at(-1)}`),
    ]);
    for (const { id } of rows) {
      assert.ok(!store.tracks(id!).some(({ extractor }) => extractor === 'key-frames'), 'it has given way');
      assert.equal(store.videoFor(id!).rough, undefined);
    }
    assert.equal(
      store.libraryTable('made-1').rows,
      rows.reduce((sum, { patches }) => sum + patches, 0),
    );
  });

  test('says where each picture stands and how far it goes, and that its ends are rough', async (t) => {
    const { films, index, store } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 160, first: 0 });
    // Six looks at key frames; the next is the whole index's.
    const { encoder, signal } = stoppingAt(7);
    const [row] = await index(encoder, { signal });
    assert.equal(row.status, 'cancelled');
    const video = store.videoFor(row.id!);
    assert.deepEqual([video.rough, video.patches, video.reachedSec], [true, 6, undefined]);
    const { starts, ends } = store.patchTable(video.id);
    assert.deepEqual([...starts], [0, 8, 20, 60, 100, 150]);
    // A picture stands for 15 s at most.
    assert.deepEqual([...ends], [8, 20, 35, 75, 115, 160]);
    assert.deepEqual(
      store.patchTokens(video.id, [0, 3, 5]).map(([grey]) => Math.round(grey)),
      [0, 60, 150],
    );
    assert.deepEqual(
      store.objects(video.id, ['dog']).map(({ patch, frame }) => [patch, frame]),
      [[5, 0]],
    );
    assert.deepEqual(store.objectsOf([video.id], ['dog']).get(video.id)?.length, 1);
    assert.equal(store.video(path).index, undefined, 'it is not indexed yet');
  });

  test('is searched until what refines it is whole, then gives way with all that is of it', async (t) => {
    const { films, index, store, media } = setting(t);
    makeVideo(films, 'a.mp4', { durationSec: 160, first: 0 });
    const cancelled = stoppingAt(60);
    const [{ id }] = await index(cancelled.encoder, { signal: cancelled.signal });
    const passes = store.tracks(id!).filter(({ kind }) => kind === 'embedding');
    assert.deepEqual(
      passes.map(({ extractor, state }) => [extractor, state]),
      [
        ['key-frames', 'whole'],
        ['frames', 'making'],
      ],
    );
    assert.deepEqual([store.videoFor(id!).rough, store.videoFor(id!).patches], [true, 6]);
    assert.equal(store.objectsOf([id!], ['dog']).get(id!)!.length, 1, 'objects of one of them only');
    const encoder = madeFrameEncoder();
    const [row] = await index(encoder);
    assert.deepEqual(
      [row.status, row.patches, media.looks.filter((look) => look.startsWith('first')).length],
      ['indexed', 160, 1],
    );
    assert.ok(encoder.looked < 160, 'and it goes on where it was');
    assert.equal(store.indexedVideos().length, 1);
    assert.equal(store.libraryTable('made-1').rows, 160);
  });

  test('that is cancelled can be searched as far as it goes, and is gone on with', async (t) => {
    const { films, index, store } = setting(t);
    makeVideo(films, 'a.mp4', { durationSec: 160, first: 0 });
    const { encoder, signal } = stoppingAt(4);
    const [{ id }] = await index(encoder, { signal });
    const part = store.videoFor(id!);
    assert.deepEqual([part.rough, part.patches, part.reachedSec], [true, 4, 75]);
    const again = stoppingAt(3);
    await index(again.encoder, { signal: again.signal });
    assert.deepEqual([store.videoFor(id!).patches, store.videoFor(id!).reachedSec], [6, undefined]);
    assert.equal(
      again.encoder.looked,
      4,
      'two key frames, and the first two temporal patches of the whole index',
    );
  });

  test('is left out where key frames cost as much as everything, where there are none, and when all is made anew', async (t) => {
    for (const times of [undefined, []]) {
      const { films, index, store } = setting(t, times);
      makeVideo(films, 'a.mp4', { durationSec: 160, first: 0 });
      const [row] = await index();
      assert.deepEqual([row.status, row.patches], ['indexed', 160]);
      assert.deepEqual(
        store.tracks(row.id!).filter(({ extractor }) => extractor === 'key-frames'),
        [],
      );
    }
    const { films, index, media } = setting(t);
    makeVideo(films, 'a.mp4', { durationSec: 160, first: 0 });
    await index();
    media.looks.length = 0;
    await index(madeFrameEncoder(), { force: true });
    assert.deepEqual(media.looks, ['all a.mp4']);
  });

  test('that fails leaves the film to the whole index', async (t) => {
    const { films, index, media } = setting(t);
    makeVideo(films, 'a.mp4', { durationSec: 160, first: 0, truncatedAt: 130 });
    const [row] = await index();
    assert.equal(row.error?.code, 'file-truncated');
    assert.deepEqual(media.looks, ['first a.mp4', 'all a.mp4']);
  });
});
