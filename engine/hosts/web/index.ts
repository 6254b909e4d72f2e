import { createServer } from 'node:http';
import { once } from 'node:events';
import { z } from 'zod';
import { badArgument, LongviewError } from '../../protocol/errors.ts';
import { createSession } from '../session.ts';
import { answerCall, readJson, streamHappenings } from './calls.ts';
import { sendFile } from './files.ts';
import { createGuard, Refusal } from './guard.ts';
import { readPages } from './pages.ts';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HostInfo } from '../../protocol/wire.ts';
import type { ServedEngine, Session } from '../session.ts';
import type { Guard } from './guard.ts';
import type { Page } from './pages.ts';

/** How to serve. */
export interface ServeOptions {
  engine: ServedEngine;
  /** Folder of the built interface. */
  pages: string;
  info: Omit<HostInfo, 'host' | 'pick'>;
  /** 0 (default) takes a free one. */
  port?: number;
  /** Where to listen; this machine alone by default. */
  host?: string;
}

/** A running web host. */
export interface WebHost {
  /** The address with its key: whoever has it can use the library. */
  readonly url: string;
  readonly port: number;
  /** Stops listening and what is being indexed; the engine itself is left to whoever made it. */
  close(): Promise<void>;
}

/**
 * The interface and the engine for browsers on this machine. Requests of other sites, other names and browsers
 * without the key are refused; only the library's own footage and stills can be read, by their video's id.
 * @throws LongviewError `bad-argument` for a port that can't be used, `file-not-found` where the interface isn't built.
 */
export async function serve(options: ServeOptions): Promise<WebHost> {
  const { engine, pages: folder, info, port: wanted = 0, host = '127.0.0.1' } = options;
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65_535)
    throw badArgument('port', 'a whole number from 0 to 65535', wanted);
  const pages = await readPages(folder);
  const server = createServer();
  const port = await listenAt(server, wanted, host);
  const guard = createGuard(host, port);
  const session = createSession(engine, { info: { ...info, host: 'web', pick: false } });
  server.on('request', (request, response) => {
    void answer(request, response, { guard, session, engine, pages });
  });
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${port}/#key=${guard.key}`,
    port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      await session.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listenAt(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new LongviewError(
      'bad-argument',
      `Longview can't listen at ${host}, port ${port} (${code}).`,
      code === 'EADDRINUSE' ? 'Give another --port, or none to take a free one.' : 'Give another --port.',
      { cause: error },
    );
  }
  return (server.address() as AddressInfo).port;
}

interface Served {
  guard: Guard;
  session: Session;
  engine: ServedEngine;
  pages: Map<string, Page>;
}

const security = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "media-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
};

async function answer(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  for (const [name, value] of Object.entries(security)) response.setHeader(name, value);
  try {
    served.guard.checkOrigin(request);
    const url = new URL(request.url ?? '/', 'http://longview');
    if (url.pathname.startsWith('/api/')) await answerApi(request, response, url, served);
    else sendPage(request, response, url.pathname, served.pages);
  } catch (error) {
    // What is left of a body that nobody reads would be taken for the next request.
    if (!request.complete && !response.headersSent) response.setHeader('Connection', 'close');
    refuse(response, error);
  }
}

async function answerApi(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  { guard, session, engine }: Served,
): Promise<void> {
  const [, , kind, name, ...rest] = url.pathname.split('/');
  const route = `${request.method === 'HEAD' ? 'GET' : request.method} ${kind}`;
  if (route === 'POST session') {
    const { key } = keySchema.parse(await readJson(request));
    response.setHeader('Set-Cookie', guard.exchange(key));
    response.writeHead(204).end();
    return;
  }
  guard.checkSession(request);
  if (route === 'GET session') response.writeHead(204).end();
  else if (route === 'POST call') await answerCall(request, response, session);
  else if (route === 'GET happenings') streamHappenings(response, session);
  else if (route === 'GET media' && name && rest.length === 0)
    await sendFile(request, response, await engine.footage(idIn(name)), 'no-cache');
  else if (route === 'GET still' && name && rest.length === 0) {
    const time = z.coerce.number().min(0).catch(0).parse(url.searchParams.get('t'));
    const still = await engine.still(idIn(name), time);
    if (still === undefined) throw new Refusal(404, 'There is no still yet.');
    await sendFile(request, response, still, 'private, max-age=3600');
  } else throw new Refusal(404, 'There is nothing here.');
}

const keySchema = z.object({ key: z.string().max(200) }).catch({ key: '' });

/** A video's id as it stands in an address; anything else is no id, whatever it decodes to. */
function idIn(name: string): string {
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(name)) throw new Refusal(404, 'There is no such video.');
  return name;
}

function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  pages: Map<string, Page>,
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw new Refusal(405, 'Only GET is answered here.');
  const page = pages.get(path);
  if (!page) throw new Refusal(404, 'There is nothing here.');
  response.writeHead(200, {
    'Content-Type': page.type,
    'Content-Length': page.body.length,
    'Cache-Control': page.lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  response.end(request.method === 'HEAD' ? undefined : page.body);
}

const statusOf: Partial<Record<LongviewError['code'], number>> = {
  'video-not-in-library': 404,
  'video-missing': 404,
  'video-not-indexed': 404,
  'bad-argument': 400,
};

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const [status, text] =
    error instanceof Refusal
      ? [error.status, error.message]
      : error instanceof LongviewError
        ? [statusOf[error.code] ?? 500, error.message]
        : [500, 'Longview made a mistake.'];
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`${text}\n`);
}
