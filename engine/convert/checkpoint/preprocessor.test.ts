import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../../../tests/fixtures/library.ts';
import type { VisionConfig } from '../graphs/config.ts';
import { readPreprocessor } from './preprocessor.ts';

const vision = { patchSize: 14, temporalPatchSize: 2, mergeSize: 2, channels: 3 } as VisionConfig;
const pictures = { min_pixels: 3136, max_pixels: 12_845_056 };

/** The limits that are read of a folder with these files. */
async function limits(t: TestContext, files: Record<string, unknown>) {
  const folder = temporaryFolder(t);
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), JSON.stringify(content));
  const { minPixels, maxPixels } = await readPreprocessor(folder, vision);
  return [minPixels, maxPixels];
}

test('a video processor’s own limits are those that footage is read within', async (t) => {
  assert.deepEqual(await limits(t, { 'preprocessor_config.json': pictures }), [3136, 12_845_056]);
  const size = { shortest_edge: 100_352, longest_edge: 602_112 };
  const own = { 'preprocessor_config.json': pictures, 'video_preprocessor_config.json': { size } };
  assert.deepEqual(await limits(t, own), [100_352, 602_112]);
  const newer = { image_processor: pictures, video_processor: { max_pixels: 602_112 } };
  assert.deepEqual(await limits(t, { 'processor_config.json': newer }), [3136, 602_112]);
});

test('limits of all frames together are shared by a temporal patch’s', async (t) => {
  const size = { shortest_edge: 4096, longest_edge: 25_165_824 };
  const video = { size, video_processor_type: 'Qwen3VLVideoProcessor' };
  const files = { 'preprocessor_config.json': pictures, 'video_preprocessor_config.json': video };
  assert.deepEqual(await limits(t, files), [2048, 12_582_912]);
});

test('a video processor that asks for other steps is refused', async (t) => {
  const files = {
    'preprocessor_config.json': pictures,
    'video_preprocessor_config.json': { do_normalize: false },
  };
  await assert.rejects(limits(t, files), { code: 'bad-checkpoint', message: /video_preprocessor_config/ });
});
