import { stat } from 'node:fs/promises';
import { LongviewError, quote, throwIfCancelled } from '../protocol/errors.ts';
import { fileProblem } from '../protocol/file-errors.ts';
import type { IndexResult } from '../protocol/results.ts';
import type { IndexPass, StoredVideo, VideoFacts } from '../library/index.ts';
import { forgetShorter } from './grown.ts';
import type { Extractor } from './extractors/extractor.ts';
import type { IndexingDeps, IndexOptions } from './types.ts';

/** What became of a file. */
export type FileResult = IndexResult['videos'][number];

/** A file of which something has to be made. */
export interface Candidate {
  path: string;
  contentHash: string;
  bytes: number;
  /** When the file was last modified, milliseconds since 1970. */
  modifiedMs: number | undefined;
}

/**
 * Finds out by content what has to be done about a file.
 * @returns its result where nothing has to be done, or what is to be gone through
 */
export async function survey(
  deps: IndexingDeps,
  extractors: readonly Extractor[],
  path: string,
  options: IndexOptions,
): Promise<FileResult | Candidate> {
  const { store, media } = deps;
  const { signal, force } = options;
  try {
    const facts = await stat(path).catch(() => undefined);
    const id = force || !facts ? undefined : store.unchangedFile(path, facts.size, facts.mtimeMs);
    const unchanged = id === undefined ? undefined : store.video(id);
    const contentHash = unchanged?.contentHash ?? (await media.contentId(path, { signal }));
    const known = unchanged ?? store.videoByContent(contentHash);
    const left = known && !force ? await undone(deps, extractors, known, path, options) : undefined;
    if (known && left?.length === 0) {
      const moved = await settle(deps, path, known, facts?.mtimeMs);
      await forgetShorter(deps, path, signal);
      return result(path, known, moved ? 'moved' : 'unchanged');
    }
    return { path, contentHash, bytes: facts?.size ?? 1, modifiedMs: facts?.mtimeMs };
  } catch (error) {
    throwIfCancelled(signal);
    return failed(path, undefined, error);
  }
}

/** The extractors whose tracks a video lacks, or has made otherwise. */
export async function undone(
  { store }: IndexingDeps,
  extractors: readonly Extractor[],
  video: StoredVideo,
  path: string,
  { fps, signal }: IndexOptions,
): Promise<Extractor[]> {
  const left: Extractor[] = [];
  for (const extractor of extractors)
    if (!(await extractor.isDone({ store, video, path, fps, signal }))) left.push(extractor);
  return left;
}

/**
 * Notes where a content lies, and forgets places where it no longer does.
 * @returns true where it was known at another place only
 */
export async function settle(
  { store }: IndexingDeps,
  path: string,
  facts: VideoFacts,
  modifiedMs: number | undefined,
): Promise<boolean> {
  const { videoId, moved } = store.saveFile(path, facts, modifiedMs);
  if (!moved) return false;
  const others = store.video(videoId).paths.filter((other) => other !== path);
  const gone: string[] = [];
  for (const other of others) if (!(await exists(other))) gone.push(other);
  store.forgetPaths(gone);
  return gone.length === others.length;
}

/** The row of a video of the library. */
export function result(
  path: string,
  video: { id: string; durationSec: number; index: IndexPass | undefined },
  status: FileResult['status'],
): FileResult {
  return { id: video.id, path, durationSec: video.durationSec, status, patches: video.index?.patches ?? 0 };
}

/** The row of a file that failed. @throws the error where it is a bug. */
export function failed(path: string, video: StoredVideo | undefined, error: unknown): FileResult {
  const known = error instanceof LongviewError ? error : fromSystem(path, error);
  if (!known) throw error;
  return {
    id: video?.id ?? null,
    path,
    durationSec: video?.durationSec ?? null,
    status: known.code === 'cancelled' ? 'cancelled' : 'failed',
    patches: video?.index?.patches ?? 0,
    error: known.toData(),
  };
}

/** What the file system refused, a folder that went away say, ends one film; undefined for what is a bug. */
function fromSystem(path: string, error: unknown): LongviewError | undefined {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string' || typeof syscall !== 'string') return undefined;
  const full = ['ENOSPC', 'EDQUOT'].includes(code);
  return new LongviewError(
    full ? 'disk-full' : 'disk-failed',
    full
      ? `There is no room for the index of ${quote(path)}.`
      : `A file that the indexing of ${quote(path)} needs can't be used: ${message}.`,
    full
      ? 'Free some space, then index it again.'
      : "Check that the library's folder and its disk are there, then index it again.",
    { cause: error },
  );
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    // Where it can't be told (no permission, a drive that doesn't answer), the place is kept.
    return fileProblem(error) !== 'missing';
  }
}
