import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LongviewError, badArgument, quote, type ErrorData } from '../protocol/errors.ts';
import type { ModelInfo } from '../protocol/results.ts';
import {
  downloadBytes,
  importSpeechModel,
  readSpeechModel,
  speechCatalogue,
  type ImportSpeechOptions,
  type SpeechModel,
} from '../speech/index.ts';

/** A folder that should be a speech model and isn't. */
interface BrokenSpeechModel {
  folder: string;
  problem: ErrorData;
}

/** The speech models at hand: a folder each, in a folder of theirs. Read anew at each call. */
export class SpeechModels {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** All of them, by name; also those that can't be used. */
  async all(): Promise<(SpeechModel | BrokenSpeechModel)[]> {
    const entries = await readdir(this.#folder, { withFileTypes: true }).catch(() => []);
    const names = entries
      // What is being copied has a leading dot until it is whole.
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
    return Promise.all(names.map((name) => this.#read(join(this.#folder, name))));
  }

  /** One that can be used. @throws LongviewError `unknown-model`; `bad-bundle` where its files aren't as they were. */
  async named(id: string): Promise<SpeechModel> {
    const found = (await this.all()).find((model) => idOf(model) === id);
    if (!found) throw noSuchModel(id);
    if ('problem' in found) throw LongviewError.fromData(found.problem);
    return found;
  }

  /**
   * Copies a folder's model here.
   * @throws LongviewError as `importSpeechModel`
   */
  import(source: string, options: ImportSpeechOptions & { id: string }): Promise<SpeechModel> {
    return importSpeechModel(source, join(this.#folder, options.id), options);
  }

  /** Deletes a model's files. */
  async remove(id: string): Promise<void> {
    const found = (await this.all()).find((model) => idOf(model) === id);
    if (found) await rm(found.folder, { recursive: true, force: true });
  }

  async #read(folder: string): Promise<SpeechModel | BrokenSpeechModel> {
    try {
      return await readSpeechModel(folder);
    } catch (error) {
      if (error instanceof LongviewError) return { folder, problem: error.toData() };
      throw error;
    }
  }
}

/** A model's id; of a broken one its folder's name, which is the same. */
export function idOf(model: SpeechModel | BrokenSpeechModel): string {
  return 'problem' in model ? basename(model.folder) : model.id;
}

/** A speech model as it is listed. */
export function speechModelInfo(
  model: SpeechModel | BrokenSpeechModel,
  chosen: string | undefined,
): ModelInfo {
  const broken = 'problem' in model;
  return {
    id: idOf(model),
    name: broken ? basename(model.folder) : model.name,
    architecture: broken ? 'unknown' : model.kind,
    precision: broken ? 'unknown' : model.precision,
    positionVariant: null,
    trainedGammas: [],
    can: ['hear'],
    bytes: broken ? 0 : model.bytes,
    licence: (!broken && model.manifest?.licence) || 'unknown',
    provenance: (!broken && model.manifest?.provenance) || 'unknown',
    folder: model.folder,
    builtin: false,
    active: idOf(model) === chosen,
    ...(broken ? { problem: model.problem } : {}),
  };
}

/** No speech model was chosen: what there is, how large, and from where. */
export function noSpeechModel(): LongviewError {
  const offers = speechCatalogue.map((entry) => {
    const megabytes = Math.round(downloadBytes(entry) / 1e6);
    return `${entry.title} (${entry.goodFor}; ${megabytes} MB; huggingface.co/${entry.repo})`;
  });
  return new LongviewError(
    'unknown-model',
    'Hearing what is said needs a speech model, and none is here yet.',
    `Download the files of one into a folder, then run "longview models import FOLDER": ${offers.join('; ')}.`,
    { details: { speech: speechCatalogue.map(({ id }) => id) } },
  );
}

function noSuchModel(id: string): LongviewError {
  return new LongviewError(
    'unknown-model',
    `The speech model ${quote(id)} is not here any more.`,
    'Import it again, or another one (longview models import FOLDER).',
  );
}

/** Which languages a model can be told to expect. @throws LongviewError `bad-argument`. */
export function checkLanguage({ name, languages }: SpeechModel, language: string): void {
  const code = language.toLowerCase().split(/[-_]/)[0];
  if (languages.length > 0 && !languages.includes(code))
    throw badArgument('language', `one that ${name} knows: ${languages.join(', ')}, or auto`, language);
}
