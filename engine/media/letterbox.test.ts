import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RgbFrame } from '../core/frames.ts';
import { cutScore, shotSignature } from '../vision/cut-score.ts';
import { letterboxFor } from './letterbox.ts';
import { temporalPatches } from '../vision/temporal-patches.ts';

test('a picture is as large as fits, centred, and keeps its shape', () => {
  assert.deepEqual(letterboxFor({ width: 1920, height: 1080 }, 512, 288), {
    x: 0,
    y: 0,
    width: 512,
    height: 288,
  });
  assert.deepEqual(letterboxFor({ width: 640, height: 480 }, 512, 288), {
    x: 64,
    y: 0,
    width: 384,
    height: 288,
  });
  assert.deepEqual(letterboxFor({ width: 1080, height: 1920 }, 512, 288), {
    x: 175,
    y: 0,
    width: 162,
    height: 288,
  });
  assert.deepEqual(letterboxFor({ width: 2390, height: 1000 }, 512, 288), {
    x: 0,
    y: 37,
    width: 512,
    height: 214,
  });
  assert.deepEqual(letterboxFor({ width: 5000, height: 1 }, 512, 288), {
    x: 0,
    y: 143,
    width: 512,
    height: 1,
  });
});

test('a frame size that is none is quoted', () => {
  assert.throws(() => letterboxFor({ width: 4, height: 3 }, 0, 288), {
    code: 'bad-argument',
    message: /width.*got 0/,
  });
});

function frame(time: number, colour: (x: number, y: number) => number[]): RgbFrame {
  const pixels = new Uint8Array(64 * 36 * 3);
  for (let y = 0; y < 36; y++) for (let x = 0; x < 64; x++) pixels.set(colour(x, y), (y * 64 + x) * 3);
  return { time, pixels };
}

test('the cut score tells a cut from a small movement, and ignores the bars', () => {
  const box = { x: 8, y: 0, width: 48, height: 36 };
  const inside = (x: number) => x >= 8 && x < 56;
  const scene = (shift: number, bars = 114) =>
    shotSignature(
      frame(0, (x, y) => (inside(x) ? [((x + shift) * 4) % 256, y * 5, 60] : [bars, bars, bars])),
      64,
      box,
    );
  const other = shotSignature(
    frame(0, (x, y) => [20, 200 - y * 3, (x * 3) % 256]),
    64,
    box,
  );
  assert.equal(cutScore(scene(0), scene(0)), 0);
  assert.equal(cutScore(scene(0), scene(0, 255)), 0);
  const moved = cutScore(scene(0), scene(1));
  const cut = cutScore(scene(0), other);
  assert.ok(moved < 0.1 && cut > 0.5 && cut <= 1, `moved ${moved}, cut ${cut}`);
});

test('frames are paired, and an odd last one stands for both', async () => {
  async function* frames(count: number) {
    for (let index = 0; index < count; index++) yield { time: index / 2, pixels: new Uint8Array(0) };
  }
  const times = async (count: number) => {
    const pairs: number[][] = [];
    for await (const [first, second] of temporalPatches(frames(count))) pairs.push([first.time, second.time]);
    return pairs;
  };
  assert.deepEqual(await times(4), [
    [0, 0.5],
    [1, 1.5],
  ]);
  assert.deepEqual(await times(3), [
    [0, 0.5],
    [1, 1],
  ]);
  assert.deepEqual(await times(0), []);
});
