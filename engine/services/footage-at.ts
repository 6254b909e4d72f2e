import { stat } from 'node:fs/promises';
import { givenPath, holdsVideo } from '../media/index.ts';
import { LongviewError, quote } from '../protocol/errors.ts';
import { cannotRead } from '../protocol/file-errors.ts';
import { parseRequest } from '../protocol/requests.ts';
import { footageAtRequestSchema, type FootageAt } from '../protocol/window.ts';
import type { IndexingMedia } from '../indexing/index.ts';

/**
 * What lies at paths that somebody wrote into a window, before anything is made of them: wrong ones are told where they
 * were written.
 * @throws LongviewError the first error where nothing can be indexed at any of them; `bad-argument`, `cancelled`.
 */
export async function footageAt(
  media: Pick<IndexingMedia, 'probe'>,
  request: unknown,
  signal: AbortSignal | undefined,
): Promise<FootageAt> {
  const { paths } = parseRequest(footageAtRequestSchema, request);
  const there: string[] = [];
  const errors: FootageAt['errors'] = [];
  for (const written of paths) {
    let path = written;
    try {
      path = givenPath(written);
      await check(media, path, signal);
      there.push(path);
    } catch (error) {
      if (!(error instanceof LongviewError) || error.code === 'cancelled') throw error;
      errors.push({ path, error: error.toData() });
    }
  }
  if (there.length === 0) throw LongviewError.fromData(errors[0].error);
  return { paths: there, errors };
}

async function check(
  media: Pick<IndexingMedia, 'probe'>,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw cannotRead(path, cause);
  });
  if (!facts.isDirectory()) await media.probe(path, { signal });
  else if (!(await holdsVideo(path, { signal }))) throw noVideoIn(path);
}

function noVideoIn(folder: string): LongviewError {
  return new LongviewError(
    'not-a-video',
    `There is no video in ${quote(folder)}.`,
    'Choose a folder that holds video files, such as MP4, MKV, MOV, WebM or AVI.',
    { details: { path: folder } },
  );
}
