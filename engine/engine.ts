import { join, resolve } from 'node:path';
import { ActiveModel } from './services/active-model.ts';
import { limitAnswers, requestAgain } from './services/ask-tools.ts';
import { Bundles, type FoundBundle, modelInfo } from './services/bundles.ts';
import { Calls } from './services/calls.ts';
import { gentleEyes } from './services/low-power.ts';
import { footageState } from './services/footage-state.ts';
import { importModel } from './services/importing.ts';
import { listVideo, listVideos } from './services/listing.ts';
import { LoadedModels, type OpenModel } from './services/loaded.ts';
import { mediaWith } from './services/media.ts';
import { recognise, videoAt } from './services/video-paths.ts';
import { queueMemory } from './services/queue-memory.ts';
import { limitsOf, windowTools } from './services/window-tools.ts';
import { runVniah } from './services/needles.ts';
import { verifyModel } from './services/verifying.ts';
import { libraryView } from './services/library-view.ts';
import { indexVideos, type IndexingMedia } from './indexing/index.ts';
import { findMediaTools, framesAt, type FindToolsOptions, writeStillAt } from './media/index.ts';
import type { IndexingPace } from './protocol/desktop.ts';
import type { CallOptions, Engine, ModelTools } from './protocol/engine.ts';
import { badArgument, LongviewError } from './protocol/errors.ts';
import {
  askRequestSchema,
  findRequestSchema,
  indexRequestSchema,
  parseRequest,
  removeRequestSchema,
} from './protocol/requests.ts';
import type {
  DoctorResult,
  ImportResult,
  IndexResult,
  LibraryResult,
  ModelsResult,
  RemoveResult,
  VerifyResult,
} from './protocol/results.ts';
import { selfTestRequestSchema, type AskMeasures, type AskTools } from './protocol/asking.ts';
import type { QueueMemory } from './protocol/queue.ts';
import type { WindowTools } from './protocol/window.ts';
import type { LibraryView } from './protocol/view.ts';
import { vniahRequestSchema, type VniahResult } from './protocol/vniah.ts';
import { find, EarlierReads, KeptTokens, type Answering, type SearchDeps } from './search/index.ts';
import { ask, choose, plan, selfTest, selfTested } from './answering/index.ts';
import { openStore, type Store } from './library/index.ts';
import type { ProviderChoice } from './inference/providers.ts';
import type { Model } from './inference/types.ts';
import { matchNouns } from './language/vocabulary/match.ts';

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
  /** Where to look for ffmpeg. */
  mediaTools?: FindToolsOptions;
}

/** Rooms that tests put others in for. */
export interface EngineParts {
  openModel: OpenModel;
  media: IndexingMedia;
}

/** The engine with what a window needs beside its commands. */
export type LongviewEngine = Engine &
  AskTools &
  AskMeasures &
  LibraryView &
  QueueMemory &
  WindowTools &
  ModelTools &
  AsyncDisposable & {
    /** How hard indexing may work; takes effect at once, also on what is being indexed. */
    setPace(pace: IndexingPace): void;
  };

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
  readonly #media: IndexingMedia;
  readonly #bundles: Bundles;
  readonly #loaded: LoadedModels;
  readonly #active: ActiveModel;
  readonly #calls = new Calls();
  readonly #kept = new KeptTokens();
  readonly #earlier = new EarlierReads();
  #store: Store | undefined;
  #pace: IndexingPace = 'full';

  constructor(config: EngineConfig, parts: Partial<EngineParts>) {
    this.#config = config;
    this.#libraryDir = resolve(config.libraryDir);
    this.#media = parts.media ?? mediaWith(config.mediaTools);
    this.#bundles = new Bundles({
      builtin: config.builtinModel ?? resolve(import.meta.dirname, '../models/builtin'),
      others: config.modelsDir ?? join(this.#libraryDir, 'models'),
    });
    this.#loaded = new LoadedModels(parts.openModel ?? ((folder) => this.#openModel(folder)));
    this.#active = new ActiveModel(this.#bundles, this.#loaded, () => this.#library());
  }

  engine(): LongviewEngine {
    const run = <T>(options: CallOptions | undefined, work: (signal: AbortSignal) => Promise<T>) =>
      this.#calls.run(options?.signal, work);
    const close = () => this.#close();
    const view = libraryView({
      store: () => this.#library(),
      video: (idOrPath) => videoAt(this.#library(), this.#media, idOrPath),
      activeFingerprint: () => this.#active.fingerprint(),
      writeStill: async (path, time, target) =>
        writeStillAt(path, time, target, await findMediaTools(this.#config.mediaTools)),
      embed: (words, signal) => run({ signal }, () => this.#active.embed(words)),
    });
    return {
      ...view,
      ...queueMemory(() => this.#library()),
      ...this.#windowTools(view, run),
      index: (request, options) => run(options, (signal) => this.#index(request, { ...options, signal })),
      library: () => run(undefined, () => this.#list()),
      remove: (request) => run(undefined, () => this.#remove(request)),
      find: (request, options) =>
        run(options, (signal) =>
          this.#search(parseRequest(findRequestSchema, request), (deps) =>
            find(deps, request, { ...options, signal }),
          ),
        ),
      ask: (request, options) =>
        run(options, (signal) =>
          this.#ask(parseRequest(askRequestSchema, request), (deps) =>
            ask(deps, request, { ...options, signal }),
          ),
        ),
      plan: (request, options) =>
        run(options, (signal) =>
          this.#ask(parseRequest(askRequestSchema, request), (deps) =>
            plan(deps, request, { ...options, signal }),
          ),
        ),
      rerun: (request, options) =>
        run(options, async (signal) => {
          const again = requestAgain(this.#library(), request);
          return this.#ask(again, (deps) => ask(deps, again, { ...options, signal }));
        }),
      choose: (request, options) =>
        run(options, (signal) => this.#ask(request, (deps) => choose(deps, request, { ...options, signal }))),
      selfTest: (request, options) =>
        run(options, (signal) =>
          this.#ask(parseRequest(selfTestRequestSchema, request), (deps) =>
            selfTest(deps, request, { ...options, signal }),
          ),
        ),
      selfTested: () => run(undefined, async () => ({ found: (await this.#selfTested()) ?? null })),
      limitAnswers: (request) => run(undefined, async () => limitAnswers(this.#library(), request)),
      models: () => run(undefined, () => this.#models()),
      importModel: (request, options) =>
        run(options, (signal) => this.#import(request, { ...options, signal })),
      verifyModel: (request, options) =>
        run(options, (signal) => this.#verify(request, { ...options, signal })),
      vniah: (request, options) => run(options, (signal) => this.#vniah(request, { ...options, signal })),
      doctor: () => run(undefined, () => this.#doctor()),
      setPace: (pace) => {
        this.#pace = pace;
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  }

  async #index(request: unknown, options: CallOptions & { queued?: boolean }): Promise<IndexResult> {
    const { paths, model: id, fps, force } = parseRequest(indexRequestSchema, request);
    const store = this.#library();
    const active = await this.#active.fingerprint();
    const bundle = id === undefined ? await this.#active.bundle() : await this.#bundles.named(id);
    if (!bundle.manifest.can.includes('embed')) throw cannotLook(bundle);
    // A process that dies leaves the request to whoever comes next; one from a queue is kept there.
    const held = options.queued ? undefined : store.holdRequest(request);
    const result = await this.#active.with(bundle, (model) => {
      const eyes = async () => {
        const opened = await model.open();
        if (!opened.eyes) throw cannotLook(bundle);
        return gentleEyes(opened.eyes, () => this.#isGentle());
      };
      const looking = {
        ...model,
        fps: bundle.manifest.eyes?.framesPerSecond ?? 2,
        detects: bundle.manifest.can.includes('detect'),
        eyes,
      };
      return indexVideos({ store, media: this.#media, model: looking }, paths, { ...options, fps, force });
    }).finally(() => held?.end());
    const changed = bundle.fingerprint !== active;
    if (changed && result.videos.some((video) => video.status === 'indexed')) this.#active.choose(bundle);
    return result;
  }

  #isGentle(): boolean {
    // Also asked while the engine is being closed.
    const gentle = this.#store && limitsOf(this.#store).gentle;
    return gentle === 'always' || (gentle === 'battery' && this.#pace === 'gentle');
  }

  #windowTools(
    view: LibraryView,
    run: <T>(options: CallOptions | undefined, work: (signal: AbortSignal) => Promise<T>) => Promise<T>,
  ): WindowTools {
    const tools = windowTools({
      store: () => this.#library(),
      media: this.#media,
      video: (idOrPath) => videoAt(this.#library(), this.#media, idOrPath),
      footage: (id) => view.footage(id),
      storage: () => view.storage(),
      models: () => this.#models(),
      tools: () => findMediaTools(this.#config.mediaTools),
      reopen: () => this.#loaded.letGoOfAll(),
      fetching: {
        hub: this.#config.hub ?? 'https://huggingface.co',
        folder: join(this.#libraryDir, 'downloads'),
        ids: async () => (await this.#bundles.all()).flatMap((bundle) => bundle.manifest?.id ?? []),
        importModel: (request, options) => this.#import(request, options),
      },
    });
    return {
      ...tools,
      relink: (request, options) => run(options, (signal) => tools.relink(request, { ...options, signal })),
      exportMoments: (request, options) =>
        run(options, (signal) => tools.exportMoments(request, { ...options, signal })),
      downloadModel: (request, options) =>
        run(options, (signal) => tools.downloadModel(request, { ...options, signal })),
    };
  }

  async #list(): Promise<LibraryResult> {
    const videos = await listVideos(this.#library(), await this.#active.fingerprint());
    return { folder: this.#libraryDir, videos };
  }

  async #remove(request: unknown): Promise<RemoveResult> {
    const { video: place } = parseRequest(removeRequestSchema, request);
    const store = this.#library();
    const video = await videoAt(store, this.#media, place);
    const jobs = new Map(store.jobs().map((job) => [job.path, job]));
    const removed = await listVideo(video, jobs, await this.#active.fingerprint());
    store.removeVideo(video.id);
    return { removed };
  }

  /** Runs `work` with what searching needs; the model stays loaded until it is done. */
  async #search<T>({ in: places }: { in?: unknown }, work: (deps: SearchDeps) => Promise<T>): Promise<T> {
    const store = this.#library();
    for (const place of [places].flat())
      if (typeof place === 'string') await recognise(store, this.#media, place);
    return this.#active.use((model) =>
      work({
        store,
        model,
        match: matchNouns,
        footageState: ({ id }) => footageState(store, this.#media, id),
      }),
    );
  }

  /** The same for questions, which another bundle may answer: the one that was named, or that of the settings. */
  async #ask<T>(
    request: { in?: unknown; model?: string | undefined },
    work: (deps: SearchDeps) => Promise<T>,
  ): Promise<T> {
    const bundle = await this.#reader(request.model);
    if (!bundle) return this.#search(request, work);
    const pictures: Answering['framesAt'] = async ({ path }, times, size, signal) =>
      framesAt(path, times, size, { signal, tools: await findMediaTools(this.#config.mediaTools) });
    return this.#search(request, (deps) =>
      this.#active.with(bundle, (model) =>
        work({ ...deps, answering: { model, framesAt: pictures, kept: this.#kept, earlier: this.#earlier } }),
      ),
    );
  }

  /** The bundle that answers, where it isn't the library's own. @throws LongviewError `unknown-model`, `cannot-read`. */
  async #reader(named: string | undefined): Promise<FoundBundle | undefined> {
    const chosen = named ?? limitsOf(this.#library()).reader ?? undefined;
    if (chosen === undefined) return undefined;
    const own = await this.#active.bundle();
    if (chosen === own.manifest.id) return undefined;
    const bundle = await this.#bundles.named(chosen);
    if (bundle.manifest.can.includes('read') && bundle.manifest.vision) return bundle;
    throw new LongviewError(
      'cannot-read',
      `The model ${chosen} can't answer questions about footage that another one indexed.`,
      'Choose one that can "read" and isn’t built in (see the list of models), or index with it.',
      { details: { model: chosen } },
    );
  }

  async #models(): Promise<ModelsResult> {
    const active = await this.#active.fingerprint();
    return { models: (await this.#bundles.all()).map((bundle) => modelInfo(bundle, active)) };
  }

  async #import(request: unknown, options: CallOptions): Promise<ImportResult> {
    return importModel(this.#bundles, await this.#active.fingerprint(), request, options);
  }

  async #verify(request: unknown, options: CallOptions): Promise<VerifyResult> {
    const { threads } = this.#config;
    return verifyModel(this.#bundles, request, options, { threads, hashCache: this.#hashCache });
  }

  async #vniah(request: unknown, options: CallOptions): Promise<VniahResult> {
    const parsed = parseRequest(vniahRequestSchema, request);
    const { model: id } = parsed;
    const bundle = id === undefined ? await this.#active.bundle() : await this.#bundles.named(id);
    return this.#active.with(bundle, async (model) =>
      runVniah(parsed, await model.open(), options, this.#config.mediaTools),
    );
  }

  async #doctor(): Promise<DoctorResult> {
    const { examine } = await import('./services/doctor.ts');
    return examine({
      libraryDir: this.#libraryDir,
      store: () => this.#library(),
      tools: () => findMediaTools(this.#config.mediaTools),
      selfTest: () => this.#selfTested(),
      models: async () => {
        const { manifest } = await this.#active.bundle();
        const ids = (await this.#bundles.all()).flatMap((bundle) => bundle.manifest?.id ?? []);
        return [manifest.id, ...ids.filter((id) => id !== manifest.id)];
      },
    });
  }

  async #selfTested(): Promise<ReturnType<typeof selfTested>> {
    const bundle = (await this.#reader(undefined)) ?? (await this.#active.bundle());
    return selfTested(this.#library(), bundle.fingerprint);
  }

  /** Which files of bundles were found to be as their manifests say. */
  get #hashCache(): string {
    return join(this.#libraryDir, 'verified.json');
  }

  #library(): Store {
    this.#calls.refuseAfterEnd();
    return (this.#store ??= openStore(this.#libraryDir));
  }

  /** The runtime is imported with the first model that is loaded. */
  async #openModel(folder: string): Promise<Model> {
    const { openModel } = await import('./inference/index.ts');
    const limits = limitsOf(this.#library());
    const { provider = limits.provider, threads = limits.threads ?? undefined } = this.#config;
    return openModel(folder, { provider, threads, hashCache: this.#hashCache });
  }

  async #close(): Promise<void> {
    await this.#calls.end();
    await this.#loaded.close();
    this.#store?.close();
    this.#store = undefined;
  }
}

function cannotLook({ manifest: { id, can } }: FoundBundle): LongviewError {
  return new LongviewError(
    'bad-argument',
    `The model ${id} can't look at videos, it can only ${can.join(' and ')}.`,
    'Choose one that can "embed" (see the list of models).',
    { details: { model: id } },
  );
}
