import { randomUUID } from 'node:crypto';
import { parse, sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { badArgument, LongviewError } from '../protocol/errors.ts';
import { exportName } from '../protocol/export-name.ts';
import { callSchema, happeningSchema, methods } from '../protocol/wire.ts';
import { givenPath } from '../media/given-path.ts';
import { parseRequest } from '../protocol/requests.ts';
import { changesBetween } from '../protocol/activity-changes.ts';
import { createQueue, type Queue } from './queue.ts';
import { failureOf } from './failure.ts';
import type { CallOptions, Engine, ModelTools } from '../protocol/engine.ts';
import type { KeptJob, QueueMemory } from '../protocol/queue.ts';
import type { AskMeasures, AskTools } from '../protocol/asking.ts';
import type { AskRun } from '../protocol/results.ts';
import type { LibraryView } from '../protocol/view.ts';
import type { WatchedFolders } from '../protocol/folders.ts';
import type { Keeping, Kept } from '../protocol/keeping.ts';
import type { TranscriptTools } from '../protocol/transcript.ts';
import type { ExportMomentsRequest, ExportPlace, WindowTools } from '../protocol/window.ts';
import type {
  Activity,
  Happening,
  HostInfo,
  Job,
  Method,
  Reply,
  RequestOf,
  ResultOf,
} from '../protocol/wire.ts';

/** What a host puts behind its windows. */
export type ServedEngine = Engine &
  AskTools &
  Pick<AskMeasures, 'selfTest' | 'selfTested'> &
  LibraryView &
  QueueMemory &
  TranscriptTools &
  Keeping &
  WatchedFolders &
  Pick<ModelTools, 'importModel'> &
  WindowTools;

/** One engine, served to any number of windows over whatever carries the messages. */
export interface Session {
  /**
   * Answers one call. `send` gets each part and then the result or the error; never rejects.
   * @param message a {@link Call}, unparsed
   */
  answer(message: unknown, send: (reply: Reply) => void, signal: AbortSignal): Promise<void>;
  /** Tells of every happening until the returned function is called. */
  listen(onHappening: (happening: Happening) => void): () => void;
  /** Tells windows that the library was changed by somebody else. */
  libraryChanged(): void;
  /** Stops what is running; the engine itself is left to whoever made it. */
  close(): Promise<void>;
}

/** What only a host can do. */
export interface HostAbilities {
  info: HostInfo;
  /** Opens the system's file dialog. */
  pickPaths?: () => Promise<string[]>;
  /** Opens the system's dialog for where to save: a file under this name, or a folder. Nothing where it was closed. */
  pickTarget?: (wanted: { name: string; folder: boolean }) => Promise<string | undefined>;
  /** The folder for exports. */
  exportsDir?: () => Promise<string>;
}

interface Context extends CallOptions {
  signal: AbortSignal;
  part: (name: string, value: unknown) => void;
}
type Handlers = { [M in Method]: (request: RequestOf<M>, context: Context) => Promise<ResultOf<M>> };

/** Serves an engine; see {@link Session}. */
export function createSession(engine: ServedEngine, abilities: HostAbilities): Session {
  const listeners = new Set<(happening: Happening) => void>();
  const tell = (happening: Happening) => {
    if (listeners.size === 0) return;
    const parsed = happeningSchema.parse(happening);
    for (const listener of listeners) listener(parsed);
  };
  const host = randomUUID();
  let told: Job[] = [];
  let changes = 0;
  const all = ({ jobs }: Activity): Activity => ({ jobs, at: { host, change: changes } });
  const closed = new AbortController();
  const keep = (jobs: KeptJob[]) => void engine.keepQueue(jobs).catch(() => undefined);
  // Nothing takes the place of what was kept before that is read.
  let keeping = false;
  let unkept: KeptJob[] | undefined;
  const queue = createQueue(engine, {
    onChange: ({ jobs }) => {
      const changed = changesBetween(told, jobs);
      told = jobs;
      tell({ event: 'activity', value: { at: { host, change: ++changes }, ...changed } });
    },
    onLibrary: () => tell({ event: 'library' }),
    // A queue that can't be kept still runs: what is wrong with the library is told by whoever uses it.
    onKeep: (jobs) => (keeping ? keep(jobs) : (unkept = jobs)),
  });
  // What a crash or a closed window left undone goes on by itself, as it was asked for.
  const goOn = async () => {
    for (const { request, paused } of await whenFree(() => engine.keptQueue(), closed.signal))
      queue.add(request, paused);
  };
  let unfollow = (): void => undefined;
  void goOn()
    // Where the library can't be opened, the first call tells why.
    .catch(() => undefined)
    .finally(() => {
      keeping = true;
      if (unkept && !closed.signal.aborted) keep(unkept);
    })
    // What came into followed folders meanwhile comes after what was asked for.
    .then(() => {
      if (!closed.signal.aborted) unfollow = follow(engine, queue, tell);
    })
    .catch(() => undefined);
  const handlers = handlersFor(engine, telling(queue, all), abilities, (event) => tell({ event }));

  return {
    async answer(message, send, signal) {
      const parsed = callSchema.safeParse(message);
      if (!parsed.success) {
        send({ id: idOf(message), error: failureOf(notACall()) });
        return;
      }
      const { id, method, request } = parsed.data;
      const part = (name: string, value: unknown) => send({ id, part: name, value });
      const context: Context = { signal, part, onProgress: (progress) => part('progress', progress) };
      try {
        const handler = handlers[method] as (request: unknown, context: Context) => Promise<unknown>;
        send({ id, result: methods[method].result.parse(await handler(request, context)) });
      } catch (error) {
        send({ id, error: failureOf(error) });
      }
    },
    listen(onHappening) {
      listeners.add(onHappening);
      return () => listeners.delete(onHappening);
    },
    libraryChanged: () => tell({ event: 'library' }),
    async close() {
      closed.abort();
      unfollow();
      await queue.close();
      listeners.clear();
    },
  };
}

/** Follows the library's folders: what is found there is indexed. */
function follow(engine: ServedEngine, queue: Queue, tell: (happening: Happening) => void): () => void {
  return engine.followFolders({
    onFound: (paths) => void queue.add({ paths }),
    onLibrary: () => tell({ event: 'library' }),
    onFolders: () => tell({ event: 'folders' }),
    isBusy: (folder) =>
      queue
        .activity()
        .jobs.some(
          ({ state, paths }) =>
            ['waiting', 'running', 'paused'].includes(state) &&
            paths.some(
              (path) => folder === path || folder.startsWith(path.endsWith(sep) ? path : path + sep),
            ),
        ),
  });
}

type TellingQueue = Pick<Queue, 'activity' | 'add' | 'cancel' | 'pause' | 'resume' | 'move' | 'clear'>;

/** A queue whose answers say how many changes they are after. */
function telling(queue: Queue, all: (activity: Activity) => Activity): TellingQueue {
  return {
    activity: () => all(queue.activity()),
    add: (request, paused) => all(queue.add(request, paused)),
    cancel: (id) => all(queue.cancel(id)),
    pause: (id) => all(queue.pause(id)),
    resume: (id) => all(queue.resume(id)),
    move: (id, to) => all(queue.move(id, to)),
    clear: () => all(queue.clear()),
  };
}

/** So long after the library was found locked it is tried again. */
const lockedMs = 500;

/** Tries again as long as another program has the library locked. */
async function whenFree<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof LongviewError) || error.code !== 'library-locked') throw error;
      await wait(lockedMs, undefined, { signal });
    }
  }
}

function handlersFor(
  engine: ServedEngine,
  queue: TellingQueue,
  abilities: HostAbilities,
  changed: (event: 'library' | 'kept' | 'folders') => void,
): Handlers {
  const libraryChanged = () => changed('library');
  const kept = async (change: Promise<Kept>) => {
    const now = await change;
    changed('kept');
    return now;
  };
  const job = (request: unknown) => parseRequest(methods.cancelJob.request, request).job;
  return {
    hello: async () => abilities.info,
    // The engine parses its own requests.
    index: (request, { signal, onProgress }) => engine.index(request, { signal, onProgress }),
    library: () => engine.library(),
    remove: async (request) => {
      const removed = await engine.remove(request);
      libraryChanged();
      return removed;
    },
    find: (request, { part, ...options }) =>
      engine.find(request, { ...options, onFirst: (first) => part('first', first) }),
    ask: (request, { part, ...options }) => engine.ask(request, { ...options, ...answering(part) }),
    plan: (request, { signal, onProgress }) => engine.plan(request, { signal, onProgress }),
    rerun: (request, { part, ...options }) => engine.rerun(request, { ...options, ...answering(part) }),
    limitAnswers: (request) => engine.limitAnswers(request),
    selfTest: (request, { signal, onProgress }) => engine.selfTest(request, { signal, onProgress }),
    selfTested: () => engine.selfTested(),
    models: () => engine.models(),
    doctor: () => engine.doctor(),
    report: (request) => engine.report(request),
    transcript: (request) => engine.transcript(request),
    correctTranscript: async (request) => {
      const corrected = await engine.correctTranscript(request);
      libraryChanged();
      return corrected;
    },
    exportTranscript: async (request, { signal, onProgress }) => {
      const parsed = parseRequest(methods.exportTranscript.request, request);
      const { path } = await engine.video({ video: parsed.video });
      const name = exportName(parse(path).name, parsed.format);
      const place = await exportPlace(abilities, { to: parsed.to, name, folder: false });
      return engine.exportTranscript(parsed, { signal, onProgress, ...(place ? { place } : {}) });
    },
    screenText: (request) => engine.screenText(request),
    video: (request) => engine.video(request),
    relevance: (request, { signal }) => engine.relevance(request, { signal }),
    seen: (request, { signal }) => engine.seen(request, { signal }),
    objects: (request) => engine.objects(request),
    answers: (request) => engine.answers(request),
    editAnswer: (request) => engine.editAnswer(request),
    kept: () => engine.kept(),
    keep: (request) => kept(engine.keep(request)),
    changeKept: (request) => kept(engine.changeKept(request)),
    forgetKept: (request) => kept(engine.forgetKept(request)),
    editBin: (request) => kept(engine.editBin(request)),
    folders: () => engine.folders(),
    addFolder: (request) => engine.addFolder(request),
    changeFolder: (request) => engine.changeFolder(request),
    removeFolder: (request) => engine.removeFolder(request),
    completePath: (request) => engine.completePath(request),
    storage: () => engine.storage(),
    clearCache: () => engine.clearCache(),
    footageFacts: (request) => engine.footageFacts(request),
    relink: async (request, { signal, onProgress }) => {
      const relinked = await engine.relink(whole(request, 'path'), { signal, onProgress });
      libraryChanged();
      return relinked;
    },
    exportMoments: async (request, { signal, onProgress }) => {
      const parsed = parseRequest(methods.exportMoments.request, request);
      const { to, title, format } = parsed;
      const name = exportName(title, format);
      const place = await exportPlace(abilities, { to, name, folder: format === 'clips' });
      return engine.exportMoments(parsed, { signal, onProgress, ...(place ? { place } : {}) });
    },
    importModel: (request, { signal, onProgress }) =>
      engine.importModel(whole(request, 'folder'), { signal, onProgress }),
    catalogue: () => engine.catalogue(),
    downloadModel: (request, { signal, onProgress }) => engine.downloadModel(request, { signal, onProgress }),
    removeModel: (request) => engine.removeModel(request),
    testProviders: () => engine.testProviders(),
    limits: () => engine.limits(),
    setLimits: (request) => engine.setLimits(request),
    activity: async () => queue.activity(),
    enqueue: async (request, { signal }) => {
      const wanted = parseRequest(methods.enqueue.request, request);
      // What is wrong with a path is told to whoever wrote it, not to the queue.
      const { paths, errors } = await engine.footageAt({ paths: wanted.paths }, { signal });
      const left = wanted.force ? paths : await followed(engine, paths);
      const all = [...left, ...errors.map(({ path }) => path)];
      return all.length > 0 ? queue.add({ ...wanted, paths: all }) : queue.activity();
    },
    cancelJob: async (request) => queue.cancel(job(request)),
    pauseJob: async (request) => queue.pause(job(request)),
    resumeJob: async (request) => queue.resume(job(request)),
    moveJob: async (request) => {
      const { job: id, to } = parseRequest(methods.moveJob.request, request);
      return queue.move(id, to);
    },
    clearJobs: async () => queue.clear(),
    pickPaths: async () => {
      if (!abilities.pickPaths)
        throw new LongviewError(
          'bad-argument',
          'There is no file dialog here.',
          'Type the path of the file or folder.',
        );
      return { paths: await abilities.pickPaths() };
    },
  };
}

/** Where the host puts an export; undefined where its text comes back. */
async function exportPlace(
  { pickTarget, exportsDir }: HostAbilities,
  { to = 'text', name, folder }: { to: ExportMomentsRequest['to']; name: string; folder: boolean },
): Promise<ExportPlace | undefined> {
  if (to === 'text') return undefined;
  if (to === 'choose' && pickTarget) {
    const path = await pickTarget({ name, folder });
    if (path === undefined)
      throw new LongviewError('cancelled', 'Nothing was chosen.', 'Start it again when you like.');
    return folder ? { folder: path } : { file: path };
  }
  if (to === 'folder' && exportsDir) return { folder: await exportsDir() };
  throw badArgument('to', 'a place that this host has', to);
}

/**
 * Folders that somebody adds are followed from now on. One that is followed already, without some of what lies in it, is
 * looked through: indexing all of it would take in what is left out.
 * @returns what is to be indexed as a whole
 */
async function followed(engine: WatchedFolders, paths: readonly string[]): Promise<string[]> {
  const { folders: known } = await engine.folders();
  const left: string[] = [];
  for (const path of paths) {
    const patterns = known.find((folder) => folder.path === path)?.ignore ?? [];
    if (patterns.length > 0) await engine.changeFolder({ path, rescan: true });
    else {
      left.push(path);
      // A file is none.
      await engine.addFolder({ path }).catch(() => undefined);
    }
  }
  return left;
}

/** A request whose path was written into a window. */
function whole<R extends object, K extends keyof R>(request: R, name: K): R {
  // What isn't a text is refused by the method's own schema.
  const written: unknown = request?.[name];
  return typeof written === 'string' && written !== '' ? { ...request, [name]: givenPath(written) } : request;
}

/** An answer as it grows, and each of several. */
function answering(part: Context['part']) {
  return {
    onText: (piece: string) => part('text', piece),
    onRun: (run: AskRun) => part('run', run),
  };
}

function notACall(): LongviewError {
  return new LongviewError(
    'bad-argument',
    'The message is not a call of a known method.',
    'Reload the window: it may be older than the engine.',
  );
}

function idOf(message: unknown): number {
  const id = (message as { id?: unknown } | null)?.id;
  return Number.isSafeInteger(id) && (id as number) >= 0 ? (id as number) : 0;
}
