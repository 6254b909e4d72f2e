import { existsSync } from 'node:fs';
import { readManifest } from '../../engine/inference/bundle/manifest.ts';
import { openModel } from '../../engine/inference/index.ts';
import { LongviewError } from '../../engine/protocol/errors.ts';
import { readHeldOut } from './held-out.ts';
import { MadeLibrary } from './library.ts';
import { measureMoments } from './moments.ts';
import { measurePhotographs } from './photographs.ts';
import { measureReading } from './reading.ts';
import type { Measure, Measured } from './report.ts';
import { measureScenes } from './scenes.ts';
import type { Sheets } from './sheet.ts';
import type { Sizes } from './sizes.ts';
import type { Stage } from './stage.ts';
import { measureTogether } from './together.ts';

/** What is measured, and how much of it. */
export interface MeasureOptions {
  bundle: string;
  /** The folder of photographs; undefined: that part is left out. */
  natural: string | undefined;
  sizes: Sizes;
  seed: number;
  sheets: Sheets;
  tell: Stage['tell'];
}

const noPhotographs =
  'Real photographs were left out: --natural FOLDER (or LONGVIEW_NATURAL) names the folder that models/training/README.md ' +
  'describes (caltech101/<kind>/*.jpg, clothing/<kind>/*.jpg).';

/** Measures a bundle through the engine. @throws LongviewError `bad-bundle`, `bad-argument`. */
export async function measureBundle(options: MeasureOptions): Promise<Measured> {
  const began = performance.now();
  const { bundle: folder, natural, sizes, seed, sheets, tell } = options;
  if (natural !== undefined && !existsSync(natural))
    throw new LongviewError(
      'bad-argument',
      `There is no folder "${natural}".`,
      'Name the folder of photographs.',
    );
  const heldOut = await readHeldOut();
  const { manifest, fingerprint } = await readManifest(folder);
  const model = await openModel(folder);
  try {
    const library = await MadeLibrary.open(folder, model);
    try {
      const stage = { model, library, heldOut, sizes, seed, sheets, tell };
      const measures = await measureAll(stage, natural);
      const { id, precision } = manifest;
      return {
        bundle: { id, precision, fingerprint, trainedPatches: model.decoder?.trainedPatches ?? 0 },
        measures,
        skipped: natural === undefined ? [noPhotographs] : [],
        seconds: (performance.now() - began) / 1000,
      };
    } finally {
      await library[Symbol.asyncDispose]();
    }
  } finally {
    await model[Symbol.asyncDispose]();
  }
}

async function measureAll(stage: Stage, natural: string | undefined): Promise<Measure[]> {
  const { model } = stage;
  if (!model.frameEncoder || !model.text || !model.decoder)
    throw new LongviewError(
      'bad-bundle',
      `The bundle ${model.id} can't look, embed words and read.`,
      'Name a bundle that can do all of it, such as models/builtin.',
    );
  const measures: Measure[] = [];
  if (natural !== undefined) {
    const photographs = await measurePhotographs(stage, natural);
    const read = await measureReading(stage, 'photographs', photographs.readable);
    measures.push(...photographs.measures, ...read);
  }
  const scenes = await measureScenes(stage);
  const moments = await measureMoments(stage);
  const read = await measureReading(stage, 'scenes', scenes.readable);
  const together = await measureTogether(stage);
  return [...measures, ...scenes.measures, ...moments, ...read, ...together];
}
