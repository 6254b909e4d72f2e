import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { bundleSchema } from '../protocol/bundle.ts';
import { badArgument } from '../protocol/errors.ts';
import { importRequestSchema, parseRequest } from '../protocol/requests.ts';
import type { CallOptions } from '../protocol/engine.ts';
import type { ImportResult } from '../protocol/results.ts';
import type { ChosenPositions } from '../convert/index.ts';
import { modelInfo, type Bundles } from './bundles.ts';

/**
 * Makes a bundle, among the others, of a Qwen2-VL, Qwen2.5-VL or Qwen3-VL checkpoint or of a CLIP-class pair of graphs.
 * @throws LongviewError `bad-argument`, `file-not-found`, `bad-checkpoint`, `disk-full`, `permission-denied`, `cancelled`.
 */
export async function importModel(
  bundles: Bundles,
  activeFingerprint: string | undefined,
  request: unknown,
  { signal, onProgress }: CallOptions,
): Promise<ImportResult> {
  const given = parseRequest(importRequestSchema, request);
  const { folder, positions } = given;
  const id = given.id ?? idFrom(basename(resolve(folder)));
  if (!bundleSchema.shape.id.safeParse(id).success)
    throw badArgument('id', 'lower-case letters, digits, ., _ or - (64 at most)', id);
  const taken = (await bundles.all()).some(
    (bundle) => (bundle.manifest?.id ?? basename(bundle.folder)) === id,
  );
  if (taken) throw badArgument('id', 'a name that no model at hand has', id);

  const target = { source: folder, target: join(bundles.others, id), id, signal, onProgress };
  // The converter is large and few ever need it.
  const { convertCheckpoint, importClipPair } = await import('../convert/index.ts');
  const pair = await isPair(folder);
  let chosen: ChosenPositions | undefined;
  if (pair) {
    if (given.precision ?? positions)
      throw badArgument(
        given.precision ? 'precision' : 'positions',
        'left out for a pair of graphs, which is taken as it is',
        given.precision ?? positions,
      );
    await importClipPair(target);
  } else {
    await convertCheckpoint({
      ...target,
      precision: given.precision ?? 'fp32',
      ...(positions ? { positions } : {}),
      onPositions: (which) => (chosen = which),
    });
  }
  const model = modelInfo(await bundles.named(id), activeFingerprint);
  const note = chosen && noteOn(chosen, id);
  return { model, ...(note === undefined ? {} : { note }) };
}

/** Why these positions, where nobody said which. */
function noteOn({ by, variant, name }: ChosenPositions, id: string): string | undefined {
  const otherwise = 'If it was trained with another, import it again with --positions.';
  switch (by) {
    case 'request':
      return undefined;
    case 'name':
      return `This is ${name}, which was trained with ${variant}: ${id} reads with that. ${otherwise}`;
    case 'config':
      return `Its config says ${variant}: ${id} reads with that. ${otherwise}`;
    case 'family':
      return `A checkpoint doesn't record its position variant; ${id} reads with ${variant}, as the public ${families[name] ?? name} checkpoints do. ${otherwise}`;
  }
}

/** Families as people write them. */
const families: Record<string, string> = {
  'qwen2-vl': 'Qwen2-VL',
  'qwen2.5-vl': 'Qwen2.5-VL',
  'qwen3-vl': 'Qwen3-VL',
};

/** Whether a folder holds a CLIP-class pair as it is exported for onnxruntime, and no checkpoint. */
export async function isPair(folder: string): Promise<boolean> {
  for (const path of ['vision_model.onnx', join('onnx', 'vision_model.onnx')])
    if (await stat(join(folder, path)).catch(() => undefined)) return true;
  return false;
}

/** A folder's name as an id. */
function idFrom(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/gu, '-')
    .replace(/^[^a-z0-9]+/u, '')
    .slice(0, 64);
}
