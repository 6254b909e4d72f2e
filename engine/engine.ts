import { join } from 'node:path';
import { writeStillAt } from './media/index.ts';
import type { AskMeasures, AskTools } from './protocol/asking.ts';
import type { LibraryBackups } from './protocol/backup.ts';
import type { PowerMode } from './protocol/desktop.ts';
import type { Engine, ModelTools } from './protocol/engine.ts';
import { badArgument } from './protocol/errors.ts';
import type { QueueMemory } from './protocol/queue.ts';
import type { LibraryView } from './protocol/view.ts';
import type { WatchedFolders } from './protocol/folders.ts';
import type { Keeping } from './protocol/keeping.ts';
import type { TeamTools } from './protocol/team.ts';
import type { TranscriptTools } from './protocol/transcript.ts';
import type { WindowTools } from './protocol/window.ts';
import { libraryBackups } from './services/backups.ts';
import { Context, type EngineConfig, type EngineParts } from './services/context.ts';
import { IndexingService } from './services/indexing.ts';
import { footageFiles } from './services/footage-file.ts';
import { FolderService } from './services/folders/index.ts';
import { keeping } from './services/keeping.ts';
import { libraryView } from './services/library-view.ts';
import { LibraryService } from './services/library.ts';
import { ModelService } from './services/models.ts';
import { queueMemory } from './services/queue-memory.ts';
import { want } from './services/optional-extractors.ts';
import { SearchService } from './services/searching.ts';
import { teamTools } from './services/team.ts';
import { transcripts } from './services/transcripts.ts';
import { videoAt } from './services/video-paths.ts';
import { windowTools } from './services/window-tools.ts';

export type { EngineConfig, EngineParts } from './services/context.ts';

/** The engine with what a window needs beside its commands. */
export type LongviewEngine = Engine &
  AskTools &
  AskMeasures &
  LibraryView &
  LibraryBackups &
  QueueMemory &
  TranscriptTools &
  Keeping &
  WatchedFolders &
  WindowTools &
  ModelTools &
  AsyncDisposable & {
    /** A team's hub; nothing of it is loaded before it is used. */
    team: TeamTools;
    /** How hard indexing may work; takes effect at once, also on what is being indexed. */
    setPowerMode(powerMode: PowerMode): void;
  };

/**
 * Puts the rooms together. Nothing is opened or loaded before it is needed: a known answer costs no model, `doctor`
 * works without a library.
 * @throws LongviewError `bad-argument`.
 */
export function createEngine(config: EngineConfig, parts: Partial<EngineParts> = {}): LongviewEngine {
  if (typeof config.libraryDir !== 'string' || config.libraryDir === '')
    throw badArgument('libraryDir', 'a folder', config.libraryDir);
  const context = new Context(config, parts);
  const indexing = new IndexingService(context);
  const searching = new SearchService(context);
  const models = new ModelService(context);
  const library = new LibraryService(context);
  const store = () => context.store();
  const video = (idOrPath: string) => videoAt(store(), context.media, idOrPath);
  const view = libraryView({
    store,
    video,
    activeFingerprint: () => context.active.fingerprint(),
    footage: footageFiles(context.media),
    writeStill: async (path, time, target) => writeStillAt(path, time, target, await context.tools()),
    embed: (words, signal) => context.run({ signal }, () => context.active.embed(words)),
    seen: (id, signal) => searching.seen(id, signal),
  });
  const libraryMethods = library.methods(
    () => searching.selfTested(),
    () => models.list(),
  );
  const folders = new FolderService(store);
  const close = () => context.close();
  return {
    ...view,
    ...queueMemory(store),
    ...libraryBackups(context),
    ...transcripts({
      ...{ store, video },
      footage: (id) => view.footage(id),
      tools: () => context.tools(),
    }),
    ...keeping({ store, video }),
    ...toolsOf(context, view, models, video),
    ...searching.methods(),
    ...models.methods(),
    ...libraryMethods,
    ...followedFolders(folders),
    index: (request, options) => {
      if (Array.isArray(request?.paths)) folders.takeBack(request.paths);
      return indexing.index(request, options);
    },
    remove: async (request) => {
      const { paths, path } = await video(String(request?.video));
      const removed = await libraryMethods.remove(request);
      folders.leaveOut([path, ...paths]);
      return removed;
    },
    team: teamTools(context, indexing),
    setPowerMode: (powerMode) => indexing.setPowerMode(powerMode),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The service's methods, bound. */
function followedFolders(folders: FolderService): WatchedFolders {
  return {
    folders: () => folders.folders(),
    addFolder: (request) => folders.addFolder(request),
    changeFolder: (request) => folders.changeFolder(request),
    removeFolder: (request) => folders.removeFolder(request),
    completePath: (request) => folders.completePath(request),
    newFootage: (request) => folders.newFootage(request),
    followFolders: (listener) => folders.followFolders(listener),
  };
}

/** What a window does beside searching and asking; what takes long can be cancelled. */
function toolsOf(
  context: Context,
  view: LibraryView,
  models: ModelService,
  video: Parameters<typeof windowTools>[0]['video'],
): WindowTools {
  const tools = windowTools({
    store: () => context.store(),
    media: context.media,
    video,
    footage: (id) => view.footage(id),
    storage: () => view.storage(),
    models: () => models.list(),
    tools: () => context.tools(),
    reopen: () => context.loaded.letGoOfAll(),
    forgetEncoder: (id) => context.encoders.remove(id),
    forgetSpeech: async (id) => {
      // What was heard stays; without any model nothing more is heard.
      if (!(await context.hearing.remove(id))) want(context.store(), { without: ['speech'] });
    },
    fetching: {
      hub: context.config.hub ?? 'https://huggingface.co',
      folder: join(context.libraryDir, 'downloads'),
      ...(context.config.catalogue !== undefined && { catalogue: context.config.catalogue }),
      ids: async () => (await context.bundles.all()).flatMap((bundle) => bundle.manifest?.id ?? []),
      importModel: (request, options) => models.importBeside(request, options),
    },
  });
  const run = context.run.bind(context);
  return {
    ...tools,
    relink: (request, options) => run(options, (signal) => tools.relink(request, { ...options, signal })),
    exportMoments: (request, options) =>
      run(options, (signal) => tools.exportMoments(request, { ...options, signal })),
    downloadModel: (request, options) =>
      run(options, (signal) => tools.downloadModel(request, { ...options, signal })),
  };
}
