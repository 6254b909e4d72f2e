import { stat } from 'node:fs/promises';
import { hasGrown, type IndexingMedia } from '../indexing/index.ts';
import type { Store } from '../library/index.ts';

/**
 * Whether a video's footage is still what was indexed, at any of the places where it was. A file that was only touched
 * or copied anew is told from a changed one by its content.
 * @returns undefined where all is well
 */
export async function footageState(
  store: Store,
  media: IndexingMedia,
  videoId: string,
): Promise<'missing' | 'changed' | undefined> {
  const video = store.video(videoId);
  // One that lies nowhere gave its place to another file.
  let state: 'missing' | 'changed' = video.paths.length > 0 ? 'missing' : 'changed';
  for (const path of video.paths) {
    const facts = await stat(path).catch(() => undefined);
    if (!facts?.isFile()) continue;
    if (store.unchangedFile(path, facts.size, facts.mtimeMs) === video.id) return undefined;
    const content = await media.contentId(path, {}).catch(() => undefined);
    if (content === video.contentHash || (await hasGrown(media, path, video))) return undefined;
    state = 'changed';
  }
  return state;
}
