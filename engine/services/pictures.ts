import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../core/temporary.ts';
import { pictureAt, readPicture, type MediaTools } from '../media/index.ts';
import { LongviewError } from '../protocol/errors.ts';
import { firstExisting } from './listing.ts';
import type { Store } from '../library/index.ts';
import type { SearchDeps } from '../search/index.ts';

/**
 * Reads the pictures that a search is to find the like of: files, what a video shows at a time, and pictures that came with the
 * request.
 */
export function pictureReader(
  store: Store,
  tools: () => Promise<MediaTools>,
  signal: AbortSignal | undefined,
): NonNullable<SearchDeps['pictureOf']> {
  return async (like, size) => {
    const options = { box: like.box, signal, tools: await tools() };
    if ('file' in like) return readPicture(like.file, size, options);
    if ('video' in like) {
      const { paths } = store.video(like.video);
      const path = (await firstExisting(paths)) ?? paths[0];
      return pictureAt(path, like.at, size, options);
    }
    const folder = await temporaryFolder('picture');
    try {
      const file = join(folder, 'picture');
      await writeFile(file, Buffer.from(like.image, 'base64'), { mode: 0o600 });
      return await readPicture(file, size, options);
    } catch (error) {
      throw withoutPath(error);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** Whoever pasted a picture knows nothing of the file that it was written into. */
function withoutPath(error: unknown): unknown {
  if (!(error instanceof LongviewError) || error.code !== 'not-a-video') return error;
  return new LongviewError(
    'not-a-video',
    'This is no picture that can be read.',
    'Take a PNG, JPEG, WebP, GIF, BMP or TIFF.',
    { cause: error },
  );
}
