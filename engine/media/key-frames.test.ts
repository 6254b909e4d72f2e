import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, suite, test } from 'node:test';
import { keyFrames, keyFrameWay } from './key-frames.ts';
import { probe } from './probe.ts';
import { makeCodedVideo, readNumber } from './testing/coded-video.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'longview-keys-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const size = { width: 128, height: 96 };
const x264 = (params: string) => [
  '-c:v',
  'libx264',
  '-preset',
  'ultrafast',
  '-pix_fmt',
  'yuv420p',
  '-x264-params',
  params,
];

/** Times of the pictures, and the numbers that they show (25 a second). */
async function pictures(name: string, frames: number, output: string[], everySec: number) {
  const file = path.join(folder, name);
  makeCodedVideo(file, { frames, output });
  const info = await probe(file);
  const found = keyFrames(file, info, { everySec, ...size });
  const seen: [number, number][] = [];
  for await (const frame of found ?? [])
    seen.push([Math.round(frame.time * 100) / 100, readNumber(frame, size.width, found!.letterbox)]);
  return { way: keyFrameWay(info), seen };
}

/** What pictures at these times show. */
const at = (...times: number[]) => times.map((time) => [time, Math.round(time * 25)]);

suite('pictures of a first look', () => {
  test('are key frames, as far apart as they are or as was asked for', async () => {
    const output = x264('keyint=50:min-keyint=50:scenecut=0');
    assert.deepEqual(await pictures('two.mp4', 300, output, 1), {
      way: 'keys',
      seen: at(0, 2, 4, 6, 8, 10),
    });
    assert.deepEqual((await pictures('thin.mp4', 300, output, 3)).seen, at(0, 4, 8));
  });

  test('are one where there is but one key frame, and where there is but one picture', async () => {
    const once = x264('keyint=infinite:scenecut=0');
    assert.deepEqual((await pictures('once.mp4', 250, once, 1)).seen, at(0));
    assert.deepEqual((await pictures('single.mp4', 1, once, 1)).seen, at(0));
  });

  test('are sought where every picture is a key frame, and in AVI, which tells their times late', async () => {
    const intra = await pictures('intra.mp4', 150, x264('keyint=1'), 2);
    assert.deepEqual(intra, { way: 'seeks', seen: at(0, 2, 4) });
    const mpeg4 = ['-c:v', 'mpeg4', '-g', '25', '-f', 'avi'];
    const avi = await pictures('old.avi', 150, mpeg4, 2);
    assert.equal(avi.way, 'seeks');
    for (const [index, [time, number]] of avi.seen.entries()) {
      assert.equal(time, index * 2);
      assert.ok(Math.abs(number - time * 25) <= 3, `${number} at ${time}`);
    }
  });

  test('are sought where key frames turn out to be missing: open groups of pictures', async () => {
    const open = x264('keyint=25:min-keyint=25:scenecut=0:open-gop=1:bframes=3');
    const { way, seen } = await pictures('open.mkv', 400, open, 1);
    assert.equal(way, 'keys');
    for (const [time, number] of seen) assert.ok(Math.abs(number - time * 25) <= 1, `${number} at ${time}`);
    const gaps = [...seen.slice(1).map(([time], index) => time - seen[index][0]), 16 - seen.at(-1)![0]];
    assert.ok(Math.max(...gaps) <= 4, `no more than four seconds without a picture: ${gaps.join(' ')}`);
  });

  test('are not to be had where a seek costs as much as decoding everything', () => {
    const info = { codec: 'h264', container: 'mov,mp4', pixelFormat: 'yuv420p', keyEverySec: 2 };
    assert.equal(keyFrameWay(info), 'keys');
    assert.equal(keyFrameWay({ ...info, keyEverySec: 60 }), undefined);
    assert.equal(keyFrameWay({ ...info, container: 'h264' }), undefined);
    assert.equal(keyFrameWay({ ...info, codec: 'vp9' }), 'seeks');
    assert.equal(keyFrameWay({ ...info, codec: 'vp9', keyEverySec: undefined }), undefined);
    assert.equal(keyFrameWay({ ...info, keyEverySec: undefined }), 'keys');
  });

  test('end at once when they are cancelled', async () => {
    const file = path.join(folder, 'two.mp4');
    const info = await probe(file);
    const stop = new AbortController();
    const found = keyFrames(file, info, { everySec: 1, ...size, signal: stop.signal })!;
    await assert.rejects(
      (async () => {
        for await (const _ of found) stop.abort();
      })(),
      /cancelled/,
    );
    assert.throws(() => keyFrames(file, info, { everySec: 0, ...size }), /everySec must be/);
  });
});
