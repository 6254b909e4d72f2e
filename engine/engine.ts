import { stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { Bundles, type FoundBundle, modelInfo } from './assembly/bundles.ts';
import { listVideo, listVideos } from './assembly/listing.ts';
import { LoadedModels, type OpenModel } from './assembly/loaded.ts';
import { libraryView } from './assembly/view.ts';
import { indexVideos, type IndexingMedia, type IndexingModel } from './indexing/index.ts';
import {
  contentId,
  findMediaTools,
  findVideos,
  probe,
  sampleFrames,
  type FindToolsOptions,
  type MediaTools,
} from './media/index.ts';
import type { CallOptions, Engine } from './protocol/engine.ts';
import { badArgument, LongviewError, throwIfCancelled } from './protocol/errors.ts';
import { indexRequestSchema, parseRequest, removeRequestSchema } from './protocol/requests.ts';
import type { IndexResult, LibraryResult, RemoveResult } from './protocol/results.ts';
import type { LibraryView } from './protocol/view.ts';
import { ask, find, type ModelHandle, type SearchDeps } from './search/index.ts';
import { matchNouns } from './vlm/vocabulary.ts';
import type { Model } from './vlm/types.ts';
import { openStore, type Store, type StoredVideo } from './store/index.ts';

/** Where the engine's things are and how it runs. */
export interface EngineConfig {
  /** The library's folder; made where there is none. */
  libraryDir: string;
  /** The bundle that ships. Default: models/builtin beside the engine. */
  builtinModel?: string;
  /** A folder of further bundles. Default: `models` in the library's folder. */
  modelsDir?: string;
  /** Execution provider: auto (default), cpu, webgpu, cuda, dml, coreml. */
  provider?: string;
  /** Threads of the CPU provider. Default: the runtime's choice. */
  threads?: number;
  /** Where to look for ffmpeg. */
  mediaTools?: FindToolsOptions;
}

/** Rooms that tests put others in for. */
export interface EngineParts {
  openModel: OpenModel;
  media: IndexingMedia;
}

/** The engine with what a window needs beside its commands. */
export type LongviewEngine = Engine & LibraryView & AsyncDisposable;

/** The bundle that a library is indexed with, in its settings: an id. */
const activeModelSetting = 'model';

/**
 * Puts the rooms together. Nothing is opened or loaded before it is needed: a known answer costs no model, `doctor`
 * works without a library.
 * @throws LongviewError `bad-argument`.
 */
export function createEngine(config: EngineConfig, parts: Partial<EngineParts> = {}): LongviewEngine {
  if (typeof config.libraryDir !== 'string' || config.libraryDir === '')
    throw badArgument('libraryDir', 'a folder', config.libraryDir);
  return new Assembly(config, parts).engine();
}

class Assembly {
  readonly #config: EngineConfig;
  readonly #libraryDir: string;
  readonly #bundles: Bundles;
  readonly #loaded: LoadedModels;
  readonly #media: IndexingMedia;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #store: Store | undefined;

  constructor(config: EngineConfig, parts: Partial<EngineParts>) {
    this.#config = config;
    this.#libraryDir = resolve(config.libraryDir);
    this.#bundles = new Bundles({
      builtin: config.builtinModel ?? resolve(import.meta.dirname, '../models/builtin'),
      others: config.modelsDir ?? join(this.#libraryDir, 'models'),
    });
    this.#loaded = new LoadedModels(parts.openModel ?? ((folder) => this.#openModel(folder)));
    this.#media = parts.media ?? this.#ownMedia();
  }

  engine(): LongviewEngine {
    const run = <T>(options: CallOptions | undefined, work: (signal: AbortSignal) => Promise<T>) =>
      this.#run(options?.signal, work);
    const view = libraryView({
      store: () => this.#library(),
      video: (idOrPath) => this.#video(idOrPath),
      activeFingerprint: () => this.#activeFingerprint(),
      embed: (words, signal) => run({ signal }, () => this.#embed(words)),
    });
    const close = () => this.#close();
    return {
      ...view,
      index: (request, options) => run(options, (signal) => this.#index(request, { ...options, signal })),
      library: () => run(undefined, () => this.#list()),
      remove: (request) => run(undefined, () => this.#remove(request)),
      find: (request, options) =>
        run(options, (signal) =>
          this.#search(request.in, (deps) => find(deps, request, { ...options, signal })),
        ),
      ask: (request, options) =>
        run(options, (signal) =>
          this.#search(request.in, (deps) => ask(deps, request, { ...options, signal })),
        ),
      models: () => run(undefined, () => this.#models()),
      doctor: () => run(undefined, () => this.#doctor()),
      close,
      [Symbol.asyncDispose]: close,
    };
  }

  async #index(request: unknown, options: CallOptions): Promise<IndexResult> {
    const { paths, model: id, fps, force } = parseRequest(indexRequestSchema, request);
    const store = this.#library();
    const active = await this.#active();
    const bundle = id === undefined ? active : await this.#bundles.named(id);
    if (!bundle.manifest.can.includes('embed'))
      throw new LongviewError(
        'bad-argument',
        `The model ${bundle.manifest.id} can't look at videos, it can only ${bundle.manifest.can.join(' and ')}.`,
        'Choose one that can "embed" (see the list of models).',
      );
    const result = await this.#loaded.use(bundle.fingerprint, bundle.folder, (open) => {
      const model: IndexingModel = {
        id: bundle.manifest.id,
        fingerprint: bundle.fingerprint,
        fps: bundle.manifest.eyes?.framesPerSecond ?? 2,
        eyes: async () => (await open()).eyes!,
      };
      return indexVideos({ store, media: this.#media, model }, paths, { ...options, fps, force });
    });
    // A library is searched with the bundle that it was last indexed with.
    if (
      bundle.fingerprint !== active.fingerprint &&
      result.videos.some((video) => video.status === 'indexed')
    )
      store.setSetting(activeModelSetting, bundle.manifest.id);
    return result;
  }

  async #list(): Promise<LibraryResult> {
    const videos = await listVideos(this.#library(), await this.#activeFingerprint());
    return { folder: this.#libraryDir, videos };
  }

  async #remove(request: unknown): Promise<RemoveResult> {
    const { video: place } = parseRequest(removeRequestSchema, request);
    const store = this.#library();
    const video = await this.#video(place);
    const jobs = new Map(store.jobs().map((job) => [job.path, job]));
    const removed = await listVideo(video, jobs, await this.#activeFingerprint());
    store.removeVideo(video.id);
    return { removed };
  }

  /** Runs `work` with what searching needs; the bundle stays loaded until it is done. */
  async #search<T>(places: unknown, work: (deps: SearchDeps) => Promise<T>): Promise<T> {
    for (const place of [places].flat()) if (typeof place === 'string') await this.#recognise(place);
    const { manifest, fingerprint, folder } = await this.#active();
    return this.#loaded.use(fingerprint, folder, (open) => {
      const model: ModelHandle = { id: manifest.id, fingerprint, open };
      return work({ store: this.#library(), model, match: matchNouns });
    });
  }

  async #embed(words: string): Promise<Float32Array> {
    const { manifest, fingerprint, folder } = await this.#active();
    return this.#loaded.use(fingerprint, folder, async (open) => {
      const { text } = await open();
      if (!text)
        throw new LongviewError(
          'bad-argument',
          `The model ${manifest.id} can't read words.`,
          'Index with one that can "embed" (see the list of models).',
        );
      const [embedding] = await text.embed([words]);
      return embedding;
    });
  }

  async #models(): Promise<{ models: ReturnType<typeof modelInfo>[] }> {
    const active = await this.#activeFingerprint();
    return { models: (await this.#bundles.all()).map((bundle) => modelInfo(bundle, active)) };
  }

  async #doctor() {
    const { examine } = await import('./assembly/doctor.ts');
    return examine({
      libraryDir: this.#libraryDir,
      store: () => this.#library(),
      tools: () => findMediaTools(this.#config.mediaTools),
      models: async () => {
        const { manifest } = await this.#active();
        const all = (await this.#bundles.all()).flatMap((bundle) =>
          bundle.manifest ? [bundle.manifest.id] : [],
        );
        return [manifest.id, ...all.filter((id) => id !== manifest.id)];
      },
    });
  }

  /** The bundle that this library is indexed with. @throws LongviewError `bad-bundle`, `unknown-model`. */
  async #active(): Promise<FoundBundle> {
    const chosen = z.string().safeParse(this.#library().setting(activeModelSetting)).data;
    return chosen === undefined ? this.#bundles.builtin() : this.#bundles.named(chosen);
  }

  /** For listing, which works without any model. */
  async #activeFingerprint(): Promise<string | undefined> {
    try {
      return (await this.#active()).fingerprint;
    } catch (error) {
      if (error instanceof LongviewError && ['bad-bundle', 'unknown-model'].includes(error.code))
        return undefined;
      throw error;
    }
  }

  /** A video by id or path, also where it was moved to since. @throws LongviewError `video-not-in-library`. */
  async #video(idOrPath: string): Promise<StoredVideo> {
    await this.#recognise(idOrPath);
    return this.#library().video(idOrPath);
  }

  /** Notes where a known video was moved to, when it is asked for at its new place. */
  async #recognise(idOrPath: string): Promise<void> {
    const store = this.#library();
    try {
      store.video(idOrPath);
      return;
    } catch (error) {
      if (!(error instanceof LongviewError) || error.code !== 'video-not-in-library') throw error;
    }
    const path = isAbsolute(idOrPath) ? idOrPath : resolve(idOrPath);
    if (!(await stat(path).catch(() => undefined))?.isFile()) return;
    const known = store.videoByContent(await this.#media.contentId(path, {}));
    if (known) store.saveFile(path, known);
  }

  #library(): Store {
    if (this.#closing.signal.aborted) throw stopped();
    return (this.#store ??= openStore(this.#libraryDir));
  }

  /** The runtime is imported with the first model that is loaded. */
  async #openModel(folder: string) {
    const room: string = './vlm/index.ts';
    const { openModel } = (await import(room)) as {
      openModel: (folder: string, options: object) => Promise<Model>;
    };
    return openModel(folder, {
      provider: this.#config.provider ?? 'auto',
      threads: this.#config.threads,
      hashCache: join(this.#libraryDir, 'verified.json'),
    });
  }

  #ownMedia(): IndexingMedia {
    const { mediaTools } = this.#config;
    let tools: MediaTools | undefined;
    return {
      findVideos,
      contentId,
      async probe(file, options) {
        tools = await findMediaTools(mediaTools);
        return probe(file, { ...options, tools });
      },
      sampleFrames: (file, info, options) => sampleFrames(file, info, { ...options, tools }),
    };
  }

  /** Runs a call: refused after `close`, cancelled by it, and waited for by it. */
  async #run<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#closing.signal.aborted) throw stopped();
    throwIfCancelled(signal);
    const running = work(AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])]));
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#running);
    await this.#loaded.close();
    this.#store?.close();
    this.#store = undefined;
  }
}

function stopped(): LongviewError {
  return new LongviewError('engine-stopped', 'The engine was closed.', 'Start Longview again.');
}
