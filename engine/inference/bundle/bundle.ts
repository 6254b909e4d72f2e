import { realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { BundleManifest } from '../../protocol/bundle.ts';
import { throwIfCancelled } from '../../protocol/errors.ts';
import { HashCache } from './file-hashes.ts';
import { badBundle, readManifest } from './manifest.ts';
import { checkGraphFile, GraphFileError } from './onnx-file.ts';
import { plural } from '../../protocol/plural.ts';

/** A bundle whose every file was checked. */
export interface Bundle {
  readonly folder: string;
  readonly manifest: BundleManifest;
  /** Changes whenever the bundle's content changes. */
  readonly fingerprint: string;
}

/** How a bundle is opened. */
export interface OpenBundleOptions {
  /**
   * A file in which verified hashes are remembered, so that only files that changed are hashed again.
   * Without it every file is hashed at every load.
   */
  hashCache?: string;
  signal?: AbortSignal;
}

/**
 * Reads a bundle and refuses it before anything of it runs: a manifest that isn't one or contradicts itself, a
 * file that is missing, outside the folder, of the wrong size or hash, a truncated graph, weights beyond a file.
 * @throws LongviewError `bad-bundle` with the reason; `cancelled`.
 */
export async function openBundle(folder: string, options: OpenBundleOptions = {}): Promise<Bundle> {
  const { manifest, fingerprint } = await readManifest(folder);
  const hashes = new HashCache(options.hashCache);
  const names = manifest.files.map((file) => file.path);
  try {
    for (const file of manifest.files) await checkFile(folder, file, hashes, options.signal);
    for (const name of names.filter((path) => path.endsWith('.onnx'))) {
      throwIfCancelled(options.signal);
      await checkGraphFile(folder, name, names);
    }
  } catch (error) {
    if (error instanceof GraphFileError) throw badBundle(folder, error.message, { cause: error });
    throw error;
  } finally {
    await hashes.save();
  }
  return { folder, manifest, fingerprint };
}

async function checkFile(
  folder: string,
  file: BundleManifest['files'][number],
  hashes: HashCache,
  signal: AbortSignal | undefined,
): Promise<void> {
  throwIfCancelled(signal);
  const path = await realPathInside(folder, file);
  const stats = await stat(path);
  if (!stats.isFile()) throw badBundle(folder, `${file.path} is not a file`);
  if (stats.size !== file.bytes) {
    const truncated = stats.size < file.bytes ? ' (truncated?)' : '';
    throw badBundle(
      folder,
      `${file.path} has ${plural(stats.size, 'byte')} instead of ${file.bytes}${truncated}`,
    );
  }
  const sha256 = await hashes.sha256(path, stats, signal);
  if (sha256 !== file.sha256) {
    throw badBundle(folder, `${file.path} has the wrong hash: ${sha256} instead of ${file.sha256}`);
  }
}

/** The manifest's schema allows plain names only; what is left is a link that leads out of the folder. */
async function realPathInside(folder: string, file: BundleManifest['files'][number]): Promise<string> {
  let path: string;
  try {
    path = await realpath(join(folder, file.path));
  } catch (cause) {
    const remedy = file.madeAtSetup
      ? 'Run the set-up again (npm run setup): it makes this file.'
      : 'Install or import the model again.';
    throw badBundle(folder, `${file.path} is missing`, { cause, remedy });
  }
  const inside = relative(await realpath(folder), path);
  if (inside.startsWith('..') || inside.includes(sep) || inside === '') {
    throw badBundle(folder, `${file.path} lies outside the bundle's folder`);
  }
  return path;
}
