import { Readable } from 'node:stream';
import { Refusal } from '../engine/hosts/serving/answer.ts';
import { readPages } from '../engine/hosts/serving/pages.ts';
import { securityHeaders } from '../engine/hosts/serving/policy.ts';
import { answerError, answerMedia, answerPage, type MediaPlaces } from '../engine/hosts/serving/routes.ts';
import type { Answer, Asked } from '../engine/hosts/serving/answer.ts';
import type { Page } from '../engine/hosts/serving/pages.ts';
import type { Streams } from '../engine/hosts/serving/streams.ts';
import type { ElectronApi } from './api.ts';

const scheme = 'longview';
/** Where the window's page and everything that it may ask for lie. */
export const origin = `${scheme}://app`;

/** Whether an address belongs to the window itself. */
export function isOwn(address: string): boolean {
  return address === origin || address.startsWith(`${origin}/`);
}

/** Makes `longview:` a scheme like https, to Chromium. Must happen before the app is ready. */
export function registerScheme(protocol: ElectronApi['protocol']): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

/**
 * Answers `longview:` requests: the interface from `folder`, and the library's own footage and stills. Nothing else
 * can be named, and nothing can be changed through it.
 * @throws LongviewError `file-not-found` where the interface isn't built.
 */
export async function handleScheme(
  protocol: ElectronApi['protocol'],
  folder: string,
  places: { media: MediaPlaces; streams: Streams },
): Promise<void> {
  const pages = await readPages(folder);
  protocol.handle(scheme, async (request) => {
    const url = new URL(request.url);
    const asked: Asked = {
      method: request.method,
      url,
      header: (name) => request.headers.get(name) ?? undefined,
    };
    return response(await answer(asked, pages, places).catch(answerError));
  });
}

async function answer(
  asked: Asked,
  pages: ReadonlyMap<string, Page>,
  { media, streams }: { media: MediaPlaces; streams: Streams },
): Promise<Answer> {
  if (!isOwn(asked.url.href)) throw new Refusal(404, 'There is nothing here.');
  return (await answerMedia(asked, media, streams)) ?? answerPage(asked, pages);
}

function response({ status, headers, body }: Answer): Response {
  const content =
    body instanceof Readable ? (Readable.toWeb(body) as ReadableStream) : body && new Uint8Array(body);
  return new Response(content ?? null, { status, headers: { ...securityHeaders, ...headers } });
}
