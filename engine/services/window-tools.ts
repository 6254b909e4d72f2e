import { readdir, rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { badArgument, LongviewError, quote, throwIfCancelled } from '../protocol/errors.ts';
import { parseRequest } from '../protocol/requests.ts';
import { videoRequestSchema, type StorageResult } from '../protocol/view.ts';
import {
  limitsSchema,
  relinkRequestSchema,
  removeModelRequestSchema,
  type Limits,
  type WindowTools,
} from '../protocol/window.ts';
import type { CallOptions } from '../protocol/engine.ts';
import type { ImportResult, ModelsResult } from '../protocol/results.ts';
import { playsAsItIs, type MediaTools } from '../media/index.ts';
import type { IndexingMedia } from '../indexing/index.ts';
import type { Store, StoredVideo } from '../library/index.ts';
import { footageAt } from './footage-at.ts';
import { firstExisting } from './listing.ts';
import type { FetchingDeps } from './fetching/download.ts';
import { plural } from '../protocol/plural.ts';

/** What the tools work with. */
export interface WindowToolsDeps {
  store(): Store;
  media: IndexingMedia;
  /** A video by id or path. */
  video(idOrPath: string): Promise<StoredVideo>;
  footage(videoId: string): Promise<string>;
  storage(): Promise<StorageResult>;
  models(): Promise<ModelsResult>;
  fetching: FetchingDeps;
  /** Where ffmpeg is, for clips. */
  tools(): Promise<MediaTools>;
  /** Takes a speech model away. */
  forgetSpeech(id: string): Promise<void>;
  /** Takes a frame encoder away that stands beside the library's own, with what it made. */
  forgetEncoder(id: string): void;
  /** Frees the loaded models, so that the next ones are opened with the new limits. */
  reopen(): Promise<void>;
}

/** In the library's settings. */
const setting = 'limits';
const standard: Limits = { threads: null, lowPower: 'battery', provider: 'auto' };

/** The limits that somebody chose for this library. */
export function limitsOf(store: Store): Limits {
  return limitsSchema.catch(standard).parse(ofThisVersion(store.setting(setting)) ?? standard);
}

/** Limits under the names that they have now: up to format 6 they were kept as `gentle` and `reader`. */
function ofThisVersion(kept: unknown): unknown {
  if (typeof kept !== 'object' || kept === null) return kept;
  const { gentle, reader, ...others } = kept as Record<string, unknown>;
  return {
    ...(gentle === undefined ? {} : { lowPower: gentle }),
    ...(reader === undefined ? {} : { decoder: reader }),
    ...others,
  };
}

/** What a window does beside searching and asking. */
export function windowTools(deps: WindowToolsDeps): WindowTools {
  return {
    async footageFacts(request) {
      const { video: place } = parseRequest(videoRequestSchema, request);
      const path = await deps.footage((await deps.video(place)).id);
      const info = await deps.media.probe(path, {});
      const { container, audioCodec, chapters } = info;
      return {
        container,
        audioCodec: audioCodec ?? null,
        playsAsItIs: playsAsItIs(info),
        chapters: chapters.map(({ start, end, title }) => ({ start, end, title: title ?? null })),
      };
    },
    footageAt: (request, options) => footageAt(deps.media, request, options?.signal),
    relink: (request, options) => relink(deps, request, options),
    async exportMoments(request, options) {
      const { exportForWindow } = await import('./exporting.ts');
      return exportForWindow(deps, request, { ...options, tools: await deps.tools() });
    },
    async catalogue() {
      const { readCatalogue } = await import('./fetching/download.ts');
      return readCatalogue(deps.fetching);
    },
    async downloadModel(request, options): Promise<ImportResult> {
      const { downloadModel } = await import('./fetching/download.ts');
      return downloadModel(deps.fetching, request, options ?? {});
    },
    removeModel: (request) => removeModel(deps, request),
    async testProviders() {
      const { listProviders } = await import('../inference/providers.ts');
      const reports = await listProviders();
      return {
        providers: reports.map(({ provider, works, found, remedy }) => ({
          provider,
          works,
          found,
          ...(works || remedy === undefined ? {} : { remedy }),
        })),
      };
    },
    async limits() {
      return { ...limitsOf(deps.store()), cores: availableParallelism() };
    },
    async setLimits(request) {
      const before = limitsOf(deps.store());
      const limits = { decoder: before.decoder ?? null, ...parseRequest(limitsSchema, request) };
      deps.store().setSetting(setting, limits);
      if (before.threads !== limits.threads || before.provider !== limits.provider) await deps.reopen();
      return { ...limits, cores: availableParallelism() };
    },
    clearCache: () => clearCache(deps),
  };
}

/** Looks for every missing video among the files at a place: by size first, then by content. */
async function relink(
  deps: WindowToolsDeps,
  request: unknown,
  { signal, onProgress }: CallOptions = {},
): Promise<{ found: string[] }> {
  const { video: place, path } = parseRequest(relinkRequestSchema, request);
  const { media } = deps;
  const store = deps.store();
  const wanted = await deps.video(place);
  const at = resolve(path);
  const facts = await stat(at).catch(() => undefined);
  if (!facts) throw notThere(at);
  const files = facts.isDirectory() ? (await media.findVideos([at], { signal })).files : [at];
  const missing = new Map<string, StoredVideo>();
  for (const video of store.videos())
    if ((await firstExisting(video.paths)) === undefined) missing.set(video.contentHash, video);
  const sizes = new Set([...missing.values(), wanted].map((video) => video.sizeBytes));
  const found: string[] = [];
  for (const [index, file] of files.entries()) {
    throwIfCancelled(signal);
    onProgress?.({ stage: 'finding footage', fraction: index / files.length, subject: file });
    const size = (await stat(file).catch(() => undefined))?.size;
    if (size === undefined || !sizes.has(size)) continue;
    const known = store.videoByContent(await media.contentId(file, { signal }));
    if (!known || (!missing.has(known.contentHash) && known.id !== wanted.id)) continue;
    store.saveFile(file, known);
    if (!found.includes(known.id)) found.push(known.id);
  }
  if (found.includes(wanted.id)) return { found };
  throw new LongviewError(
    'video-missing',
    `${quote(wanted.path)} is not at ${quote(at)}: no file there has its content.`,
    found.length > 0
      ? `${plural(found.length, 'other missing video')} ${found.length === 1 ? 'was found there and is' : 'were found there and are'} linked again.`
      : 'Choose another place. A file that was cut or encoded anew is another video: add it instead.',
    { details: { video: wanted.id, found } },
  );
}

async function removeModel(deps: WindowToolsDeps, request: unknown): Promise<ModelsResult> {
  const { id } = parseRequest(removeModelRequestSchema, request);
  const { models } = await deps.models();
  const model = models.find((one) => one.id === id);
  if (!model) throw badArgument('id', `one of ${models.map((one) => one.id).join(', ')}`, id);
  if (model.can.includes('hear')) {
    await deps.forgetSpeech(id);
    return deps.models();
  }
  if (model.builtin || model.active)
    throw badArgument('id', 'a model that doesn’t ship with Longview and isn’t in use', id);
  const limits = limitsOf(deps.store());
  if (limits.decoder === id) deps.store().setSetting(setting, { ...limits, decoder: null });
  await deps.reopen();
  deps.forgetEncoder(id);
  await rm(model.folder, { recursive: true, force: true });
  return deps.models();
}

async function clearCache(deps: WindowToolsDeps): Promise<StorageResult> {
  const store = deps.store();
  // Nothing may be written there meanwhile.
  if (store.claimed().length > 0) throw beingIndexed();
  for (const name of ['features', 'thumbnails']) {
    const folder = join(store.folder, name);
    for (const entry of await readdir(folder).catch(() => []))
      await rm(join(folder, entry), { recursive: true, force: true });
  }
  return deps.storage();
}

function beingIndexed(): LongviewError {
  return new LongviewError(
    'library-locked',
    'Videos are being indexed now.',
    'Wait until that is done, or stop it, then clear the cache again.',
  );
}

function notThere(path: string): LongviewError {
  return new LongviewError(
    'file-not-found',
    `There is nothing at ${quote(path)}.`,
    'Check the path; connect the disk that holds it.',
    { details: { path } },
  );
}
