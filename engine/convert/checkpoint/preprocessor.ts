import { basename, join } from 'node:path';
import { z } from 'zod';
import type { VisionConfig } from '../graphs/config.ts';
import { exists, readJson } from './folder.ts';
import { badCheckpoint } from './problems.ts';

/** How pictures become patches: resize within limits, then normalise. */
export interface Preprocessor {
  minPixels: number;
  maxPixels: number;
  mean: [number, number, number];
  std: [number, number, number];
}

const pixels = z.int().positive().max(1_000_000_000);
const three = z.tuple([z.number(), z.number(), z.number()]);
const spread = z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]);

// Defaults: transformers' Qwen2VLImageProcessor.
const schema = z.looseObject({
  min_pixels: pixels.nullish(),
  max_pixels: pixels.nullish(),
  size: z.looseObject({ shortest_edge: pixels.nullish(), longest_edge: pixels.nullish() }).nullish(),
  patch_size: pixels.nullish(),
  temporal_patch_size: pixels.nullish(),
  merge_size: pixels.nullish(),
  image_mean: three.nullish(),
  image_std: spread.nullish(),
  do_resize: z.boolean().nullish(),
  do_rescale: z.boolean().nullish(),
  do_normalize: z.boolean().nullish(),
  rescale_factor: z.number().nullish(),
  resample: z.int().nullish(),
});

/**
 * Reads preprocessor_config.json (newer folders: the `image_processor` of processor_config.json), and what the folder says
 * of videos beside it: their limits are those that footage is read within.
 * @throws LongviewError `bad-checkpoint` when it is missing or asks for steps that Qwen2-VL's processor lacks.
 */
export async function readPreprocessor(folder: string, vision: VisionConfig): Promise<Preprocessor> {
  const pictures = await readPictures(folder, vision);
  const video = await readVideoProcessor(folder);
  return video ? ofVideo(pictures, video, vision) : pictures;
}

/** What a folder says of videos alone: a file of its own, or a part of the newer one; undefined where it says nothing. */
async function readVideoProcessor(folder: string): Promise<VideoProcessor | undefined> {
  const own = 'video_preprocessor_config.json';
  if (await exists(join(folder, own))) return { name: own, config: await readJson(folder, own, schema) };
  const newer = 'processor_config.json';
  if (!(await exists(join(folder, newer)))) return undefined;
  const { video_processor } = await readJson(
    folder,
    newer,
    z.looseObject({ video_processor: schema.nullish() }),
  );
  return video_processor ? { name: newer, config: video_processor } : undefined;
}

interface VideoProcessor {
  name: string;
  config: z.output<typeof schema>;
}

/**
 * Limits of a video processor in place of those of pictures. Qwen2-VL's and Qwen2.5-VL's are of each frame; Qwen3-VL's are
 * of all frames together, so that a temporal patch, which is what is encoded at once here, may have no more.
 */
function ofVideo(
  pictures: Preprocessor,
  { name, config }: VideoProcessor,
  vision: VisionConfig,
): Preprocessor {
  const { video_processor_type: type } = config;
  const together = typeof type === 'string' && type.startsWith('Qwen3');
  const frames = together ? (config.temporal_patch_size ?? vision.temporalPatchSize) : 1;
  const least = config.min_pixels ?? config.size?.shortest_edge;
  const most = config.max_pixels ?? config.size?.longest_edge;
  const said = {
    ...config,
    min_pixels: least ? Math.ceil(least / frames) : pictures.minPixels,
    max_pixels: most ? Math.floor(most / frames) : pictures.maxPixels,
    image_mean: config.image_mean ?? pictures.mean,
    image_std: config.image_std ?? pictures.std,
    patch_size: config.patch_size ?? vision.patchSize,
    temporal_patch_size: config.temporal_patch_size ?? vision.temporalPatchSize,
    merge_size: config.merge_size ?? vision.mergeSize,
  };
  return interpret(said, name, vision);
}

async function readPictures(folder: string, vision: VisionConfig): Promise<Preprocessor> {
  const name = 'preprocessor_config.json';
  if (await exists(join(folder, name))) return interpret(await readJson(folder, name, schema), name, vision);
  const newer = 'processor_config.json';
  if (!(await exists(join(folder, newer))))
    throw badCheckpoint(`${name} is missing from ${JSON.stringify(basename(folder))}.`, { file: name });
  const { image_processor } = await readJson(folder, newer, z.looseObject({ image_processor: schema }));
  return interpret(image_processor, newer, vision);
}

function interpret(config: z.output<typeof schema>, name: string, vision: VisionConfig): Preprocessor {
  // PIL's number of the bicubic filter is 3.
  const expected: [string, unknown, unknown][] = [
    ['patch_size', config.patch_size ?? 14, vision.patchSize],
    ['temporal_patch_size', config.temporal_patch_size ?? 2, vision.temporalPatchSize],
    ['merge_size', config.merge_size ?? 2, vision.mergeSize],
    ['do_resize', config.do_resize ?? true, true],
    ['do_rescale', config.do_rescale ?? true, true],
    ['do_normalize', config.do_normalize ?? true, true],
    ['resample', config.resample ?? 3, 3],
    ['in_channels', 3, vision.channels],
  ];
  const problems = expected
    .filter(([, given, wanted]) => given !== wanted)
    .map(([field, given, wanted]) => `${field} is ${String(given)} where it must be ${String(wanted)}`);
  if (Math.abs((config.rescale_factor ?? 1 / 255) - 1 / 255) > 1e-9)
    problems.push(`rescale_factor is ${config.rescale_factor} where it must be 1/255`);
  const minPixels = config.min_pixels ?? config.size?.shortest_edge ?? 56 * 56;
  const maxPixels = config.max_pixels ?? config.size?.longest_edge ?? 28 * 28 * 1280;
  if (minPixels > maxPixels) problems.push(`min_pixels ${minPixels} is more than max_pixels ${maxPixels}`);
  if (problems.length > 0)
    throw badCheckpoint(`${name} asks for what this engine doesn't do: ${problems.join('; ')}.`, {
      problems,
    });
  return {
    minPixels,
    maxPixels,
    mean: config.image_mean ?? [0.48145466, 0.4578275, 0.40821073],
    std: config.image_std ?? [0.26862954, 0.26130258, 0.27577711],
  };
}
