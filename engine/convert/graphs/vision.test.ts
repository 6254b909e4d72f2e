import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ort from '../../../engine/onnxruntime/index.ts';
import { fixtureCases, fixtureVision, fixtureWeights, recorded } from '../testing/fixture.ts';
import { largestDifference } from '../testing/run-decoder.ts';
import { memorySource } from '../weights/source.ts';
import { buildVisionGraph } from './vision.ts';

const { hiddenSize, embedSize, heads } = fixtureVision;
const headDim = embedSize / heads;
const patchElements = 3 * 2 * 14 * 14;

/** The 2-D rotary tables of a grid, patches in the processor's order. */
function visionTables(height: number, width: number): { cos: Float32Array; sin: Float32Array } {
  const angles: number[] = [];
  const quarter = headDim / 4;
  for (let group = 0; group < (height * width) / 4; group++)
    for (let part = 0; part < 4; part++) {
      const row = 2 * Math.floor(group / (width / 2)) + (part >> 1);
      const column = 2 * (group % (width / 2)) + (part & 1);
      for (let i = 0; i < headDim; i++) {
        const pair = i % (headDim / 2);
        const frequency = 10_000 ** (-(pair % quarter) / quarter);
        angles.push((pair < quarter ? row : column) * frequency);
      }
    }
  return { cos: Float32Array.from(angles, Math.cos), sin: Float32Array.from(angles, Math.sin) };
}

async function encode(
  session: ort.InferenceSession,
  pixels: Float32Array,
  [t, h, w]: readonly [number, number, number],
): Promise<Float32Array> {
  const { cos, sin } = visionTables(h, w);
  const { image_features } = await session.run({
    pixel_values: new ort.Tensor('float32', pixels, [t, h * w, patchElements]),
    cos: new ort.Tensor('float32', cos, [h * w, headDim]),
    sin: new ort.Tensor('float32', sin, [h * w, headDim]),
  });
  assert.deepEqual(image_features?.dims, [t, (h * w) / 4, hiddenSize]);
  return image_features?.data as Float32Array;
}

const tolerance = { fp32: 1e-5, fp16: 2e-3, int8: 0.05, int4: 0.5 } as const;
for (const precision of ['fp32', 'fp16', 'int8', 'int4'] as const)
  test(`at ${precision} visual tokens are within ${tolerance[precision]} of the authors' code`, async () => {
    const planned = buildVisionGraph(fixtureVision, memorySource(fixtureWeights), { precision });
    const session = await ort.InferenceSession.create(await planned.encode());
    for (const prompt of ['image', 'video', 'two-videos']) {
      const one = fixtureCases.find((candidate) => candidate.prompt === prompt);
      const tokens: number[] = [];
      let patch = 0;
      for (const [, t, h, w] of one?.visuals ?? []) {
        const pixels = recorded(`${prompt}.pixels`).subarray(patch * patchElements);
        tokens.push(...(await encode(session, pixels.subarray(0, t * h * w * patchElements), [t, h, w])));
        patch += t * h * w;
      }
      assert.ok(largestDifference(tokens, recorded(`${prompt}.vision`)) < tolerance[precision]);
    }
    await session.release();
  });

test('a temporal patch gives the same tokens alone as among others', async () => {
  const planned = buildVisionGraph(fixtureVision, memorySource(fixtureWeights), { precision: 'fp32' });
  const session = await ort.InferenceSession.create(await planned.encode());
  const pixels = recorded('video.pixels');
  const [t, h, w] = [3, 4, 6];
  const together = await encode(session, pixels, [t, h, w]);
  const size = (h * w * hiddenSize) / 4;
  for (let patch = 0; patch < t; patch++) {
    const own = pixels.subarray(patch * h * w * patchElements, (patch + 1) * h * w * patchElements);
    const alone = await encode(session, own, [1, h, w]);
    assert.ok(largestDifference(alone, together.subarray(patch * size, (patch + 1) * size)) < 1e-6);
  }
  await session.release();
});
