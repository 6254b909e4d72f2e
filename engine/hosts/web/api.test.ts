import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { pretendEngine, pretendVideos } from '../../../tests/web/pretend-engine.ts';
import { methods } from '../../protocol/wire.ts';
import { serve, type WebHost } from './index.ts';
import { describeApi } from './openapi.ts';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';

const key = 'a-key-of-enough-letters';
let folder: string;
let host: WebHost;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longview-api-'));
  await mkdir(join(folder, 'pages'));
  await writeFile(join(folder, 'pages', 'index.html'), '<!doctype html><title>Longview</title>');
  await writeFile(join(folder, 'still.jpg'), 'jpeg');
  host = await serve({
    engine: pretendEngine({ videos: pretendVideos(3), stills: [join(folder, 'still.jpg')] }),
    pages: join(folder, 'pages'),
    info: { version: '9.8.7', platform: 'linux', sample: null },
    key,
  });
});
after(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

/** As a script asks: no cookie, no origin. */
async function ask(
  method: string,
  path: string,
  {
    body,
    headers = {},
    port = host.port,
  }: { body?: unknown; headers?: OutgoingHttpHeaders; port?: number } = {},
) {
  const outgoing = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    headers: { ...(method === 'POST' ? { 'content-type': 'application/json' } : {}), ...headers },
  });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    outgoing.on('response', resolve).on('error', reject),
  );
  return { status: response.statusCode!, headers: response.headers, body: await text(response) };
}
const bearer = { authorization: `Bearer ${key}` };
const call = async (method: string, body: unknown) => {
  const answer = await ask('POST', `/api/call/${method}`, { body, headers: bearer });
  return { status: answer.status, body: JSON.parse(answer.body) };
};

describe('a script with the key', () => {
  test('lists, finds and asks, each with one request', async () => {
    const library = await call('library', {});
    assert.equal(library.status, 200);
    assert.equal(methods.library.result.parse(library.body).videos.length, 3);
    const found = await call('find', { query: 'a person' });
    assert.ok(methods.find.result.parse(found.body).moments.length > 0);
    const answered = await call('ask', { question: 'Who is there?', in: 'video-1' });
    assert.equal(methods.ask.result.parse(answered.body).videoId, 'video-1');
    assert.equal((await ask('GET', '/api/still/video-0?t=1', { headers: bearer })).body, 'jpeg');
    assert.equal((await ask('GET', '/api/session', { headers: bearer })).status, 204);
    const streamed = await ask('POST', '/api/call', {
      body: { id: 3, method: 'library', request: {} },
      headers: bearer,
    });
    assert.equal(JSON.parse(streamed.body.trim()).id, 3);
  });

  test('hears what is wrong as data, with the status that says the same', async () => {
    for (const [method, body, status, code] of [
      ['transcript', { video: 'nothing' }, 404, 'video-not-in-library'],
      ['cancelJob', { job: 'x' }, 400, 'bad-argument'],
      ['pickPaths', {}, 400, 'bad-argument'],
    ] as const) {
      const answer = await call(method, body);
      assert.equal(answer.status, status, method);
      assert.equal(answer.body.error.code, code, method);
    }
    for (const path of ['/api/call/nothing', '/api/call/toString', '/api/call/', '/api/call/find/x'])
      assert.equal((await ask('POST', path, { body: {}, headers: bearer })).status, 404, path);
    assert.equal((await ask('GET', '/api/call/library', { headers: bearer })).status, 404);
    const form = { ...bearer, 'content-type': 'text/plain' };
    assert.equal((await ask('POST', '/api/call/library', { body: {}, headers: form })).status, 415);
  });
});

describe('without the key', () => {
  const routes = [
    ['POST', '/api/call'],
    ['GET', '/api/happenings'],
    ['GET', '/api/still/video-0?t=1'],
    ['GET', '/api/media/video-0'],
    ['GET', '/api/session'],
    ...Object.keys(methods).map((name) => ['POST', `/api/call/${name}`]),
  ];
  test('nothing is told: 401, and for a page of another site 403', async () => {
    const origin = `http://127.0.0.1:${host.port}`;
    for (const [method, path] of routes) {
      const body = method === 'POST' ? {} : undefined;
      const headers = method === 'POST' ? { origin } : {};
      assert.equal((await ask(method, path, { body, headers })).status, 401, path);
      const foreign = { ...bearer, origin: 'http://evil.example' };
      assert.equal((await ask(method, path, { body, headers: foreign })).status, 403, `${path}, foreign`);
      const rebound = { ...bearer, host: 'evil.example' };
      assert.equal((await ask(method, path, { body, headers: rebound })).status, 421, `${path}, rebound`);
    }
    assert.equal((await ask('POST', '/api/call/library', { body: {} })).status, 403, 'no origin, no key');
  });

  test('guesses are heard out only so often, with keys and codes together', async (t) => {
    const other = await serve({
      engine: pretendEngine({ videos: [] }),
      pages: join(folder, 'pages'),
      info: { version: '1', platform: 'linux', sample: null },
      key,
    });
    t.after(() => other.close());
    const guess = async (brought: string) =>
      (
        await ask('POST', '/api/call/library', {
          body: {},
          port: other.port,
          headers: { authorization: `Bearer ${brought}` },
        })
      ).status;
    assert.equal(await guess(key), 200);
    const answers: number[] = [];
    for (let number = 0; number < 11; number++) answers.push(await guess(`guess-${number}`));
    assert.deepEqual(answers, [...Array<number>(10).fill(401), 429]);
    assert.equal(await guess(key), 429, 'then nobody’s from there is heard');
  });

  test('a host without a key lets no script in, whatever it brings', async (t) => {
    const other = await serve({
      engine: pretendEngine({ videos: [] }),
      pages: join(folder, 'pages'),
      info: { version: '1', platform: 'linux', sample: null },
    });
    t.after(() => other.close());
    const code = new URL(other.url).hash.slice('#key='.length);
    for (const brought of [key, code, 'undefined']) {
      const headers = { authorization: `Bearer ${brought}` };
      const answer = await ask('POST', '/api/call/library', { body: {}, port: other.port, headers });
      assert.equal(answer.status, 401, brought);
      assert.match(answer.body, /--key-file/u);
      assert.equal(answer.headers['www-authenticate'], 'Bearer');
    }
  });
});

describe('the description', () => {
  test('is valid by OpenAPI 3.1’s own rules, and has every method with what it takes and gives', async () => {
    const { status, body, headers } = await ask('GET', '/openapi.json');
    assert.deepEqual([status, headers['content-type']], [200, 'application/json; charset=utf-8']);
    const api = JSON.parse(body) as ReturnType<typeof describeApi>;
    assert.match(api.openapi, /^3\.1\./u);
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(api));
    assert.ok(valid, JSON.stringify(errors));
    assert.equal(validator.version, '3.1');
    const called = Object.keys(api.paths).filter((path) => path.startsWith('/api/call/'));
    assert.deepEqual(
      called.map((path) => path.slice('/api/call/'.length)).toSorted(),
      Object.keys(methods).toSorted(),
    );
    const references = [...body.matchAll(/"\$ref": "([^"]+)"/gu)].map(([, reference]) => reference);
    assert.ok(references.length > 2 * called.length);
    for (const reference of references) {
      const [, name, ...rest] = /^#\/components\/schemas\/(\w+)(.*)$/u.exec(reference) ?? [];
      assert.ok(name !== undefined && name in api.components.schemas && rest.join('') === '', reference);
    }
  });

  test('is refused by the validator where it is wrong, so that the test above means something', async () => {
    const api = structuredClone(describeApi());
    delete (api.paths['/api/call/find'].post as { responses?: unknown }).responses;
    api.paths['/api/call/find'].post = { ...(api.paths['/api/call/find'].post as object), parameters: 3 };
    assert.equal((await new Validator().validate(api)).valid, false);
  });

  test('is a page that needs nothing from elsewhere and runs nothing', async () => {
    const { body, headers } = await ask('GET', '/api');
    assert.match(headers['content-type']!, /^text\/html/u);
    assert.match(headers['content-security-policy'] as string, /default-src 'none'.*script-src 'self'/u);
    assert.doesNotMatch(body, /<script|<img|style=|\son\w+="/u);
    const outside = [...body.matchAll(/(?:src|href)="([^"#][^"]*)"/gu)].map(([, address]) => address);
    assert.deepEqual(outside, ['data:,', '/api.css', '/openapi.json']);
    for (const name of Object.keys(methods)) assert.ok(body.includes(`POST /api/call/${name}<`), name);
    const ids = new Set([...body.matchAll(/ id="(\w+)"/gu)].map(([, id]) => id));
    for (const [, target] of body.matchAll(/href="#(\w+)"/gu)) assert.ok(ids.has(target), target);
    assert.match((await ask('GET', '/api.css')).headers['content-type']!, /^text\/css/u);
  });

  test('tells nothing of this machine or its library', async () => {
    for (const path of ['/openapi.json', '/api', '/api.css']) {
      const { body } = await ask('GET', path);
      assert.doesNotMatch(body, /9\.8\.7|clip 0|footage\/|video-0/u, path);
      assert.ok(!body.includes(folder), path);
      assert.equal((await ask('POST', path, { body: {}, headers: bearer })).status, 405, path);
    }
  });
});
