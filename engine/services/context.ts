import { dirname, join, resolve } from 'node:path';
import { keepPrivate } from '../core/private-files.ts';
import { sweepStaging, sweepTemporary } from '../core/temporary.ts';
import type { IndexingMedia } from '../indexing/index.ts';
import type { Model } from '../inference/types.ts';
import type { ProviderChoice } from '../inference/providers.ts';
import { openStore, type Store } from '../library/index.ts';
import { findMediaTools, type FindToolsOptions, type MediaTools } from '../media/index.ts';
import type { CallOptions } from '../protocol/engine.ts';
import { logOf } from '../core/log.ts';
import type { EarsSpec, Listener } from '../speech/index.ts';
import { LongviewError } from '../protocol/errors.ts';
import { ActiveModel } from './active-model.ts';
import { Bundles, type FoundBundle } from './bundles.ts';
import { Calls } from './calls.ts';
import { Encoders } from './encoders.ts';
import { HearingService } from './hearing.ts';
import { LoadedModels, type OpenModel } from './loaded.ts';
import { mediaWith } from './media.ts';
import { SpeechModels } from './speech-models.ts';
import { limitsOf } from './window-tools.ts';

/** Where the engine's things are and how it runs. */
export interface EngineConfig {
  /** The library's folder; made where there is none. */
  libraryDir: string;
  /** The bundle that ships. Default: models/builtin beside the engine. */
  builtinModel?: string;
  /** A folder of further bundles. Default: `models` in the library's folder. */
  modelsDir?: string;
  /** Execution provider. Default: auto. */
  provider?: ProviderChoice;
  /** Threads of the CPU provider. Default: the runtime's choice. */
  threads?: number;
  /** Address of the hub that models are fetched from. Default: https://huggingface.co. */
  hub?: string;
  /** The list of models that can be fetched. Default: models/catalog.json. */
  catalogue?: string;
  /** Where to look for ffmpeg. */
  mediaTools?: FindToolsOptions;
  /** Longview's own version, for reports. */
  version?: string;
}

/** Rooms that tests put others in for. */
export interface EngineParts {
  openModel: OpenModel;
  media: IndexingMedia;
  listen: (spec: EarsSpec) => Listener;
}

/** What all services share: where things are, what is open, and which calls are running. */
export class Context {
  readonly config: EngineConfig;
  readonly libraryDir: string;
  readonly media: IndexingMedia;
  readonly bundles: Bundles;
  readonly loaded: LoadedModels;
  readonly active: ActiveModel;
  readonly encoders: Encoders;
  readonly speechModels: SpeechModels;
  readonly hearing: HearingService;
  readonly #calls = new Calls();
  #store: Store | undefined;

  constructor(config: EngineConfig, parts: Partial<EngineParts>) {
    this.config = config;
    this.libraryDir = resolve(config.libraryDir);
    this.media = parts.media ?? mediaWith(config.mediaTools);
    this.bundles = new Bundles({
      builtin: config.builtinModel ?? resolve(import.meta.dirname, '../../models/builtin'),
      others: config.modelsDir ?? join(this.libraryDir, 'models'),
    });
    this.loaded = new LoadedModels(parts.openModel ?? ((folder) => this.#openModel(folder)));
    this.active = new ActiveModel(this.bundles, this.loaded, () => this.store());
    this.encoders = new Encoders(this.bundles, () => this.store());
    this.speechModels = new SpeechModels(this.#speechFolder);
    this.hearing = new HearingService({
      models: this.speechModels,
      store: () => this.store(),
      voice: join(dirname(this.bundles.builtinFolder), 'voice'),
      threads: () => config.threads ?? limitsOf(this.store()).threads ?? undefined,
      ...(parts.listen && { listen: parts.listen }),
    });
  }

  /** Runs a call until it is done, cancelled, or the engine ends. */
  run<T>(options: CallOptions | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#calls.run(options?.signal, work).catch((error: unknown) => {
      noteFailure(error);
      throw error;
    });
  }

  get #speechFolder(): string {
    return join(this.libraryDir, 'speech');
  }

  /** The library, opened when it is first needed. */
  store(): Store {
    this.#calls.refuseAfterEnd();
    if (!this.#store) {
      keepPrivate(this.libraryDir);
      sweepTemporary();
      sweepStaging(this.bundles.others);
      sweepStaging(this.#speechFolder);
      this.#store = openStore(this.libraryDir);
      // What opening has made, too.
      keepPrivate(this.libraryDir);
    }
    return this.#store;
  }

  /** The library where it is open. */
  get opened(): Store | undefined {
    return this.#store;
  }

  /** Lets go of the library; it is opened again when it is next needed. */
  closeStore(): void {
    this.#store?.close();
    this.#store = undefined;
  }

  /** Where ffmpeg is. */
  tools(): Promise<MediaTools> {
    return findMediaTools(this.config.mediaTools);
  }

  /** Which files of bundles were found to be as their manifests say. */
  get hashCache(): string {
    return join(this.libraryDir, 'verified.json');
  }

  /** The bundle of a name, or the one that the library is indexed with. @throws LongviewError `unknown-model`, `bad-bundle`. */
  async bundle(named: string | undefined): Promise<FoundBundle> {
    return named === undefined ? this.active.bundle() : this.bundles.named(named);
  }

  /** Ends what runs and frees everything. */
  async close(): Promise<void> {
    await this.#calls.end();
    await this.loaded.close();
    this.closeStore();
  }

  /** The runtime is imported with the first model that is loaded. */
  async #openModel(folder: string): Promise<Model> {
    const { openModel } = await import('../inference/index.ts');
    const limits = limitsOf(this.store());
    const { provider = limits.provider, threads = limits.threads ?? undefined } = this.config;
    const started = performance.now();
    const model = await openModel(folder, { provider, threads, hashCache: this.hashCache });
    const ms = Math.round(performance.now() - started);
    logOf('inference').info('opened {id} ({fingerprint}) on {provider} in {ms} ms', {
      ...{ id: model.id, fingerprint: model.fingerprint.slice(0, 12), provider, ms },
    });
    return model;
  }
}

/** Notes what failed; that somebody cancelled is no failure. */
function noteFailure(error: unknown): void {
  const log = logOf('engine');
  if (!(error instanceof LongviewError)) log.error('a bug: {error}', { error });
  else if (error.code !== 'cancelled')
    log.warn('{code}: {message}', { code: error.code, message: error.message });
}
