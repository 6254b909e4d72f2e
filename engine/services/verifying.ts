import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { parseRequest, verifyRequestSchema } from '../protocol/requests.ts';
import type { CallOptions } from '../protocol/engine.ts';
import type { VerifyResult } from '../protocol/results.ts';
import type { Bundles } from './bundles.ts';

/**
 * Compares a bundle with a fixture: what another program computed for the same checkpoint.
 * @throws LongviewError `bad-argument`, `unknown-model`, `bad-bundle`, `file-unreadable`, `provider-unavailable`,
 * `cancelled`.
 */
export async function verifyModel(
  bundles: Bundles,
  request: unknown,
  { signal, onProgress }: CallOptions,
  options: { threads?: number; hashCache: string },
): Promise<VerifyResult> {
  const { bundle, fixtures, provider = 'cpu' } = parseRequest(verifyRequestSchema, request);
  const folder = await folderOf(bundles, bundle);
  const cases = await countCases(fixtures);
  const { verifyBundle } = await import('../inference/index.ts');
  let done = 0;
  return verifyBundle(folder, resolve(fixtures), {
    ...options,
    provider,
    signal,
    onCase: ({ name }) =>
      onProgress?.({ stage: 'comparing', fraction: Math.min(1, ++done / cases), subject: name }),
  });
}

/** A bundle's folder, given as such or by its id. */
async function folderOf(bundles: Bundles, bundle: string): Promise<string> {
  const folder = resolve(bundle);
  const isBundle = await stat(join(folder, 'bundle.json')).catch(() => undefined);
  if (isBundle || isAbsolute(bundle)) return folder;
  return (await bundles.named(bundle)).folder;
}

/** How many cases a fixture has, for the progress; what is wrong with its files is for their reader to say. */
async function countCases(fixtures: string): Promise<number> {
  const text = await readFile(join(fixtures, 'cases.json'), 'utf8').catch(() => '');
  return Math.max(1, text.split('"prompt"').length - 1);
}
