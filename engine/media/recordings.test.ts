import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { framesAt } from './frames-at.ts';
import { sampleFrames } from './frames.ts';
import { probeRecording } from './probe-recording.ts';
import { h264, makeCodedVideo, readNumber } from './testing/coded-video.ts';
import { recordingsOf } from './recordings.ts';

const gib = 2 ** 30;
const folder = mkdtempSync(path.join(tmpdir(), 'longview-recordings-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const partsOf = (files: Record<string, number>) =>
  recordingsOf(Object.entries(files).map(([path, bytes]) => ({ path, bytes }))).map(({ parts }) => parts);

test('chapters of a GoPro go by recording, then by chapter', () => {
  const files = {
    'GH010001.MP4': 1,
    'GH010002.MP4': 1,
    'GH020001.MP4': 1,
    'GX010001.MP4': 1,
    'GH010001.LRV': 1,
  };
  assert.deepEqual(partsOf(files), [
    ['GH010001.LRV'],
    ['GH010001.MP4', 'GH020001.MP4'],
    ['GH010002.MP4'],
    ['GX010001.MP4'],
  ]);
  assert.deepEqual(partsOf({ 'GP020017.MP4': 1, 'GOPR0017.MP4': 1, 'GP010017.MP4': 1, 'GOPR0018.MP4': 1 }), [
    ['GOPR0017.MP4', 'GP010017.MP4', 'GP020017.MP4'],
    ['GOPR0018.MP4'],
  ]);
});

test('parts of an Insta360 belong together, its two lenses do not', () => {
  const name = 'VID_20260501_100000';
  assert.deepEqual(
    partsOf({ [`${name}_00_002.insv`]: 1, [`${name}_00_001.insv`]: 1, [`${name}_10_001.insv`]: 1 }),
    [[`${name}_00_001.insv`, `${name}_00_002.insv`], [`${name}_10_001.insv`]],
  );
});

test('a file that ends where the card’s file system does goes on in the next number', () => {
  assert.deepEqual(
    partsOf({
      '00002.MTS': gib,
      '00000.MTS': 2 * gib - 5e6,
      '00001.MTS': 2 * gib - 1e6,
      '00003.MTS': 3 * gib,
    }),
    [['00000.MTS', '00001.MTS', '00002.MTS'], ['00003.MTS']],
  );
  assert.deepEqual(partsOf({ 'C0001.MP4': 4 * gib - 1e6, 'C0003.MP4': gib }), [['C0001.MP4'], ['C0003.MP4']]);
  assert.deepEqual(partsOf({ 'a/C0001.MP4': 4 * gib - 1e6, 'b/C0002.MP4': gib }), [
    ['a/C0001.MP4'],
    ['b/C0002.MP4'],
  ]);
  assert.deepEqual(partsOf({ 'DJI_0007.MP4': 3.9 * gib, 'DJI_0008.MP4': gib, 'film.mp4': 4 * gib }), [
    ['DJI_0007.MP4', 'DJI_0008.MP4'],
    ['film.mp4'],
  ]);
});

test('what only has a number after its name is no chapter', () => {
  assert.deepEqual(partsOf({ 'Trip 001.mp4': 1e6, 'Trip 002.mp4': 1e6 }), [
    ['Trip 001.mp4'],
    ['Trip 002.mp4'],
  ]);
});

test('chapters are sampled and looked at as one recording; what does not fit is none', async () => {
  const make = (name: string, first: number, size = { width: 64, height: 36 }) => {
    const file = path.join(folder, name);
    const numbers = ['-vf', `trim=start_frame=${first},setpts=PTS-STARTPTS`];
    makeCodedVideo(file, { frames: first + 75, ...size, output: [...numbers, ...h264] });
    return file;
  };
  const files = [make('GH010001.MP4', 0), make('GH020001.MP4', 75), make('GH030001.MP4', 150)];
  const info = (await probeRecording(files))!;
  assert.ok(Math.abs(info.durationSec - 9) < 0.05, `${info.durationSec} s`);
  const size = { width: 128, height: 72 };
  const box = { x: 0, y: 0, ...size };
  for (const time of [1.02, 3.5, 5.9, 6.02, 8.7]) {
    const [pixels] = await framesAt(info, [time], size);
    assert.equal(readNumber({ time, pixels }, 128, box), Math.floor(time * 25 + 1e-6), `${time} s`);
  }
  const numbers: number[] = [];
  for await (const frame of sampleFrames(files[0], info, { fps: 1, ...size }))
    numbers.push(readNumber(frame, 128, box));
  assert.deepEqual(numbers, [0, 25, 50, 75, 100, 125, 150, 175, 200]);
  const other = make('GH040001.MP4', 225, { width: 128, height: 72 });
  assert.equal(await probeRecording([...files, other]), undefined);
});
