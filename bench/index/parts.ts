import { join } from 'node:path';
import { SeenPatches } from '../../engine/indexing/extractors/seen-patches.ts';
import { openModel } from '../../engine/inference/index.ts';
import type { PatchAnalysis } from '../../engine/inference/types.ts';
import { probe, sampleFrames, type SampledFrame } from '../../engine/media/index.ts';
import { temporalPatches } from '../../engine/vision/temporal-patches.ts';

const builtin = join(import.meta.dirname, '../../models/builtin');
const size = { width: 512, height: 288 };
/** Temporal patches that are kept for encoding alone: 53 MB. */
const kept = 60;

const sampled = async (video: string) => sampleFrames(video, await probe(video, {}), { fps: 2, ...size });

/** Decodes and samples a video and does nothing else with it but look for what is new. @returns of what there is how much */
export async function decodeAlone(video: string): Promise<{ patches: number; newPatches: number }> {
  const frames = await sampled(video);
  const seen = new SeenPatches(size.width);
  let [patches, newPatches] = [0, 0];
  for await (const pair of temporalPatches<SampledFrame>(frames)) {
    const look = seen.of({ frames: pair, cutScores: [0, 0], end: 0 }, frames.letterbox);
    patches++;
    if (!look.isNew) continue;
    newPatches++;
    look.settle(Promise.resolve({} as PatchAnalysis));
  }
  return { patches, newPatches };
}

/** Encodes a minute of a video, decoded before, as indexing does. @returns seconds of a temporal patch */
export async function encodeAlone(video: string): Promise<{ patchSec: number }> {
  const frames = await sampled(video);
  const pairs: [SampledFrame, SampledFrame][] = [];
  for await (const pair of temporalPatches<SampledFrame>(frames)) if (pairs.push(pair) === kept) break;
  const model = await openModel(builtin, {});
  try {
    const encoder = model.frameEncoder!;
    await encoder.analyse(pairs.slice(0, 8), frames.letterbox);
    const began = performance.now();
    await encoder.analyse(pairs, frames.letterbox);
    return { patchSec: (performance.now() - began) / 1000 / pairs.length };
  } finally {
    await model[Symbol.asyncDispose]();
  }
}
