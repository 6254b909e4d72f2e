import { stat } from 'node:fs/promises';
import { LongviewError, throwIfCancelled } from '../protocol/errors.ts';
import type { IndexResult } from '../protocol/results.ts';
import type { IndexRun, StoredVideo, VideoFacts } from '../library/index.ts';
import { refreshText } from './text.ts';
import type { IndexingDeps, IndexOptions } from './types.ts';

/** What became of a file. */
export type FileResult = IndexResult['videos'][number];

/** A file that has to be looked at. */
export interface Candidate {
  path: string;
  contentHash: string;
  bytes: number;
  /** When the file was last modified, milliseconds since 1970. */
  modifiedMs: number | undefined;
}

/**
 * Finds out by content what has to be done about a file.
 * @returns its result where nothing has to be done, or what is to be looked at
 */
export async function survey(
  deps: IndexingDeps,
  path: string,
  options: IndexOptions,
): Promise<FileResult | Candidate> {
  const { store, media } = deps;
  const { signal, force } = options;
  try {
    const facts = await stat(path).catch(() => undefined);
    const unchanged = force || !facts ? undefined : store.unchangedFile(path, facts.size, facts.mtimeMs);
    const contentHash = unchanged?.contentHash ?? (await media.contentId(path, { signal }));
    const known = unchanged ?? store.videoByContent(contentHash);
    if (known && !force && isDone(deps, known, options)) {
      const moved = await settle(deps, path, known, facts?.mtimeMs);
      await refreshText(deps, { videoId: known.id, path }, signal);
      return result(path, known, moved ? 'moved' : 'unchanged');
    }
    return { path, contentHash, bytes: facts?.size ?? 1, modifiedMs: facts?.mtimeMs };
  } catch (error) {
    throwIfCancelled(signal);
    return failed(path, undefined, error);
  }
}

/** Whether a video is indexed as is asked for. */
export function isDone({ store, model }: IndexingDeps, video: StoredVideo, { fps }: IndexOptions): boolean {
  return (
    video.index !== undefined &&
    video.index.modelFingerprint === model.fingerprint &&
    (fps === undefined || fps === video.index.fps) &&
    store.hasTokens(video.id)
  );
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
  video: { id: string; durationSec: number; index: IndexRun | undefined },
  status: FileResult['status'],
): FileResult {
  return { id: video.id, path, durationSec: video.durationSec, status, patches: video.index?.patches ?? 0 };
}

/** The row of a file that failed. @throws the error where it is a bug. */
export function failed(path: string, video: StoredVideo | undefined, error: unknown): FileResult {
  if (!(error instanceof LongviewError)) throw error;
  return {
    id: video?.id ?? null,
    path,
    durationSec: video?.durationSec ?? null,
    status: error.code === 'cancelled' ? 'cancelled' : 'failed',
    patches: video?.index?.patches ?? 0,
    error: error.toData(),
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    // Where it can't be told (no permission, a drive that doesn't answer), the place is kept.
    return !['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}
