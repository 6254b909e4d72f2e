import { z } from 'zod';
import { LongviewError } from '../protocol/errors.ts';
import type { ModelHandle } from '../search/index.ts';
import type { Store } from '../library/index.ts';
import type { Bundles, FoundBundle } from './bundles.ts';
import type { LoadedModels } from './loaded.ts';

/** In the library's settings: the id of the bundle that it is indexed with, where that isn't the built-in one. */
const setting = 'model';

/** The bundle that a library is indexed with: it was last used for that, or it is the one that ships. */
export class ActiveModel {
  readonly #bundles: Bundles;
  readonly #loaded: LoadedModels;
  readonly #store: () => Store;

  constructor(bundles: Bundles, loaded: LoadedModels, store: () => Store) {
    this.#bundles = bundles;
    this.#loaded = loaded;
    this.#store = store;
  }

  /** @throws LongviewError `bad-bundle`, `unknown-model`. */
  async bundle(): Promise<FoundBundle> {
    const chosen = z.string().safeParse(this.#store().setting(setting)).data;
    return chosen === undefined ? this.#bundles.builtin() : this.#bundles.named(chosen);
  }

  /** Its fingerprint, for what works without any model; undefined where there is none. */
  async fingerprint(): Promise<string | undefined> {
    try {
      return (await this.bundle()).fingerprint;
    } catch (error) {
      const none = error instanceof LongviewError && ['bad-bundle', 'unknown-model'].includes(error.code);
      if (none) return undefined;
      throw error;
    }
  }

  /** From now on the library is indexed with another one. */
  choose(bundle: FoundBundle): void {
    this.#store().setSetting(setting, bundle.builtin ? undefined : bundle.manifest.id);
  }

  /** Runs `work`, which may open it; it stays loaded until `work` is done. */
  async use<T>(work: (model: ModelHandle) => Promise<T>): Promise<T> {
    return this.with(await this.bundle(), work);
  }

  /** The same with a given bundle. */
  async with<T>(bundle: FoundBundle, work: (model: ModelHandle) => Promise<T>): Promise<T> {
    const { manifest, fingerprint, reading, folder } = bundle;
    const labels = manifest.can.includes('detect') ? (manifest.eyes?.labels ?? []) : [];
    const trainedGammas = manifest.decoder?.positions.trainedGammas ?? [];
    const variant = manifest.decoder?.positions.variant;
    const { languages, names, own } = manifest.queries ?? {};
    const spoken = { languages, names, own };
    const known = { id: manifest.id, fingerprint, reading, labels, ...spoken, trainedGammas, variant };
    return this.#loaded.use(fingerprint, folder, (open) => work({ ...known, open }));
  }

  /**
   * Words as a unit vector in the space of its temporal patches. @throws LongviewError `bad-argument` where it can't.
   */
  async embed(words: string): Promise<Float32Array> {
    return this.use(async (model) => {
      const { text } = await model.open();
      if (text) return (await text.embed([words]))[0];
      throw new LongviewError(
        'bad-argument',
        `The model ${model.id} can't search by words, it has no text encoder.`,
        'Index with a model that can "embed"; "longview models" lists them.',
        { details: { model: model.id } },
      );
    });
  }
}
