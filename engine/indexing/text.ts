import type { VideoInfo } from '../media/index.ts';
import type { IndexingDeps } from './types.ts';

/**
 * Reads the text that comes with a video (subtitles, chapters, its title) where it never was read, or where the files
 * beside it changed since.
 * @param known what probing found, where that was done already
 * @throws LongviewError `cancelled`, and what probing throws.
 */
export async function refreshText(
  { store, media }: IndexingDeps,
  { videoId, path, known }: { videoId: string; path: string; known?: VideoInfo },
  signal: AbortSignal | undefined,
): Promise<void> {
  const source = await media.textSignature(path);
  if (store.textSource(videoId) === source) return;
  const info = known ?? (await media.probe(path, { signal }));
  store.setText(videoId, source, await media.readText(path, info, { signal }));
}
