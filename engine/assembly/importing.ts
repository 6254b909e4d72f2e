import { basename, join, resolve } from 'node:path';
import { bundleSchema } from '../protocol/bundle.ts';
import { badArgument } from '../protocol/errors.ts';
import { importRequestSchema, parseRequest } from '../protocol/requests.ts';
import type { CallOptions } from '../protocol/engine.ts';
import type { ImportResult } from '../protocol/results.ts';
import { modelInfo, type Bundles } from './bundles.ts';

/**
 * Converts a checkpoint into a bundle among the others.
 * @throws LongviewError `bad-argument`, `file-not-found`, `bad-checkpoint`, `disk-full`, `permission-denied`, `cancelled`.
 */
export async function importModel(
  bundles: Bundles,
  activeFingerprint: string | undefined,
  request: unknown,
  { signal, onProgress }: CallOptions,
): Promise<ImportResult> {
  const { folder, precision = 'fp32', positions, id: given } = parseRequest(importRequestSchema, request);
  const id = given ?? idFrom(basename(resolve(folder)));
  if (!bundleSchema.shape.id.safeParse(id).success)
    throw badArgument('id', 'lower-case letters, digits, ., _ or - (64 at most)', id);
  const taken = (await bundles.all()).some(
    (bundle) => (bundle.manifest?.id ?? basename(bundle.folder)) === id,
  );
  if (taken) throw badArgument('id', 'a name that no model at hand has', id);

  // The converter is large and few ever need it.
  const { convertCheckpoint } = await import('../../models/convert/index.ts');
  await convertCheckpoint({
    source: folder,
    target: join(bundles.others, id),
    precision,
    ...(positions ? { positions } : {}),
    id,
    signal,
    onProgress,
  });
  const model = modelInfo(await bundles.named(id), activeFingerprint);
  return positions
    ? { model }
    : {
        model,
        note: `A checkpoint doesn't record its position variant; ${id} reads with ${model.positionVariant}, as the public Qwen2-VL checkpoints do. If it was trained with another, import it again with --positions.`,
      };
}

/** A folder's name as an id. */
function idFrom(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/gu, '-')
    .replace(/^[^a-z0-9]+/u, '')
    .slice(0, 64);
}
