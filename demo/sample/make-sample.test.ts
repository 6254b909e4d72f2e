import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { probe, sampleFrames } from '../../engine/media/index.ts';
import { cutScore, shotSignature, type ShotSignature } from '../../engine/vision/cut-score.ts';
import type { RgbFrame } from '../../engine/core/frames.ts';
import { makeSample, truthSchema, type Sample } from './index.ts';
import type { Scene } from './types.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'longview-sample-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const scenes: Scene[] = [
  { background: 'card', light: 'day', camera: 'zoom-in', actors: [], title: 'A SHORT DAY' },
  {
    background: 'kitchen',
    light: 'day',
    camera: 'still',
    actors: [{ name: 'cake', style: 'noto', motion: 'enter', place: 'table', size: 390, x: 0.5 }],
  },
  {
    background: 'sea',
    light: 'night',
    camera: 'pan',
    actors: [{ name: 'ship', style: 'noto', motion: 'panned', place: 'water', size: 440, x: 0.5 }],
  },
];

let sample: Sample;
const progress: number[] = [];

before(async () => {
  const onProgress = ({ fraction }: { fraction: number }) => progress.push(fraction);
  sample = await makeSample({ dir: folder, scenes, durationSec: 10, onProgress });
});

test('a ten-second film is H.264 at 25 frames a second with sound, as long as planned', async () => {
  const info = await probe(sample.video);
  assert.deepEqual([info.codec, info.width, info.height, info.fps], ['h264', 1280, 720, 25]);
  assert.deepEqual([info.hasAudio, info.audioCodec, info.variableFrameRate], [true, 'aac', false]);
  assert.deepEqual([info.durationSec, info.videoEndSec, info.videoStartSec], [10, 10, 0]);
});

test('only the film and its truth are left in the folder', () => {
  assert.deepEqual(readdirSync(folder).toSorted(), ['sample.mp4', 'sample.truth.json']);
  assert.deepEqual(truthSchema.parse(JSON.parse(readFileSync(sample.truthFile, 'utf8'))), sample.truth);
});

test('progress rises to the end', () => {
  assert.deepEqual(progress, progress.toSorted((a, b) => a - b));
  assert.equal(progress.at(-1), 1);
});

test('the cuts lie at the very frames that the truth says, and the cake comes when it says', async () => {
  const stream = sampleFrames(sample.video, await probe(sample.video), { fps: 25, width: 512, height: 288 });
  const scores: { time: number; score: number }[] = [];
  const cake = sample.truth.events.find(({ name }) => name === 'cake')!.moments[0];
  const kitchen = sample.truth.scenes[1];
  const middle = new Map<number, number>();
  let previous: ShotSignature | undefined;
  for await (const frame of stream) {
    const next = shotSignature(frame, 512, stream.letterbox);
    scores.push({ time: frame.time, score: previous ? cutScore(previous, next) : 0 });
    previous = next;
    if (frame.time >= kitchen.start && frame.time < kitchen.end) middle.set(frame.time, brightness(frame));
  }
  assert.equal(scores.length, 250);
  const cuts = scores.toSorted((a, b) => b.score - a.score).slice(0, 2);
  assert.deepEqual(
    cuts.map(({ time }) => time).toSorted((a, b) => a - b),
    sample.truth.scenes.slice(1).map(({ start }) => start),
  );
  const beforeCake = [...middle].filter(([time]) => time < cake.start - 0.3).map(([, value]) => value);
  const withCake = [...middle].filter(([time]) => time > cake.start + 0.7).map(([, value]) => value);
  assert.ok(beforeCake.length > 3 && withCake.length > 20);
  const spread = Math.max(...beforeCake) - Math.min(...beforeCake);
  assert.ok(Math.min(...withCake.map((value) => Math.abs(value - beforeCake[0]))) > spread + 5);
});

/** Mean brightness where the cake will stand. */
function brightness({ pixels }: RgbFrame): number {
  let sum = 0;
  for (let y = 150; y < 230; y++) for (let x = 216; x < 296; x++) sum += pixels[(y * 512 + x) * 3 + 1];
  return sum / 6400;
}

test('a second call finds it there, a damaged truth makes it anew', async () => {
  const again = await makeSample({ dir: folder, scenes, durationSec: 10 });
  assert.equal(again.made, false);
  assert.deepEqual(again.truth, sample.truth);
  const one = [scenes[0]];
  const dir = path.join(folder, 'other');
  const first = await makeSample({ dir, scenes: one, durationSec: 1 });
  assert.equal(first.made, true);
  writeFileSync(first.truthFile, '{}');
  assert.equal((await makeSample({ dir, scenes: one, durationSec: 1 })).made, true);
});

test('cancelling leaves nothing behind', async () => {
  const controller = new AbortController();
  const dir = path.join(folder, 'cancelled');
  const making = makeSample({
    dir,
    scenes,
    durationSec: 10,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await assert.rejects(making, { code: 'cancelled' });
  assert.deepEqual(readdirSync(dir), []);
});
