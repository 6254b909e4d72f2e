import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LongviewError } from '../protocol/errors.ts';
import type { IndexingMedia } from '../indexing/index.ts';
import type { Store, StoredVideo } from '../library/index.ts';

/** A video by id or path, also where it was moved to since. @throws LongviewError `video-not-in-library`. */
export async function videoAt(store: Store, media: IndexingMedia, idOrPath: string): Promise<StoredVideo> {
  await recognise(store, media, idOrPath);
  return store.video(idOrPath);
}

/** Notes where a known video was moved to, when it is asked for at its new place. */
export async function recognise(store: Store, media: IndexingMedia, idOrPath: string): Promise<void> {
  try {
    store.video(idOrPath);
    return;
  } catch (error) {
    if (!(error instanceof LongviewError) || error.code !== 'video-not-in-library') throw error;
  }
  const path = resolve(idOrPath);
  const facts = await stat(path).catch(() => undefined);
  if (!facts?.isFile() || facts.size === 0) return;
  const known = store.videoByContent(await media.contentId(path, {}));
  if (known) store.saveFile(path, known);
}
