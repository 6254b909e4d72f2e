import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { madeFrameEncoder, madeMedia, madeModel, makeVideo } from '../../tests/fixtures/footage.ts';
import { temporaryFolder } from '../../tests/fixtures/library.ts';
import type { Progress } from '../protocol/progress.ts';
import { indexResultSchema } from '../protocol/results.ts';
import { openStore } from '../library/index.ts';
import { LongviewError } from '../protocol/errors.ts';
import { frames, indexVideos, type IndexOptions } from './index.ts';

/** A library in one folder, footage in another, and a made frame encoder. */
function setting(t: TestContext, frameEncoder = madeFrameEncoder()) {
  const [library, films] = [temporaryFolder(t), temporaryFolder(t)];
  const store = openStore(library);
  t.after(() => store.close());
  const [media, model] = [madeMedia(), madeModel(frameEncoder)];
  const index = async (paths: string[], options?: IndexOptions) => {
    const result = await indexVideos({ store, media, model }, paths, options);
    return indexResultSchema.parse(result).videos;
  };
  return { store, media, model, frameEncoder, films, library, index };
}

suite('indexing a video', () => {
  test('puts what the frame encoder saw into the library, with its times', async (t) => {
    const { store, films, index } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 4.2, first: 97 });
    const [row] = await index([path]);
    assert.deepEqual({ ...row, id: '' }, { id: '', path, durationSec: 4.2, status: 'indexed', patches: 5 });
    const table = store.patchTable(row.id!);
    assert.deepEqual([...table.starts], [0, 1, 2, 3, 4]);
    assert.deepEqual([...table.ends], [1, 2, 3, 4, 4.2]);
    assert.deepEqual(
      store.frames(row.id!).map((frame) => frame.time),
      [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4],
    );
    assert.deepEqual(
      store.objects(row.id!).map(({ patch, frame }) => [patch, frame]),
      [
        [2, 0],
        [2, 1],
        [3, 0],
        [3, 1],
        [4, 0],
      ],
    );
    assert.deepEqual(
      store.patchTokens(row.id!, [0, 4]).map((tokens) => Math.round(tokens[0])),
      [97, 105],
    );
    assert.deepEqual(
      store.thumbnails(row.id!).map(({ time, path: still }) => [time, readFileSync(still, 'utf8')]),
      [[0, 'a still']],
    );
    assert.deepEqual(store.jobs(), []);
  });

  test('puts the files that wait into the library while the first is looked at', async (t) => {
    let waiting: () => void = () => {};
    const all = new Promise<void>((resolve) => (waiting = resolve));
    // The first file is looked at until every other can be seen.
    const { store, films, media, index } = setting(
      t,
      madeFrameEncoder(() => all),
    );
    for (const [number, name] of ['a.mp4', 'b.mp4', 'c.mp4', 'd.mp4'].entries())
      makeVideo(films, name, { durationSec: 2, first: number * 50 });
    const listed: number[] = [];
    const rows = await index([films], {
      onProgress: ({ listed: count }) => {
        if (count !== undefined) listed.push(count);
        if (count === 4) waiting();
      },
    });
    assert.deepEqual(listed.slice(0, 4), [1, 2, 3, 4]);
    assert.deepEqual(
      rows.map(({ status }) => status),
      ['indexed', 'indexed', 'indexed', 'indexed'],
    );
    assert.equal(store.videos().length, 4);
    assert.equal(media.probed, 4, 'each is probed once');
  });

  test('does nothing the second time, and loads no model for it', async (t) => {
    const { store, films, media, model, index } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 3, first: 0 });
    const [first] = await index([path]);
    const generation = store.generation();
    const [second] = await index([path]);
    assert.deepEqual(second, { ...first, status: 'unchanged' });
    assert.deepEqual([media.decoded, media.probed, model.opened], [6, 1, 1]);
    assert.equal(store.generation(), generation);
  });

  test('does not even read a file that was not touched since', async (t) => {
    const { films, media, index } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 3, first: 0 });
    await index([path]);
    const hashed = media.hashed;
    await index([path]);
    assert.equal(media.hashed, hashed);
    const facts = statSync(path);
    utimesSync(path, facts.atime, new Date(facts.mtimeMs + 5000));
    assert.equal((await index([path]))[0].status, 'unchanged');
    assert.equal(media.hashed, hashed + 1);
    makeVideo(films, 'a.mp4', { durationSec: 3, first: 9 });
    assert.equal((await index([path]))[0].status, 'indexed');
  });

  test('is done again when forced, with another rate, another bundle, or after the feature cache was deleted', async (t) => {
    const { store, films, media, library, index } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 3, first: 0 });
    const runOf = async (options?: IndexOptions) => {
      const [row] = await index([path], options);
      return [row.status, store.videoFor(path).indexRun];
    };
    const runs = [await runOf(), await runOf({ force: true }), await runOf({ fps: 4 })];
    assert.equal(store.patchTable(store.videoFor(path).id).starts.length, 6);
    assert.deepEqual(
      await runOf(),
      ['unchanged', runs[2][1]],
      'where no rate is asked for, the one at hand will do',
    );
    rmSync(join(library, 'features'), { recursive: true });
    runs.push(await runOf());
    const other = madeModel(madeFrameEncoder(), 'made-2');
    const { videos } = await indexVideos({ store, media, model: other }, [path]);
    runs.push([videos[0].status, store.videoFor(path).indexRun]);
    assert.deepEqual(
      runs.map(([status]) => status),
      ['indexed', 'indexed', 'indexed', 'indexed', 'indexed'],
    );
    assert.equal(new Set(runs.map(([, run]) => run)).size, 5);
    assert.equal(readdirSync(join(library, 'features')).length, 1);
  });

  test('recognises a moved file and a copy by their content', async (t) => {
    const { store, films, media, index } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 3, first: 0 });
    const [first] = await index([path]);
    const moved = join(films, 'b.mp4');
    renameSync(path, moved);
    assert.deepEqual(await index([moved]), [{ ...first, path: moved, status: 'moved' }]);
    assert.deepEqual(store.video(first.id!).paths, [moved]);
    const copy = join(films, 'c.mp4');
    copyFileSync(moved, copy);
    assert.deepEqual(await index([copy]), [{ ...first, path: copy, status: 'unchanged' }]);
    assert.deepEqual(store.video(first.id!).paths.toSorted(), [moved, copy]);
    assert.equal(media.decoded, 6);
  });

  test('looks at one content only once where it lies at two paths, also when forced', async (t) => {
    const { store, films, media, index } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 3, first: 0 });
    copyFileSync(path, join(films, 'b.mp4'));
    assert.deepEqual(
      (await index([films])).map(({ status }) => status),
      ['indexed', 'unchanged'],
    );
    assert.deepEqual(
      (await index([films], { force: true })).map(({ status }) => status),
      ['indexed', 'unchanged'],
    );
    assert.equal(media.decoded, 12);
    assert.equal(store.videos().length, 1);
  });
});

suite('files that fail', () => {
  test('have a typed reason and leave the others alone', async (t) => {
    const { store, films, library, index } = setting(t);
    makeVideo(films, '1.mp4', { durationSec: 2, first: 0 });
    writeFileSync(join(films, '2.mp4'), 'This is a poem.');
    makeVideo(films, '3.mp4', { durationSec: 9, first: 0, truncatedAt: 5 });
    makeVideo(films, '4.mp4', { durationSec: 2, first: 50 });
    const gone = join(films, '5.mp4');
    const rows = await index([films, gone]);
    const states = Object.fromEntries(rows.map((row) => [row.path.slice(-5), [row.status, row.error?.code]]));
    assert.deepEqual(states, {
      '1.mp4': ['indexed', undefined],
      '2.mp4': ['failed', 'not-a-video'],
      '3.mp4': ['failed', 'file-truncated'],
      '4.mp4': ['indexed', undefined],
      '5.mp4': ['failed', 'file-not-found'],
    });
    for (const row of rows) if (row.error) assert.ok(row.error.remedy.length > 5, row.path);
    assert.deepEqual(
      store.indexedVideos().map(({ path, reachedSec }) => [path.slice(-5), reachedSec]),
      [
        ['1.mp4', undefined],
        ['3.mp4', 5],
        ['4.mp4', undefined],
      ],
      'what comes before a break can be searched',
    );
    assert.equal(readdirSync(join(library, 'features')).length, 3);
    assert.equal(readdirSync(join(library, 'thumbnails')).length, 3);
    assert.deepEqual(
      store.jobs().map(({ path, state, error }) => [path.slice(-5), state, error?.code]),
      [
        ['2.mp4', 'failed', 'not-a-video'],
        ['3.mp4', 'failed', 'file-truncated'],
      ],
    );
  });

  test('that were indexed before keep their index', async (t) => {
    const { store, films, media, index } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 3, first: 0 });
    const [row] = await index([path]);
    const { indexRun } = store.videoFor(path);
    media.sampleFrames = () => {
      throw new LongviewError('ffmpeg-failed', 'It failed.', 'Try again.');
    };
    const [again] = await index([path], { force: true });
    assert.deepEqual([again.status, again.id, again.error?.code], ['failed', row.id, 'ffmpeg-failed']);
    assert.equal(store.videoFor(path).indexRun, indexRun);
    assert.equal(store.video(path).unfinished, undefined);
  });

  test('because they changed meanwhile are not indexed', async (t) => {
    let path = '';
    const frameEncoder = madeFrameEncoder(() =>
      makeVideo(path.slice(0, -6), 'a.mp4', { durationSec: 3, first: 7 }),
    );
    const { store, films, index } = setting(t, frameEncoder);
    path = makeVideo(films, 'a.mp4', { durationSec: 3, first: 0 });
    const [row] = await index([path]);
    assert.equal(row.error?.code, 'video-changed');
    assert.deepEqual(store.indexedVideos(), []);
  });

  test('because the frame encoder has a bug stop the call, and nothing of them is seen', async (t) => {
    const bug = new TypeError('undefined is not a function');
    const frameEncoder = madeFrameEncoder(() => {
      throw bug;
    });
    const { store, films, index } = setting(t, frameEncoder);
    const path = makeVideo(films, 'a.mp4', { durationSec: 3, first: 0 });
    await assert.rejects(index([path]), bug);
    assert.deepEqual(store.indexedVideos(), []);
    assert.deepEqual(store.claimed(), []);
  });

  test('that were never indexed are forgotten when another content takes their place', async (t) => {
    const { store, films, index } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 9, first: 0, truncatedAt: 5 });
    await index([path]);
    assert.equal(store.videos().length, 1);
    makeVideo(films, 'a.mp4', { durationSec: 9, first: 0 });
    assert.equal((await index([path]))[0].status, 'indexed');
    assert.equal(store.videos().length, 1);
  });
});

suite('a cancelled indexing', () => {
  test('says so, keeps what it has, and is taken up where it stopped', async (t) => {
    const stop = new AbortController();
    const frameEncoder = madeFrameEncoder(() => {
      if (frameEncoder.looked >= 40) stop.abort();
    });
    const { store, films, media, index } = setting(t, frameEncoder);
    const path = makeVideo(films, 'a.mp4', { durationSec: 100, first: 0 });
    const other = makeVideo(films, 'b.mp4', { durationSec: 2, first: 0 });
    const rows = await index([path, other], { signal: stop.signal });
    assert.deepEqual(
      rows.map(({ status, error }) => [status, error?.code]),
      [
        ['cancelled', 'cancelled'],
        ['cancelled', 'cancelled'],
      ],
    );
    assert.deepEqual(
      store.indexedVideos().map(({ reachedSec }) => reachedSec! >= 40),
      [true],
    );
    assert.ok(media.decoded < 200, 'decoding stopped');
    const stored = store.video(path).unfinished!.patches;
    assert.ok(stored >= 40, 'what was looked at is stored');
    const looked = frameEncoder.looked;
    const [row] = await index([path]);
    assert.deepEqual([row.status, row.patches], ['indexed', 100]);
    assert.equal(frameEncoder.looked - looked, 100 - stored, 'only the rest was looked at');
    assert.deepEqual(
      store.patchTokens(row.id!, [0, 50, 99]).map((tokens) => Math.round(tokens[0])),
      [0, 100, 198],
    );
    assert.deepEqual(
      [...store.patchTable(row.id!).starts],
      Array.from({ length: 100 }, (_, second) => second),
    );
  });

  test('before it began has rows for what was found', async (t) => {
    const { films, index, model } = setting(t);
    makeVideo(films, 'a.mp4', { durationSec: 2, first: 0 });
    assert.deepEqual(await index([films], { signal: AbortSignal.abort() }), []);
    assert.equal(model.opened, 0);
  });
});

test('a second indexing works on other files, and waits for the one that another works on', async (t) => {
  const [library, films] = [temporaryFolder(t), temporaryFolder(t)];
  const [first, second] = [openStore(library), openStore(library)];
  t.after(() => {
    first.close();
    second.close();
  });
  const path = makeVideo(films, 'a.mp4', { durationSec: 3, first: 0 });
  const other = makeVideo(films, 'b.mp4', { durationSec: 3, first: 9 });
  let meanwhile: Promise<unknown> | undefined;
  let together = false;
  const inner = madeFrameEncoder(() => void (together = first.jobs().some((job) => job.path === path)));
  const frameEncoder = madeFrameEncoder(async () => {
    if (meanwhile) return;
    meanwhile = indexVideos({ store: second, media: madeMedia(), model: madeModel(inner) }, [path, other]);
    while (!together) await new Promise((resolve) => setTimeout(resolve, 5));
  });
  const own = await indexVideos({ store: first, media: madeMedia(), model: madeModel(frameEncoder) }, [path]);
  assert.equal(own.videos[0].status, 'indexed');
  const { videos } = (await meanwhile) as typeof own;
  assert.deepEqual(
    videos.map(({ status }) => status),
    ['unchanged', 'indexed'],
  );
  assert.equal(inner.looked, 3);
  assert.deepEqual(first.jobs(), []);
});

test('removing a video takes its stills and features, never the footage', async (t) => {
  const { store, films, library, index } = setting(t);
  const path = makeVideo(films, 'a.mp4', { durationSec: 3, first: 0 });
  const before = readFileSync(path);
  const [row] = await index([path]);
  store.removeVideo(row.id!);
  assert.deepEqual(readdirSync(join(library, 'thumbnails')), []);
  assert.deepEqual(readdirSync(join(library, 'features')), []);
  assert.ok(existsSync(path));
  assert.deepEqual(readFileSync(path), before);
});

test('progress never goes back, ends at one, and tells speed and time left', async (t) => {
  const { films, index } = setting(t);
  makeVideo(films, 'a.mp4', { durationSec: 20, first: 0 });
  makeVideo(films, 'b.mp4', { durationSec: 10, first: 0 });
  writeFileSync(join(films, 'c.mp4'), 'This is a poem.');
  const told: Progress[] = [];
  await index([films], { onProgress: (progress) => told.push(progress) });
  const fractions = told.map(({ fraction }) => fraction);
  assert.deepEqual(
    fractions,
    fractions.toSorted((a, b) => a - b),
  );
  assert.equal(fractions.at(-1), 1);
  const middle = told.find(({ fraction }) => fraction > 0.3)!;
  assert.equal(middle.stage, 'indexing');
  assert.ok(middle.realtimeFactor! > 0 && middle.secondsLeft! >= 0);
  assert.ok(new Set(told.map(({ subject }) => subject)).size >= 3);
});

suite('a frame encoder beside the library’s own', () => {
  const beside = (frameEncoder = madeFrameEncoder()) => {
    const other = { ...frameEncoder, width: 32, height: 32, grid: [0, 0] as const, hiddenSize: 0 };
    const model = { ...madeModel(other, 'pair-1'), id: 'pair', detects: false };
    return { frameEncoder: other, extractor: frames({ model, beside: true }) };
  };

  test('runs alone where the rest is there, and in the same decode where nothing is', async (t) => {
    const { store, media, model, frameEncoder, films, index } = setting(t);
    const first = makeVideo(films, 'a.mp4', { durationSec: 20, first: 0 });
    await index([first]);
    const before = store.videoFor(first);
    const pair = beside();
    const deps = { store, media, model, extractors: [pair.extractor] };
    const [decoded, looked] = [media.decoded, frameEncoder.looked];
    const { videos } = await indexVideos(deps, [first]);
    assert.equal(videos[0].status, 'indexed');
    assert.deepEqual(
      [media.decoded - decoded, frameEncoder.looked - looked, pair.frameEncoder.looked],
      [40, 0, 20],
    );
    assert.equal(store.videoFor(first).indexRun, before.indexRun, 'the rest is as it was');

    const second = makeVideo(films, 'b.mp4', { durationSec: 20, first: 50 });
    await indexVideos(deps, [first, second]);
    assert.deepEqual(
      [media.decoded - decoded, frameEncoder.looked - looked, pair.frameEncoder.looked],
      [80, 20, 40],
    );
    const [, b] = store.indexedVideos();
    assert.deepEqual(
      b.others!.map(({ modelId, modelFingerprint, patches, whole }) => [
        modelId,
        modelFingerprint,
        patches,
        whole,
      ]),
      [['pair', 'pair-1', 20, true]],
    );
    assert.deepEqual([...store.patchTable(b.id, 'pair-1').starts].length, 20);
    assert.equal(store.libraryTable('pair-1').rows, 40);
    assert.equal(store.libraryTable('made-1').rows, 40);
  });

  test('that fails leaves the others unharmed, and says so', async (t) => {
    const { store, media, model, films } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 20, first: 0 });
    const failing = beside(
      madeFrameEncoder(() => {
        throw new LongviewError('bad-bundle', 'The pair is broken.', 'Download it again.');
      }),
    );
    const deps = { store, media, model, extractors: [failing.extractor] };
    const { videos } = await indexVideos(deps, [path]);
    assert.equal(videos[0].status, 'indexed');
    assert.deepEqual(
      videos[0].problems!.map(({ extractor, error }) => [extractor, error.code]),
      [['frames/pair', 'bad-bundle']],
    );
    assert.equal(store.videoFor(path).patches, 20);
    assert.equal(store.videoFor(path).others, undefined);
  });

  test('goes as it came', async (t) => {
    const { store, media, model, films, library } = setting(t);
    const path = makeVideo(films, 'a.mp4', { durationSec: 20, first: 0 });
    await indexVideos({ store, media, model, extractors: [beside().extractor] }, [path]);
    assert.equal(store.removeTracks('frames/pair'), 1);
    assert.equal(store.videoFor(path).others, undefined);
    assert.equal(store.videoFor(path).patches, 20);
    assert.equal(store.thumbnails(path).length, 1);
    assert.equal(readdirSync(join(library, 'features')).filter((name) => name.endsWith('.tokens')).length, 1);
  });
});

test('a video that is removed while it is indexed fails alone', async (t) => {
  let gone = '';
  const { store, films, index } = setting(
    t,
    madeFrameEncoder(() => {
      if (gone) store.removeVideo(store.video(gone).id);
      gone = '';
    }),
  );
  const path = makeVideo(films, 'a.mp4', { durationSec: 100, first: 0 });
  const other = makeVideo(films, 'b.mp4', { durationSec: 20, first: 0 });
  gone = path;
  const rows = await index([path, other]);
  assert.deepEqual(
    rows.map(({ status, error }) => [status, error?.code]),
    [
      ['failed', 'video-not-in-library'],
      ['indexed', undefined],
    ],
  );
});
