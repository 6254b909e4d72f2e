import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { madeFrameEncoder, madeMedia, madeModel, makeVideo } from '../../tests/fixtures/footage.ts';
import { temporaryFolder } from '../../tests/fixtures/library.ts';
import { openStore } from '../library/index.ts';
import { indexVideos } from './index.ts';

/** Media whose frame number n is filled with a grey value, but for a square of 8 x 8 where one is wanted. */
function showing(grey: (frame: number) => number, square?: (frame: number) => number) {
  const media = madeMedia();
  const sample = media.sampleFrames.bind(media);
  media.sampleFrames = (path, info, options) => {
    const frames = sample(path, info, options);
    async function* painted() {
      let number = 0;
      for await (const frame of frames) {
        frame.pixels.fill(grey(number));
        const x = square?.(number);
        if (x !== undefined)
          for (let y = 8; y < 16; y++)
            frame.pixels.fill(grey(number) + 30, (y * 64 + x) * 3, (y * 64 + x + 8) * 3);
        number++;
        yield frame;
      }
    }
    return {
      letterbox: frames.letterbox,
      moreLetterboxes: frames.moreLetterboxes,
      get outcome() {
        return frames.outcome;
      },
      [Symbol.asyncIterator]: painted,
    };
  };
  return media;
}

async function indexed(t: TestContext, media: ReturnType<typeof madeMedia>, durationSec = 40) {
  const store = openStore(temporaryFolder(t));
  t.after(() => store.close());
  const path = makeVideo(temporaryFolder(t), 'a.mp4', { durationSec, first: 0 });
  const encoder = madeFrameEncoder();
  const [row] = (await indexVideos({ store, media, model: madeModel(encoder) }, [path])).videos;
  const tokens = store.patchTokens(row.id!, [...Array(row.patches).keys()]);
  return { store, row, looked: encoder.looked, greys: tokens.map(([first]) => Math.round(first)) };
}

suite('what shows nothing new is not looked at again', () => {
  test('a slide that stands is looked at once, and every temporal patch of it has what was seen', async (t) => {
    const { looked, greys, row, store } = await indexed(
      t,
      showing(() => 60),
    );
    assert.deepEqual([looked, row.patches], [1, 40]);
    assert.deepEqual(greys, Array(40).fill(60));
    assert.deepEqual([...store.patchTable(row.id!).starts], [...Array(40).keys()], 'with times of their own');
  });

  test('each cut gets a look of its own: a temporal patch with a cut in it, and the one behind it', async (t) => {
    // Cuts at frame 20 (between temporal patches) and at 41 (inside of one).
    const { looked, greys } = await indexed(
      t,
      showing((n) => (n < 20 ? 60 : n < 41 ? 90 : 30)),
    );
    assert.equal(looked, 4);
    assert.deepEqual(greys, [...Array(10).fill(60), ...Array(11).fill(90), ...Array(19).fill(30)]);
  });

  test('something of eight pixels that moves through a still picture is looked at as long as it moves', async (t) => {
    const x = (n: number) => (n < 20 ? 0 : n < 40 ? (n - 20) * 2 : 38);
    const { looked } = await indexed(
      t,
      showing(() => 60, x),
    );
    assert.equal(looked, 1 + 10 + 1);
  });

  test('a slow fade is looked at with every level that it fades', async (t) => {
    const { greys } = await indexed(
      t,
      showing((n) => 100 - Math.floor(n / 8)),
    );
    for (const [patch, grey] of greys.entries())
      assert.ok(Math.abs(grey - (100 - Math.floor(patch / 4))) <= 1, `patch ${patch} has ${grey}`);
  });

  test('after two minutes it is looked at all the same', async (t) => {
    const { looked } = await indexed(
      t,
      showing(() => 60),
      300,
    );
    assert.equal(looked, 3);
  });
});
