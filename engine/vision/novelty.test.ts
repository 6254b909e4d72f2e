import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RgbFrame } from '../core/frames.ts';
import { showsTheSame, traceOf } from './novelty.ts';

const [width, height] = [256, 144];
const whole = { x: 0, y: 0, width, height };

/** A repeatable row of normally distributed numbers. */
function normal(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

interface Thing {
  x: number;
  y: number;
  size: number;
  levels: number;
}

/** A scene of soft shapes with a sensor's noise, and things in it. */
function frame({ seed = 1, noise = 0, light = 0, things = [] as Thing[] } = {}): RgbFrame {
  const pixels = new Uint8Array(width * height * 3);
  const random = normal(seed);
  const clamp = (value: number) => Math.max(0, Math.min(255, Math.round(value)));
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const base = 110 + 50 * Math.sin(x / 17) + 40 * Math.cos(y / 11) + light;
      const inside = things.find((t) => x >= t.x && x < t.x + t.size && y >= t.y && y < t.y + t.size);
      for (let c = 0; c < 3; c++)
        pixels[at++] = clamp(base + c * 9 + (inside?.levels ?? 0) + noise * random());
    }
  return { time: 0, pixels };
}

const same = (a: RgbFrame, b: RgbFrame) => showsTheSame(traceOf(a, width, whole), traceOf(b, width, whole));

test('a still scene is the same through the noise of a sensor, as much as scaling down leaves of it', () => {
  for (const noise of [0, 0.5, 1, 2])
    for (let seed = 2; seed < 8; seed++)
      assert.ok(same(frame({ noise }), frame({ seed, noise })), `${noise} levels, ${seed}`);
});

test('something small that moves, comes, goes or changes is no noise', () => {
  for (const noise of [0, 1, 2])
    for (const [size, levels] of [
      [8, 18],
      [6, 30],
      [4, 60],
    ])
      for (const shift of [0, 1, 2, 3]) {
        const thing = { x: 40 + shift, y: 61 + shift, size, levels };
        const label = `${size} px, ${levels} levels, noise ${noise}, shift ${shift}`;
        const [before, moved] = [thing, { ...thing, x: thing.x + size }];
        const seen = (things: Thing[], seed: number) => frame({ seed, noise, things });
        assert.ok(!same(seen([before], 1), seen([moved], 2)), `moved: ${label}`);
        assert.ok(!same(seen([], 1), seen([before], 2)), `came: ${label}`);
      }
});

test('light that fades is seen after a level, however slowly it does', () => {
  const bright = frame({ noise: 1 });
  assert.ok(same(bright, frame({ seed: 2, noise: 1, light: 0.3 })));
  assert.ok(!same(bright, frame({ seed: 2, noise: 1, light: -2 })));
});

test('a camera that moves by a pixel shows something else, and so does another picture', () => {
  const still = frame();
  const pixels = Uint8Array.from(still.pixels);
  pixels.set(still.pixels.subarray(9), 0);
  assert.ok(!same(still, { time: 0, pixels }));
  assert.ok(!same(still, { time: 0, pixels: new Uint8Array(pixels.length) }));
});

test('only the picture counts, not the bars beside it', () => {
  const inside = { x: 32, y: 0, width: 192, height };
  const [a, b] = [frame(), frame()];
  for (let y = 0; y < height; y++) b.pixels.fill(255, y * width * 3, (y * width + 32) * 3);
  assert.ok(showsTheSame(traceOf(a, width, inside), traceOf(b, width, inside)));
  assert.ok(!same(a, b));
});
