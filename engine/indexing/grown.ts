import { stat } from 'node:fs/promises';
import { throwIfCancelled } from '../protocol/errors.ts';
import type { StoredVideo } from '../library/index.ts';
import type { IndexingDeps } from './types.ts';

/**
 * Whether a file is what a video was, and more: a recorder went on writing it, so that all that is known of the beginning
 * still holds.
 */
export async function hasGrown(
  media: Pick<IndexingDeps['media'], 'contentId'>,
  path: string,
  { sizeBytes, contentHash }: Pick<StoredVideo, 'sizeBytes' | 'contentHash'>,
  signal?: AbortSignal,
): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts?.isFile() || sizeBytes === 0 || facts.size <= sizeBytes) return false;
  try {
    return (await media.contentId(path, { first: sizeBytes, signal })) === contentHash;
  } catch {
    throwIfCancelled(signal);
    return false;
  }
}

/**
 * Forgets what a recording was before it grew, now that the whole of it is known: it is one video, however often it was
 * looked at meanwhile. One whose answers somebody pinned stays.
 */
export async function forgetShorter(
  { store, media }: IndexingDeps,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  for (const before of store.videosOnceAt(path)) {
    if (store.answers(before.id).some(({ pinned }) => pinned)) continue;
    if (await hasGrown(media, path, before, signal)) store.removeVideo(before.id);
  }
}
