import { z } from 'zod';
import { LongviewError } from '../../protocol/errors.ts';
import { Refusal } from './answer.ts';
import { answerFile } from './files.ts';
import type { Failure } from '../../protocol/wire.ts';
import type { LibraryView } from '../../protocol/view.ts';
import type { Answer, Asked } from './answer.ts';
import type { Streams } from './streams.ts';
import type { Page } from './pages.ts';

/** Where footage and stills lie, by their video's id. */
export type MediaPlaces = Pick<LibraryView, 'footage' | 'still'>;

/**
 * Answers a request for the library's own files: `/api/media/ID`, `/api/still/ID?t=SECONDS`, and for players that
 * lack a codec `/api/stream/ID?start=SECONDS`. Ids are looked up; no request can name a path.
 * @returns undefined where the address is none of these
 * @throws Refusal, and LongviewError `video-not-in-library`, `video-missing`, `video-changed`.
 */
export async function answerMedia(
  asked: Asked,
  media: MediaPlaces,
  streams?: Streams,
): Promise<Answer | undefined> {
  if (asked.method !== 'GET' && asked.method !== 'HEAD') return undefined;
  const [, api, kind, name, ...rest] = asked.url.pathname.split('/');
  if (api !== 'api' || !name || rest.length > 0) return undefined;
  if (kind === 'media') {
    const footage = () => media.footage(idIn(name));
    return answerFile(asked, await footage(), 'no-cache', footage);
  }
  if (kind === 'stream' && streams)
    return streams.answer(asked, await media.footage(idIn(name)), seconds(asked, 'start'));
  if (kind === 'still') {
    const time = seconds(asked, 't');
    const since = asked.url.searchParams.has('since') ? seconds(asked, 'since') : undefined;
    const still = await media.still(idIn(name), time, since);
    // No fault: there is nothing to show yet.
    if (still === undefined) return { status: 204, headers: { 'Cache-Control': 'no-store' } };
    return answerFile(asked, still, 'private, max-age=3600');
  }
  return undefined;
}

/** A time in an address; the beginning where it is none. */
function seconds(asked: Asked, name: string): number {
  return z.coerce.number().min(0).max(1e7).catch(0).parse(asked.url.searchParams.get(name));
}

/** A video's id as it stands in an address; anything else is no id, whatever it decodes to. */
function idIn(name: string): string {
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(name)) throw new Refusal(404, 'There is no such video.');
  return name;
}

/** A file of the interface. @throws Refusal 404, 405. */
export function answerPage(asked: Asked, pages: ReadonlyMap<string, Page>): Answer {
  if (asked.method !== 'GET' && asked.method !== 'HEAD') throw new Refusal(405, 'Only GET is answered here.');
  const page = pages.get(asked.url.pathname);
  if (!page) throw new Refusal(404, 'There is nothing here.');
  const headers = {
    'Content-Type': page.type,
    'Content-Length': String(page.body.length),
    'Cache-Control': page.lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  return { status: 200, headers, ...(asked.method === 'HEAD' ? {} : { body: page.body }) };
}

const statusOf: Partial<Record<LongviewError['code'], number>> = {
  'video-not-in-library': 404,
  'video-missing': 404,
  'video-changed': 404,
  'video-not-indexed': 404,
  'bad-argument': 400,
};

/** The status that says the same as an error's code. */
export function statusOfError(code: Failure['code']): number {
  return code === 'internal' ? 500 : (statusOf[code] ?? 500);
}

/** What is said instead of an answer: the reason as plain text; a bug doesn't tell about itself. */
export function answerError(error: unknown): Answer {
  const [status, text] =
    error instanceof Refusal
      ? [error.status, error.message]
      : error instanceof LongviewError
        ? [statusOfError(error.code), error.message]
        : [500, 'Longview made a mistake.'];
  return {
    status,
    headers: {
      'Cache-Control': 'no-store',
      ...(error instanceof Refusal ? error.headers : {}),
      'Content-Type': 'text/plain; charset=utf-8',
    },
    body: Buffer.from(`${text}\n`),
  };
}
