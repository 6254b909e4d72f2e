import { createServer } from 'node:http';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { badArgument, LongviewError } from '../../protocol/errors.ts';
import { createSession } from '../session.ts';
import { answerCall, readJson, streamHappenings } from './calls.ts';
import { Refusal } from '../serving/answer.ts';
import { readPages } from '../serving/pages.ts';
import { securityHeaders } from '../serving/policy.ts';
import { answerError, answerMedia, answerPage } from '../serving/routes.ts';
import { createStreams } from '../serving/streams.ts';
import { createGuard } from './guard.ts';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HostInfo } from '../../protocol/wire.ts';
import type { ServedEngine, Session } from '../session.ts';
import type { Guard } from './guard.ts';
import type { Answer, Asked } from '../serving/answer.ts';
import type { Page } from '../serving/pages.ts';
import type { Streams } from '../serving/streams.ts';
import type { FindToolsOptions } from '../../media/index.ts';

/** How to serve. */
export interface ServeOptions {
  engine: ServedEngine;
  /** Folder of the built interface. */
  pages: string;
  info: Omit<HostInfo, 'host' | 'pick'>;
  /** Where to look for the ffmpeg that makes footage playable. */
  mediaTools?: FindToolsOptions;
  /** 0 (default) takes a free one. */
  port?: number;
  /** Where to listen; this machine alone by default. */
  host?: string;
}

/** A running web host. */
export interface WebHost {
  /** The address with its key: whoever has it can use the library. */
  readonly url: string;
  /** The addresses at which other machines reach it; none where it listens to this machine alone. */
  readonly elsewhere: readonly string[];
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
  const streams = createStreams(options.mediaTools);
  const session = createSession(engine, { info: { ...info, host: 'web', pick: false } });
  server.on('request', (request, response) => {
    void answer(request, response, { guard, session, engine, pages, streams });
  });
  const at = (address: string) =>
    `http://${address.includes(':') ? `[${address}]` : address}:${port}/#key=${guard.key}`;
  return {
    url: at(everywhere.has(host) ? '127.0.0.1' : host),
    elsewhere: elsewhere(host).map(at),
    port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      await session.close();
      streams.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What listens at every address of this machine. */
const everywhere = new Set(['0.0.0.0', '::']);

function elsewhere(host: string): string[] {
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return [];
  if (!everywhere.has(host)) return [host];
  const known = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return (
    known
      .filter(({ internal, family }) => !internal && (host === '::' || family === 'IPv4'))
      // A link-local address needs the name of its interface, which an address line can't say.
      .filter(({ scopeid }) => !scopeid)
      .map(({ address }) => address)
  );
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
  streams: Streams;
}

async function answer(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  try {
    served.guard.checkOrigin(request);
    const asked = {
      method: request.method ?? 'GET',
      url: new URL(request.url ?? '/', 'http://longview'),
      header: (name: string) => request.headers[name]?.toString(),
    };
    if (asked.url.pathname.startsWith('/api/')) await answerApi(request, response, asked, served);
    else await send(response, answerPage(asked, served.pages));
  } catch (error) {
    // What is left of a body that nobody reads would be taken for the next request.
    if (!request.complete && !response.headersSent) response.setHeader('Connection', 'close');
    if (response.headersSent || response.destroyed) response.destroy();
    else await send(response, answerError(error));
  }
}

async function answerApi(
  request: IncomingMessage,
  response: ServerResponse,
  asked: Asked,
  { guard, session, engine, streams }: Served,
): Promise<void> {
  const route = `${asked.method} ${asked.url.pathname}`;
  if (route === 'POST /api/session') {
    const { key } = keySchema.parse(await readJson(request));
    response.setHeader('Set-Cookie', guard.exchange(key));
    response.writeHead(204).end();
    return;
  }
  guard.checkSession(request);
  if (route === 'GET /api/session') response.writeHead(204).end();
  else if (route === 'POST /api/call') await answerCall(request, response, session);
  else if (route === 'GET /api/happenings') streamHappenings(response, session);
  else {
    const found = await answerMedia(asked, engine, streams);
    if (!found) throw new Refusal(404, 'There is nothing here.');
    await send(response, found);
  }
}

const keySchema = z.object({ key: z.string().max(200) }).catch({ key: '' });

async function send(response: ServerResponse, { status, headers, body }: Answer): Promise<void> {
  response.writeHead(status, headers);
  if (!(body instanceof Readable)) {
    response.end(body);
    return;
  }
  try {
    await pipeline(body, response);
  } catch (error) {
    // The player closes connections all the time, on every seek.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}
