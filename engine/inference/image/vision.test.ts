import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { writeTinyBundle } from '../../../tests/support/tiny-bundle.ts';
import { openModel, type OpenedModel } from '../model.ts';
import { patchify, patchOrder, resizedTo, visionRotaryTables, type VisionShape } from './patchify.ts';
import { resize, type Picture } from './resample.ts';

const pillow = z
  .object({
    resized: z.array(
      z.object({
        width: z.number(),
        height: z.number(),
        to: z.tuple([z.number(), z.number()]),
        filter: z.enum(['nearest', 'bilinear', 'bicubic', 'lanczos']),
        sha256: z.string(),
        corner: z.array(z.number()),
      }),
    ),
    sizes: z.array(
      z.object({
        height: z.number(),
        width: z.number(),
        minPixels: z.number(),
        maxPixels: z.number(),
        to: z.tuple([z.number(), z.number()]),
      }),
    ),
  })
  .parse(
    JSON.parse(readFileSync(new URL('../../../tests/fixtures/vision/pillow.json', import.meta.url), 'utf8')),
  );

const shape: VisionShape = {
  graph: 'vision.onnx',
  headDim: 16,
  patchSize: 14,
  temporalPatchSize: 2,
  mergeSize: 2,
  minPixels: 3136,
  maxPixels: 1_003_520,
  mean: [0.5, 0.4, 0.3],
  std: [0.25, 0.5, 1],
};

/** Noise, as the fixture's source line says. */
function picture(width: number, height: number, seed = width * height): Picture {
  let state = seed;
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
  return { width, height, pixels };
}

describe('resizing', () => {
  for (const { width, height, to, filter, sha256, corner } of pillow.resized) {
    it(`${filter} from ${width} x ${height} to ${to.join(' x ')} gives Pillow's bytes`, () => {
      const { pixels } = resize(picture(width, height), to[0], to[1], filter);
      const row = to[0] * 3;
      assert.deepEqual([...pixels.subarray(0, 6), ...pixels.subarray(row, row + 6)], corner);
      assert.equal(createHash('sha256').update(pixels).digest('hex'), sha256);
    });
  }
  it('chooses the size that the processor chooses', () => {
    for (const { to, ...size } of pillow.sizes) {
      const { width, height } = resizedTo(size, { ...shape, ...size });
      assert.deepEqual([height, width], to);
    }
  });
  it('refuses what is no picture, quoting it', () => {
    assert.throws(() => resizedTo({ width: 3000, height: 10 }, shape), /got \[3000,10\]/u);
    assert.throws(
      () => resize({ width: 2, height: 2, pixels: new Uint8Array(11) }, 4, 4, 'bicubic'),
      /got 11/u,
    );
    assert.throws(() => resize(picture(2, 2), 0, 4, 'bicubic'), /got 0/u);
    assert.throws(() => patchify([], shape), /got 0/u);
    assert.throws(() => patchify([picture(56, 56), picture(56, 84)], shape), /got \[56,84\]/u);
  });
});

describe('cutting into patches', () => {
  it('puts every pixel where the encoder expects it', () => {
    const frames = [picture(84, 56, 1), picture(84, 56, 2), picture(84, 56, 3)];
    const { values, grid } = patchify(frames, shape);
    assert.deepEqual(grid, [2, 4, 6]);
    const order = [...patchOrder(4, 6, 2)];
    assert.deepEqual(order.slice(0, 5), [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [0, 2],
    ]);
    for (const [t, patch, channel, frame, y, x] of [
      [0, 0, 0, 0, 0, 0],
      [0, 5, 1, 1, 3, 7],
      [1, 23, 2, 0, 13, 13],
      [1, 10, 2, 1, 0, 5],
    ] as const) {
      const [row, column] = order[patch];
      // The third frame has no partner: it is its own.
      const source = frames[Math.min(2, 2 * t + frame)];
      const byte = source.pixels[((row * 14 + y) * 84 + column * 14 + x) * 3 + channel];
      const expected = (byte / 255 - shape.mean[channel]) / shape.std[channel];
      const at = (t * 24 + patch) * 1176 + ((channel * 2 + frame) * 14 + y) * 14 + x;
      assert.ok(Math.abs(values[at] - expected) < 1e-6);
    }
  });
  it('an image is a pair of itself', () => {
    const frame = picture(56, 56);
    assert.deepEqual(patchify([frame], shape), patchify([frame, frame], shape));
  });
  it('rotary tables turn by row and by column', () => {
    const { cos, sin } = visionRotaryTables([4, 6], shape);
    const order = [...patchOrder(4, 6, 2)];
    for (const patch of [0, 7, 23]) {
      const [row, column] = order[patch];
      for (let i = 0; i < 16; i++) {
        const angle = (i % 8 < 4 ? row : column) * 10_000 ** (-(i % 4) / 4);
        assert.equal(cos[patch * 16 + i], Math.fround(Math.cos(angle)));
        assert.equal(sin[patch * 16 + i], Math.fround(Math.sin(angle)));
      }
    }
  });
});

describe('the vision encoder', () => {
  const root = mkdtempSync(join(tmpdir(), 'longview-vision-'));
  let model: OpenedModel;
  before(async () => {
    await writeTinyBundle(root, { vision: true });
    model = await openModel(root, { provider: 'cpu', threads: 1 });
  });
  after(async () => {
    await model[Symbol.asyncDispose]();
    rmSync(root, { recursive: true, force: true });
  });

  it('gives one patch of tokens per pair of frames, whatever the others are', async () => {
    const frames = Array.from({ length: 6 }, (_, i) => picture(84, 56, i + 1));
    const all = await model.vision!.encode(frames);
    assert.deepEqual(all.grid, [2, 3]);
    assert.deepEqual(model.vision!.gridFor(frames[0]), [2, 3]);
    assert.equal(all.patches.length, 3);
    const second = await model.vision!.encode(frames.slice(2, 4));
    const [a, b] = [all.patches[1], second.patches[0]];
    assert.equal(a.length, 2 * 3 * 32);
    for (const [i, value] of a.entries()) assert.ok(Math.abs(value - b[i]) < 1e-5);
  });

  it('and the decoder reads them', async () => {
    const part = await model.vision!.encode([picture(84, 84)]);
    const answer = await model.decoder!.read({
      parts: [part, { kind: 'text', text: 'what is this?' }],
      gamma: 1,
      maxNewTokens: 3,
    });
    assert.ok(answer.promptTokens > 9 + 13);
  });

  it('stops when cancelled', async () => {
    const reading = model.vision!.encode([picture(84, 84)], { signal: AbortSignal.abort() });
    await assert.rejects(reading, { code: 'cancelled' });
  });
});
