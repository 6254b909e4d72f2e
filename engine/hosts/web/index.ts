import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { networkInterfaces } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { badArgument, LongviewError } from '../../protocol/errors.ts';
import { createSession } from '../session.ts';
import { createBodies } from './bodies.ts';
import { answerDocs } from './api-docs.ts';
import { answerCall, answerMethod, streamHappenings } from './calls.ts';
import { createEntry } from './entry.ts';
import { Refusal } from '../serving/answer.ts';
import { readPages } from '../serving/pages.ts';
import { securityHeaders } from '../serving/policy.ts';
import { answerError, answerMedia, answerPage } from '../serving/routes.ts';
import { createStreams } from '../serving/streams.ts';
import { bearerIn, createGuard } from './guard.ts';
import { methodAt } from './routes.ts';
import { createPeople, type FindPerson, sessionFor } from './people.ts';
import { parseTarget } from './target.ts';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HostInfo } from '../../protocol/wire.ts';
import type { ServedEngine, Session } from '../session.ts';
import type { Bodies } from './bodies.ts';
import type { Entry } from './entry.ts';
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
  /** Where to listen; this machine alone by default, and another address only with a key. */
  host?: string;
  /** A key that lets any number of browsers in, beside the codes in addresses. */
  key?: string;
  /** Lets people in by tokens of their own, each with what they may do. */
  people?: FindPerson;
  /** What a reverse proxy in front of it is called: "https://longview.example". */
  publicUrl?: string;
  /** The folder for exports that aren't handed out as a download. Default: `exports` in the library's folder. */
  exportsDir?: string;
}

/** A running web host. */
export interface WebHost {
  /** The address with a code that lets one browser in, once; another one as soon as that is used. */
  readonly url: string;
  /** The addresses at which other machines reach it, without a code; none where it listens to this machine alone. */
  readonly elsewhere: readonly string[];
  readonly port: number;
  /** A further address with a code of its own, which {@link onEntered} tells of. */
  invite(): string;
  /** Tells of each browser that was let in, and by which address; until the returned function is called. */
  onEntered(listener: (url: string | undefined) => void): () => void;
  /** Tells windows that the library was changed by somebody else. */
  libraryChanged(): void;
  /** Stops listening and what is being indexed; the engine itself is left to whoever made it. */
  close(): Promise<void>;
}

/**
 * The interface and the engine for browsers on this machine. Requests of other sites, other names and browsers
 * that weren't let in are refused; only the library's own footage and stills can be read, by their video's id, and
 * nothing is written by a path that a request names.
 * @throws LongviewError `bad-argument` for a port that can't be used, and for an address that other machines reach
 * without a key; `file-not-found` where the interface isn't built.
 */
export async function serve(options: ServeOptions): Promise<WebHost> {
  const { engine, pages: folder, info, port: wanted = 0, host = '127.0.0.1', key, people } = options;
  const publicUrl = publicUrlIn(options.publicUrl);
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65_535)
    throw badArgument('port', 'a whole number from 0 to 65535', wanted);
  if (key === undefined && !people && !isThisMachine(host)) throw needsKey(host);
  const pages = await readPages(folder);
  const server = createServer(patience);
  server.maxConnections = mostConnections;
  const port = await listenAt(server, wanted, host);
  const entry = createEntry(key);
  const guard = createGuard(host, port, (token) => entry.knows(token), publicUrl);
  const streams = createStreams(options.mediaTools);
  const session = createSession(engine, {
    info: { ...info, host: 'web', pick: false },
    exportsDir: async () => options.exportsDir ?? join((await engine.library()).folder, 'exports'),
  });
  const at = (address: string) => `http://${address.includes(':') ? `[${address}]` : address}:${port}/`;
  const invitations = createInvitations(entry, at(everywhere.has(host) ? '127.0.0.1' : host));
  const served = {
    ...{ guard, entry, session, engine, pages, streams, bodies: createBodies() },
    ...(people && { find: people, people: createPeople(people) }),
    proxied: publicUrl !== undefined,
  };
  server.on('request', (request, response) => {
    void answer(request, response, { ...served, entered: (code) => invitations.entered(code) });
  });
  return {
    get url() {
      return invitations.current();
    },
    elsewhere: elsewhere(host).map(at),
    port,
    invite: () => invitations.invite(),
    onEntered: (listener) => invitations.listen(listener),
    libraryChanged: () => session.libraryChanged(),
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

/** A client that sends its request slowly or not at all holds a connection only so long. */
const patience = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 2_000 };
const mostConnections = 512;

/** Addresses with codes, and what becomes of them. */
function createInvitations(entry: Entry, base: string) {
  const invite = () => `${base}#key=${entry.code()}`;
  const listeners = new Set<(url: string | undefined) => void>();
  let current = invite();
  return {
    invite,
    current: () => current,
    entered(code: string | undefined): void {
      const url = code === undefined ? undefined : `${base}#key=${code}`;
      if (url === current) current = invite();
      for (const listener of listeners) listener(url);
    },
    listen(listener: (url: string | undefined) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/u.test(host);
}

function needsKey(host: string): LongviewError {
  return new LongviewError(
    'bad-argument',
    `At ${host} other machines can reach Longview, and no key was set.`,
    'Give --key-file FILE: the file that holds the key; one is made where there is none. Or leave --host out and use an SSH tunnel.',
    { details: { name: 'host' } },
  );
}

/** What listens at every address of this machine. */
const everywhere = new Set(['0.0.0.0', '::']);

function elsewhere(host: string): string[] {
  if (isThisMachine(host)) return [];
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
  entry: Entry;
  entered: (code: string | undefined) => void;
  session: Session;
  engine: ServedEngine;
  pages: Map<string, Page>;
  streams: Streams;
  bodies: Bodies;
  find?: FindPerson;
  people?: ReturnType<typeof createPeople>;
  /** A reverse proxy on this machine says where requests come from. */
  proxied: boolean;
}

async function answer(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  try {
    served.guard.checkOrigin(request);
    const asked = {
      method: request.method ?? 'GET',
      url: parseTarget(request.url),
      header: (name: string) => request.headers[name]?.toString(),
    };
    if (asked.url.pathname.startsWith('/api/')) await answerApi(request, response, asked, served);
    else await send(response, answerDocs(asked) ?? answerPage(asked, served.pages));
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
  served: Served,
): Promise<void> {
  const { guard, entry, entered, engine, streams, bodies, people } = served;
  const route = `${asked.method} ${asked.url.pathname}`;
  if (route === 'POST /api/session') {
    // Refused before it comes: nobody is known yet.
    if (Number(request.headers['content-length'] ?? 0) > largestKey)
      throw new Refusal(413, 'The message is too long.');
    const { key } = keySchema.parse(await bodies.read(request, largestKey));
    const from = cameFrom(request, served.proxied);
    if (served.find && key.startsWith('lv_')) {
      const { session, person } = await entry.exchangeToken(key, from, served.find);
      people?.add(session, key, person);
      response.setHeader('Set-Cookie', guard.cookie(session));
      response.writeHead(204).end();
      return;
    }
    const given = entry.exchange(key, from);
    response.setHeader('Set-Cookie', guard.cookie(given.session));
    response.writeHead(204).end();
    entered(given.code);
    return;
  }
  const session = await letIn(request, served);
  const method = asked.method === 'POST' ? methodAt(asked.url.pathname) : undefined;
  if (method) await answerMethod(request, response, { method, session, bodies });
  else if (route === 'GET /api/session') response.writeHead(204).end();
  else if (route === 'POST /api/call') await answerCall(request, response, session, bodies);
  else if (route === 'GET /api/happenings') streamHappenings(response, session);
  else {
    const found = await answerMedia(asked, engine, streams);
    if (!found) throw new Refusal(404, 'There is nothing here.');
    await send(response, found);
  }
}

/**
 * The session that a request may use: a script brings the key that somebody chose, a browser the cookie of one that was let in.
 * @throws Refusal 401, 403 and 429.
 */
async function letIn(
  request: IncomingMessage,
  { guard, entry, session, people, proxied }: Served,
): Promise<Session> {
  const key = bearerIn(request);
  if (key !== undefined) {
    entry.checkKey(key, cameFrom(request, proxied));
    return session;
  }
  const carried = guard.checkSession(request);
  const person = people ? await people.of(carried) : undefined;
  if (person === 'withdrawn') throw new Refusal(401, 'This key was withdrawn.');
  return sessionFor(session, person);
}

/** The last hop is the proxy's own word; what stands before it anybody could have written. */
function cameFrom(request: IncomingMessage, proxied: boolean): string {
  const address = request.socket.remoteAddress ?? '';
  if (!proxied || !/^(?:::ffff:)?127\.|^::1$/u.test(address)) return address;
  const hops = (request.headers['x-forwarded-for'] ?? '').toString().split(',');
  return hops.at(-1)?.trim() || address;
}

function publicUrlIn(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/u.test(url.protocol) && url.pathname === '/') return url;
  throw badArgument('--public-url', 'an address as https://longview.example', text);
}

const largestKey = 1000;

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
