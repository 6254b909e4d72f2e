// A web host of the test file's own, with a pretended engine, and how it is asked.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext } from 'node:test';
import { serve, type WebHost } from '../../engine/hosts/web/index.ts';
import { pretendEngine, pretendVideos } from './pretend-engine.ts';

/** Where its pages and footage lie. */
export let folder: string;
/** The host that most tests ask. */
export let host: WebHost;
/** Of the browser that was let in. */
export let cookie: string;
/** Its film, byte by byte. */
export const footage = Buffer.from(Array.from({ length: 1000 }, (_, n) => n % 256));

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longview-web-'));
  await mkdir(join(folder, 'pages', 'assets'), { recursive: true });
  await writeFile(join(folder, 'pages', 'index.html'), '<!doctype html><title>Longview</title>');
  await writeFile(join(folder, 'pages', 'assets', 'app-1234.js'), 'export {};');
  await writeFile(join(folder, 'secret.txt'), 'not for you');
  await symlink(join(folder, 'secret.txt'), join(folder, 'pages', 'assets', 'link.js'));
  await symlink(folder, join(folder, 'pages', 'outside'));
  await writeFile(join(folder, 'film.mp4'), footage);
  await writeFile(join(folder, 'still.jpg'), 'jpeg');
  host = await serve({
    engine: pretendEngine({
      videos: pretendVideos(3),
      footage: join(folder, 'film.mp4'),
      stills: [join(folder, 'still.jpg')],
    }),
    pages: join(folder, 'pages'),
    info: { version: '1.2.3', platform: 'linux', sample: null },
  });
  const entered = await ask('POST', '/api/session', { body: { key: key() } });
  assert.equal(entered.status, 204);
  cookie = entered.headers['set-cookie']![0].split(';')[0];
});

after(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

/** The code in its address. */
export const key = () => new URL(host.url).hash.replace('#key=', '');
/** Its own name. */
export const own = () => `127.0.0.1:${host.port}`;

/** A host beside the others' with options of its own. */
export async function another(
  t: TestContext,
  options: Partial<Parameters<typeof serve>[0]> = {},
): Promise<WebHost> {
  const opened = await serve({
    engine: pretendEngine({ videos: pretendVideos(1) }),
    pages: join(folder, 'pages'),
    info: { version: '1', platform: 'linux', sample: null },
    ...options,
  });
  t.after(() => opened.close());
  return opened;
}

/** How something is asked for. */
export interface Asked {
  /** Of another host than the one that most tests ask. */
  port?: number;
  headers?: OutgoingHttpHeaders;
  body?: unknown;
}

/** Asks a host as a browser would. */
export async function ask(
  method: string,
  path: string,
  { headers = {}, body, port = host.port }: Asked = {},
) {
  const outgoing = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    headers: {
      host: `127.0.0.1:${port}`,
      ...(method === 'POST'
        ? { origin: `http://127.0.0.1:${port}`, 'content-type': 'application/json' }
        : {}),
      ...headers,
    },
  });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return {
    status: response.statusCode!,
    headers: response.headers,
    body: Buffer.concat(pieces),
  };
}
/** The same with the cookie. */
export const inside = (method: string, path: string, asked: Asked = {}) =>
  ask(method, path, { ...asked, headers: { cookie, ...asked.headers } });
/** Calls a method. */
export const call = (method: string, params: unknown) =>
  inside('POST', '/api/call', { body: { id: 7, method, request: params } });
/** The answers to a call. */
export const lines = (body: Buffer) =>
  body
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { part?: string; result?: unknown; error?: { code: string } });
