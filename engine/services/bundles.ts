import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BundleManifest } from '../protocol/bundle.ts';
import { LongviewError, quote, type ErrorData } from '../protocol/errors.ts';
import type { ModelInfo } from '../protocol/results.ts';
import { badBundle, readManifest } from '../inference/bundle/manifest.ts';
import { plural } from '../protocol/plural.ts';

/** A bundle whose manifest could be read; its other files are only checked when it is loaded. */
export interface FoundBundle {
  folder: string;
  builtin: boolean;
  manifest: BundleManifest;
  fingerprint: string;
  /** Changes with how it words queries and what its scores are taken to mean. */
  reading: string;
  /** Why it can't be used as it lies there. */
  problem: LongviewError | undefined;
}

/** A folder that should be a bundle and isn't. */
interface BrokenBundle {
  folder: string;
  builtin: boolean;
  manifest: undefined;
  problem: LongviewError;
}

/** Where bundles lie. */
export interface BundleFolders {
  /** The folder of the bundle that ships. */
  builtin: string;
  /** A folder of bundles, a folder each. */
  others: string;
}

/** The bundles at hand. Folders are read anew at each call: an import may have added one. */
export class Bundles {
  readonly #folders: BundleFolders;

  constructor(folders: BundleFolders) {
    this.#folders = folders;
  }

  /** Where the bundle that ships lies. */
  get builtinFolder(): string {
    return this.#folders.builtin;
  }

  /** Where further bundles lie, a folder each. */
  get others(): string {
    return this.#folders.others;
  }

  /** All of them, the built-in one first. */
  async all(): Promise<(FoundBundle | BrokenBundle)[]> {
    const { builtin, others } = this.#folders;
    const names = await readdir(others, { withFileTypes: true }).catch(() => []);
    const folders = names
      // What is being written has a leading dot until it is whole.
      .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
      .map((entry) => join(others, entry.name))
      .sort();
    return Promise.all([read(builtin, true), ...folders.map((folder) => read(folder, false))]);
  }

  /**
   * A bundle by id.
   * @throws LongviewError `unknown-model`; `bad-bundle` for one that can't be used.
   */
  async named(id: string): Promise<FoundBundle> {
    const all = await this.all();
    const found = all.find((bundle) => bundle.manifest?.id === id);
    if (found?.manifest) return usable(found);
    const broken = all.find((bundle) => !bundle.manifest && basename(bundle.folder) === id);
    if (broken?.problem) throw broken.problem;
    const ids = all.flatMap((bundle) => (bundle.manifest ? [bundle.manifest.id] : []));
    throw new LongviewError(
      'unknown-model',
      `There is no model ${quote(id)}.`,
      ids.length > 0 ? `Choose one of: ${ids.join(', ')}.` : 'Run the set-up again (npm run setup).',
      { details: { model: id } },
    );
  }

  /** The bundle that ships. @throws LongviewError `bad-bundle`. */
  async builtin(): Promise<FoundBundle> {
    const found = await read(this.#folders.builtin, true);
    if (!found.manifest) throw found.problem;
    return usable(found);
  }
}

function usable(bundle: FoundBundle): FoundBundle {
  if (bundle.problem) throw bundle.problem;
  return bundle;
}

async function read(folder: string, builtin: boolean): Promise<FoundBundle | BrokenBundle> {
  try {
    const { manifest, fingerprint, reading } = await readManifest(folder);
    return { folder, builtin, manifest, fingerprint, reading, problem: await missingFile(folder, manifest) };
  } catch (error) {
    if (!(error instanceof LongviewError)) throw error;
    return { folder, builtin, manifest: undefined, problem: builtin ? asShipped(error) : error };
  }
}

/** What ships is put right by the set-up, not by an import. */
function asShipped({ code, message, cause, details }: LongviewError): LongviewError {
  return new LongviewError(code, message, 'Run the set-up again (npm run setup).', { cause, details });
}

/** Sizes are looked at here, hashes when the bundle is loaded. */
async function missingFile(folder: string, manifest: BundleManifest): Promise<LongviewError | undefined> {
  for (const file of manifest.files) {
    const size = await stat(join(folder, file.path)).then(
      (facts) => facts.size,
      () => undefined,
    );
    if (size === file.bytes) continue;
    const what = size === undefined ? 'is missing' : `has ${plural(size, 'byte')} instead of ${file.bytes}`;
    return badBundle(folder, `${file.path} ${what}`, {
      remedy: file.madeAtSetup
        ? 'Run the set-up again (npm run setup): it makes this file.'
        : 'Install or import the model again.',
    });
  }
  return undefined;
}

/** A bundle as it is listed. */
export function modelInfo(
  bundle: FoundBundle | BrokenBundle,
  activeFingerprint: string | undefined,
): ModelInfo {
  const { folder, builtin } = bundle;
  const problem: { problem?: ErrorData } = bundle.problem ? { problem: bundle.problem.toData() } : {};
  if (!bundle.manifest) return { ...unknown(basename(folder)), folder, builtin, ...problem };
  const { manifest } = bundle;
  return {
    id: manifest.id,
    name: manifest.name,
    architecture: manifest.architecture,
    precision: manifest.precision,
    positionVariant: manifest.decoder?.positions.variant ?? null,
    trainedGammas: manifest.decoder?.positions.trainedGammas ?? [],
    can: manifest.can,
    bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
    licence: manifest.licence,
    provenance: manifest.provenance,
    folder,
    builtin,
    active: bundle.fingerprint === activeFingerprint,
    ...problem,
  };
}

function unknown(name: string): Omit<ModelInfo, 'folder' | 'builtin' | 'problem'> {
  return {
    id: name,
    name,
    architecture: 'unknown',
    precision: 'unknown',
    positionVariant: null,
    trainedGammas: [],
    can: [],
    bytes: 0,
    licence: 'unknown',
    provenance: 'unknown',
    active: false,
  };
}
