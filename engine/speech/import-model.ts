import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LongviewError, quote, throwIfCancelled } from '../protocol/errors.ts';
import { cannotWrite, fileProblem } from '../protocol/file-errors.ts';
import type { SpeechManifest } from '../protocol/speech.ts';
import { speechCatalogue } from './catalogue.ts';
import { readSpeechModel, speechManifestName, type SpeechModel } from './models.ts';

/** How a speech model is imported. */
export interface ImportSpeechOptions {
  /** The bundle's id; default: the model's own. */
  id?: string;
  signal?: AbortSignal;
  /** @param fraction of the bytes that are copied */
  onProgress?: (fraction: number, file: string) => void;
}

/**
 * Copies a speech model in sherpa-onnx's layout into a folder of its own, with the hashes of its files and where it comes
 * from. The folder appears whole or not at all; the source is only read.
 *
 * @param target the folder to make; it must not exist
 * @throws LongviewError `file-not-found`, `bad-bundle` (see {@link readSpeechModel}), `file-exists`, `disk-full`,
 * `permission-denied`, `cancelled`
 */
export async function importSpeechModel(
  source: string,
  target: string,
  { id, signal, onProgress }: ImportSpeechOptions = {},
): Promise<SpeechModel> {
  const model = await readSpeechModel(source);
  if (await stat(target).catch(() => undefined))
    throw new LongviewError('file-exists', `${quote(target)} exists already.`, 'Choose another name for it.');
  const started = Date.now().toString(36);
  const staged = join(dirname(target), `.${basename(target)}.partial-${process.pid}-${started}`);
  try {
    await mkdir(dirname(target), { recursive: true });
    await rm(staged, { recursive: true, force: true });
    await mkdir(staged);
    const files: SpeechManifest['files'] = [];
    let done = 0;
    for (const { path, bytes } of model.files) {
      throwIfCancelled(signal);
      const sha256 = await copyHashed(join(model.folder, path), join(staged, path), {
        signal,
        onBytes: (count) => onProgress?.((done + count) / model.bytes, path),
      });
      done += bytes;
      files.push({ path, bytes, sha256 });
    }
    const manifest = manifestOf(model, id ?? model.id, files);
    await writeFile(join(staged, speechManifestName), `${JSON.stringify(manifest, undefined, 2)}\n`);
    await rename(staged, target);
  } catch (error) {
    await rm(staged, { recursive: true, force: true }).catch(() => undefined);
    throwIfCancelled(signal);
    throw error instanceof LongviewError ? error : cannotCopy(source, target, error);
  }
  return readSpeechModel(target);
}

function manifestOf(model: SpeechModel, id: string, files: SpeechManifest['files']): SpeechManifest {
  const { name, kind, nemo, precision, languages, parts } = model;
  // A graph has the hash of one model only; tables of tokens are shared.
  const graphs = files.filter(({ path }) => path.endsWith('.onnx'));
  const known = speechCatalogue.find((entry) =>
    graphs.every(({ sha256 }) => entry.files.some((file) => file.sha256 === sha256)),
  );
  return {
    ...{ format: 1, id, name: known?.title ?? name, kind, nemo, precision, parts, files },
    languages: known && known.languages !== 'many' ? known.languages : languages,
    licence: known?.licence ?? 'not known: see where the files come from',
    provenance: known
      ? `${known.repo}, revision ${known.revision}`
      : (model.manifest?.provenance ?? 'imported from a folder; its files are in no catalogue'),
  };
}

async function copyHashed(
  from: string,
  to: string,
  { signal, onBytes }: { signal: AbortSignal | undefined; onBytes: (count: number) => void },
): Promise<string> {
  const hash = createHash('sha256');
  let count = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _, next) {
      hash.update(chunk);
      count += chunk.length;
      onBytes(count);
      next(null, chunk);
    },
  });
  await pipeline(createReadStream(from), counted, createWriteStream(to), { signal });
  return hash.digest('hex');
}

function cannotCopy(source: string, target: string, cause: unknown): LongviewError {
  if (fileProblem(cause) === 'full') return cannotWrite(target, cause);
  return new LongviewError(
    'permission-denied',
    `${quote(source)} could not be copied to ${quote(target)}.`,
    'Check that the source can be read and that the library’s folder can be written.',
    { cause },
  );
}
