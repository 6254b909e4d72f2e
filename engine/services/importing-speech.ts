import { readdir } from 'node:fs/promises';
import { bundleSchema } from '../protocol/bundle.ts';
import type { CallOptions } from '../protocol/engine.ts';
import { badArgument, LongviewError } from '../protocol/errors.ts';
import type { ImportRequest } from '../protocol/requests.ts';
import type { ImportResult } from '../protocol/results.ts';
import { readSpeechModel } from '../speech/index.ts';
import type { Context } from './context.ts';
import { isPair } from './importing.ts';
import { idOf, speechModelInfo } from './speech-models.ts';

/**
 * Whether a folder holds a speech model.
 * @throws LongviewError `bad-bundle` where it is one that can't be run: what is missing, or what fits instead
 */
export async function isSpeech(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((): string[] => []);
  if (await isPair(folder)) return false;
  try {
    await readSpeechModel(folder);
    return true;
  } catch (error) {
    if (!(error instanceof LongviewError)) throw error;
    // Another program's speech model; else what has a config.json is a checkpoint that reads, and tells by itself.
    const isForeign = error.details?.suggested !== undefined;
    const isIncomplete = names.some((name) => name.endsWith('.onnx')) && !names.includes('config.json');
    if (isForeign || isIncomplete) throw error;
    return false;
  }
}

/**
 * Copies a speech model into the library, and makes it the one that hears.
 * @throws LongviewError `bad-argument`, `bad-bundle`, `disk-full`, `permission-denied`, `cancelled`.
 */
export async function importSpeech(
  { bundles, hearing, speechModels }: Context,
  { folder, id, precision, positions }: ImportRequest,
  { signal, onProgress }: CallOptions,
): Promise<ImportResult> {
  if (precision ?? positions)
    throw badArgument(
      precision ? 'precision' : 'positions',
      'left out for a speech model, which is taken as it is',
      precision ?? positions,
    );
  const own = id ?? (await readSpeechModel(folder)).id;
  if (!bundleSchema.shape.id.safeParse(own).success)
    throw badArgument('id', 'lower-case letters, digits, ., _ or - (64 at most)', own);
  const taken = [
    ...(await bundles.all()).map((bundle) => bundle.manifest?.id),
    ...(await speechModels.all()).map(idOf),
  ];
  if (taken.includes(own))
    throw badArgument('id', 'a name that no model at hand has (give it another with --id)', own);
  const model = await speechModels.import(folder, {
    id: own,
    ...(signal && { signal }),
    onProgress: (fraction, file) => onProgress?.({ stage: 'copying', fraction, subject: file }),
  });
  hearing.choose(model.id);
  return { model: speechModelInfo(model, model.id) };
}
