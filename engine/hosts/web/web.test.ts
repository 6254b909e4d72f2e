import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { pretendEngine, pretendVideos } from '../../../tests/web/pretend-engine.ts';
import { serve, type WebHost } from './index.ts';
import { parseTarget } from './target.ts';

let folder: string;
let host: WebHost;
let cookie: string;
const footage = Buffer.from(Array.from({ length: 1000 }, (_, n) => n % 256));

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

const key = () => new URL(host.url).hash.replace('#key=', '');
const own = () => `127.0.0.1:${host.port}`;

/** A host beside the others' with options of its own. */
async function another(t: TestContext, options: Partial<Parameters<typeof serve>[0]> = {}): Promise<WebHost> {
  const opened = await serve({
    engine: pretendEngine({ videos: pretendVideos(1) }),
    pages: join(folder, 'pages'),
    info: { version: '1', platform: 'linux', sample: null },
    ...options,
  });
  t.after(() => opened.close());
  return opened;
}

interface Asked {
  /** Of another host than the one that most tests ask. */
  port?: number;
  headers?: OutgoingHttpHeaders;
  body?: unknown;
}

async function ask(method: string, path: string, { headers = {}, body, port = host.port }: Asked = {}) {
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
const inside = (method: string, path: string, asked: Asked = {}) =>
  ask(method, path, { ...asked, headers: { cookie, ...asked.headers } });
const call = (method: string, params: unknown) =>
  inside('POST', '/api/call', { body: { id: 7, method, request: params } });
const lines = (body: Buffer) =>
  body
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { part?: string; result?: unknown; error?: { code: string } });

test('the start page and its files come with a policy that lets nothing else in', async () => {
  const page = await ask('GET', '/');
  assert.equal(page.status, 200);
  assert.match(page.body.toString(), /Longview/);
  const policy = page.headers['content-security-policy'] as string;
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|\*|http:/);
  assert.equal(page.headers['x-content-type-options'], 'nosniff');
  const script = await ask('GET', '/assets/app-1234.js');
  assert.match(script.headers['content-type']!, /javascript/);
  assert.match(script.headers['cache-control']!, /immutable/);
});

test('no answer allows another site anything', async () => {
  for (const path of ['/', '/api/session']) {
    const { headers } = await ask('GET', path);
    assert.equal(headers['access-control-allow-origin'], undefined);
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
  }
  assert.equal((await inside('OPTIONS', '/api/call')).status, 404);
});

test('a request under another name is refused, so that a rebound address gets nothing', async () => {
  for (const name of [
    'evil.example',
    `evil.example:${host.port}`,
    '127.0.0.1.evil.example',
    'localhost.evil',
  ])
    assert.equal((await inside('GET', '/api/session', { headers: { host: name } })).status, 421, name);
  assert.equal(
    (await inside('GET', '/api/session', { headers: { host: `localhost:${host.port}` } })).status,
    204,
  );
  // Through an SSH tunnel the port is another one.
  assert.equal((await inside('GET', '/api/session', { headers: { host: 'localhost:9999' } })).status, 204);
});

test('requests from other origins are refused even with the cookie', async () => {
  const body = { id: 1, method: 'library', request: {} };
  for (const origin of ['http://evil.example', 'null', `https://${own()}`, 'http://localhost:1'])
    assert.equal((await inside('POST', '/api/call', { body, headers: { origin } })).status, 403, origin);
  const bare = request({
    host: '127.0.0.1',
    port: host.port,
    method: 'POST',
    path: '/api/call',
    headers: { cookie },
  });
  bare.end('{}');
  const [response] = (await once(bare, 'response')) as [IncomingMessage];
  response.resume();
  assert.equal(response.statusCode, 403, 'no origin at all');
  const embedded = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
  assert.equal((await inside('GET', '/api/media/video-0', { headers: embedded })).status, 403);
  const followed = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  assert.equal((await ask('GET', '/', { headers: followed })).status, 200, 'a link to the start page works');
});

test('without the cookie nothing of the library can be had', async () => {
  for (const [method, path] of [
    ['GET', '/api/session'],
    ['GET', '/api/happenings'],
    ['GET', '/api/media/video-0'],
    ['HEAD', '/api/media/video-0'],
    ['GET', '/api/still/video-0?t=1'],
    ['GET', '/api/stream/video-0?start=1'],
    ['POST', '/api/call'],
  ]) {
    assert.equal((await ask(method, path, method === 'POST' ? { body: {} } : {})).status, 401, path);
    const forged = { cookie: `longview_${host.port}=${'A'.repeat(32)}` };
    assert.equal((await ask(method, path, { headers: forged })).status, 401, `${path}, forged`);
  }
});

test('a code in an address lets one browser in, once; scripts and other sites never see the cookie', async () => {
  for (const wrong of ['', 'x', key().slice(1), `${key()}x`, 'x'.repeat(500)])
    assert.equal((await ask('POST', '/api/session', { body: { key: wrong } })).status, 401);
  const code = key();
  const given = await ask('POST', '/api/session', { body: { key: code } });
  assert.equal(given.status, 204);
  assert.match(given.headers['set-cookie']![0], /HttpOnly; SameSite=Strict$/);
  assert.ok(!given.headers['set-cookie']![0].includes(code), 'the cookie is not the code');
  assert.equal((await ask('POST', '/api/session', { body: { key: code } })).status, 401, 'used up');
  assert.notEqual(key(), code, 'the next address has another');
  const second = await ask('POST', '/api/session', { body: { key: key() } });
  assert.notEqual(second.headers['set-cookie']![0], given.headers['set-cookie']![0], 'each has its own');
});

test('whoever invites hears by which address somebody came', async () => {
  const heard: (string | undefined)[] = [];
  const stop = host.onEntered((url) => heard.push(url));
  const before = host.url;
  const address = host.invite();
  await ask('POST', '/api/session', { body: { key: new URL(address).hash.slice(5) } });
  stop();
  await ask('POST', '/api/session', { body: { key: new URL(host.invite()).hash.slice(5) } });
  assert.deepEqual(heard, [address]);
  assert.equal(host.url, before, 'the printed address is still good');
});

test('guesses are heard out only so often, and do not keep out whoever has a code', async (t) => {
  const guarded = await another(t, { key: 'a key that somebody chose' });
  const enter = (brought: string) =>
    ask('POST', '/api/session', { port: guarded.port, body: { key: brought } });
  assert.equal((await enter('a key that somebody chose')).status, 204);
  assert.equal(
    (await enter('a key that somebody chose')).status,
    204,
    'a key lets in any number of browsers',
  );
  const answers: number[] = [];
  for (let guess = 0; guess < 12; guess++) answers.push((await enter(`guess ${guess}`)).status);
  assert.deepEqual(answers, [...Array<number>(10).fill(401), 429, 429]);
  const refused = await enter('a key that somebody chose');
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers['retry-after']) > 0);
  assert.equal((await enter(new URL(guarded.url).hash.slice(5))).status, 204);
});

test('other machines are let near it only with a key that was set on purpose', async (t) => {
  const pages = join(folder, 'pages');
  const options = {
    engine: pretendEngine({ videos: [] }),
    pages,
    info: { version: '1', platform: 'linux', sample: null },
  };
  for (const address of ['0.0.0.0', '::', '192.0.2.7', 'workstation.example', '127.evil.example'])
    await assert.rejects(serve({ ...options, host: address }), { code: 'bad-argument' }, address);
  for (const address of ['127.0.0.1', 'localhost'])
    await (await serve({ ...options, host: address })).close();
  const open = await another(t, { host: '0.0.0.0', key: 'a key that somebody chose' });
  for (const address of open.elsewhere) assert.ok(!address.includes('#'), 'their addresses carry no code');
});

test('bodies that never end cost nobody anything before the key is known', async (t) => {
  const guarded = await another(t);
  const head = (path: string, length: number) =>
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${guarded.port}\r\nOrigin: http://127.0.0.1:${guarded.port}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
  const answerTo = async (request: string) => {
    const socket = connect({ host: '127.0.0.1', port: guarded.port });
    t.after(() => socket.destroy());
    socket.write(request);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return Number(/^HTTP\/1\.1 (\d+)/.exec(answer.toString())?.[1]);
  };
  assert.equal(await answerTo(head('/api/session', 4_000_000)), 413, 'it says that it will be too long');
  const chunked = head('/api/session', 0).replace('Content-Length: 0', 'Transfer-Encoding: chunked');
  assert.equal(await answerTo(`${chunked}800\r\n${'x'.repeat(0x800)}\r\n`), 413, 'it becomes too long');
  assert.equal(await answerTo(head('/api/call', 3_999_999)), 401, 'who it is comes first');
});

test('an odd request target is a wrong request, not a mistake of ours', async () => {
  for (const target of [
    '*',
    '//',
    '///',
    '//[',
    '/[',
    '/%',
    '/%%%',
    '/?%zz',
    '/\\..\\x',
    '/a|b',
    '/a"b<c>',
    'http://',
    'http://[',
    'http://a b',
    'ftp://x/',
    'x',
    '?',
    '#',
    '/api/still/%00?t=%',
    '/api//',
    '/api/media/',
    `/${'a'.repeat(8000)}`,
  ]) {
    const socket = connect({ host: '127.0.0.1', port: host.port });
    socket.write(
      `GET ${target} HTTP/1.1\r\nHost: ${own()}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`,
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    assert.match(answer.toString(), /^HTTP\/1\.1 (200|400|404) /, target.slice(0, 40));
  }
  for (const target of ['*', 'x', 'http://[', 'ftp://x/'])
    assert.throws(() => parseTarget(target), { status: 400 }, target);
});

test('an export goes to the host’s own folder or comes back; no request names a path', async (t) => {
  const exportsDir = join(folder, 'out');
  const guarded = await another(t, { exportsDir });
  const entered = await ask('POST', '/api/session', {
    port: guarded.port,
    body: { key: new URL(guarded.url).hash.slice(5) },
  });
  const mine = entered.headers['set-cookie']![0].split(';')[0];
  const exporting = async (more: object) => {
    const request = { title: 'x', moments: [{ video: 'video-0', start: 0, end: 1 }], format: 'csv', ...more };
    const { body } = await ask('POST', '/api/call', {
      port: guarded.port,
      headers: { cookie: mine },
      body: { id: 1, method: 'exportMoments', request },
    });
    return lines(body).at(-1) as {
      result?: { out: string | null; text: string | null };
      error?: { code: string };
    };
  };
  assert.equal((await exporting({})).result?.text, 'csv of 1');
  assert.equal((await exporting({ to: 'folder' })).result?.out, join(exportsDir, 'x'));
  for (const wrong of [
    { out: join(folder, 'film.mp4') },
    { out: join(folder, 'film.mp4'), overwrite: true },
    { to: join(folder, 'film.mp4') },
    { to: 'choose' },
    { place: { file: join(folder, 'film.mp4') } },
    { to: 'folder', folder: '/' },
  ])
    assert.equal((await exporting(wrong)).error?.code, 'bad-argument', JSON.stringify(wrong));
});

test('a path outside the interface is not found, however it is written', async () => {
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%5c..%5csecret.txt',
    '//etc/passwd',
    '/index.html%00.txt',
    '/%252e%252e/secret.txt',
    '/....//secret.txt',
    '/outside/secret.txt',
    '/assets/link.js',
    'http://127.0.0.1/../secret.txt',
    '/C:/Windows/win.ini',
  ]) {
    const { status, body } = await inside('GET', path);
    assert.ok(status === 404 || body.toString().includes('<title>Longview'), path);
    assert.doesNotMatch(body.toString(), /not for you|root:/);
  }
});

test('footage is named by its video, never by a path', async () => {
  for (const name of [
    '..%2fsecret.txt',
    '%2fetc%2fpasswd',
    '..',
    'video-0/..',
    'video-99',
    'secret.txt',
    '%00',
    '%',
  ])
    assert.ok([400, 404].includes((await inside('GET', `/api/media/${name}`)).status), name);
  assert.equal((await inside('GET', '/api/still/..%2fsecret.txt?t=0')).status, 404);
});

test('footage is served whole and in parts', async () => {
  const whole = await inside('GET', '/api/media/video-0');
  assert.equal(whole.status, 200);
  assert.equal(whole.headers['accept-ranges'], 'bytes');
  assert.equal(whole.headers['content-type'], 'video/mp4');
  assert.deepEqual(whole.body, footage);
  const part = await inside('GET', '/api/media/video-0', { headers: { range: 'bytes=10-19' } });
  assert.equal(part.status, 206);
  assert.equal(part.headers['content-range'], 'bytes 10-19/1000');
  assert.equal(part.headers['content-length'], '10');
  assert.deepEqual(part.body, footage.subarray(10, 20));
  const end = await inside('GET', '/api/media/video-0', { headers: { range: 'bytes=-5' } });
  assert.deepEqual(end.body, footage.subarray(995));
  const beyond = await inside('GET', '/api/media/video-0', { headers: { range: 'bytes=1000-' } });
  assert.equal(beyond.status, 416);
  assert.equal(beyond.headers['content-range'], 'bytes */1000');
  const head = await inside('HEAD', '/api/media/video-0');
  assert.equal(head.headers['content-length'], '1000');
  assert.equal(head.body.length, 0);
});

test('a part of footage that changed meanwhile comes whole', async () => {
  const { headers } = await inside('GET', '/api/media/video-0');
  const same = { range: 'bytes=0-9', 'if-range': headers.etag };
  assert.equal((await inside('GET', '/api/media/video-0', { headers: same })).status, 206);
  const other = { range: 'bytes=0-9', 'if-range': '"older"' };
  assert.equal((await inside('GET', '/api/media/video-0', { headers: other })).status, 200);
});

test('a still comes with the time nearest before', async () => {
  const still = await inside('GET', '/api/still/video-0?t=12.5');
  assert.equal(still.status, 200);
  assert.equal(still.headers['content-type'], 'image/jpeg');
  for (const time of ['-1', 'NaN', 'x', '1e999'])
    assert.equal((await inside('GET', `/api/still/video-0?t=${time}`)).status, 200, time);
});

test('a call is answered with its parts, then its result', async () => {
  const { status, headers, body } = await call('find', { query: 'a cup' });
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'application/x-ndjson');
  const [first, result] = lines(body);
  assert.equal(first.part, 'first');
  assert.equal((result.result as { refined: boolean }).refined, true);
  const [hello] = lines((await call('hello', {})).body);
  assert.deepEqual(hello.result, {
    version: '1.2.3',
    platform: 'linux',
    sample: null,
    host: 'web',
    pick: false,
  });
});

test('a call that is wrong is answered with an error that says so', async () => {
  for (const body of [{}, { id: 1, method: 'format', request: {} }, [], 'x', { id: -1, method: 'library' }])
    assert.equal(lines((await inside('POST', '/api/call', { body })).body)[0].error?.code, 'bad-argument');
  assert.equal(lines((await call('video', { video: 'nobody' })).body)[0].error?.code, 'video-not-in-library');
  assert.equal(lines((await call('enqueue', { paths: [] })).body)[0].error?.code, 'bad-argument');
});

test('only JSON is taken, and not endlessly', async () => {
  const form = { 'content-type': 'text/plain' };
  assert.equal((await inside('POST', '/api/call', { body: {}, headers: form })).status, 415);
  const long = { id: 1, method: 'find', request: { query: 'x'.repeat(5_000_000) } };
  assert.equal((await inside('POST', '/api/call', { body: long })).status, 413);
});

test('happenings reach every window that listens', async () => {
  const stream = request({
    host: '127.0.0.1',
    port: host.port,
    path: '/api/happenings',
    headers: { host: own(), cookie },
  });
  stream.end();
  const [response] = (await once(stream, 'response')) as [IncomingMessage];
  assert.equal(response.headers['content-type'], 'text/event-stream');
  let heard = '';
  response.setEncoding('utf8').on('data', (piece: string) => (heard += piece));
  await call('enqueue', { paths: ['/footage/Interviews/clip 0002.mp4'] });
  while (!/"state":"done"/.test(heard)) await once(response, 'data');
  assert.match(heard, /"event":"activity"/);
  assert.match(heard, /"event":"library"/);
  stream.destroy();
});

test('no stream of happenings or footage opens for another site or another name', async () => {
  for (const path of ['/api/happenings', '/api/stream/video-0', '/api/media/video-0']) {
    const foreign = { origin: 'http://evil.example' };
    assert.equal((await inside('GET', path, { headers: foreign })).status, 403, path);
    assert.equal((await inside('GET', path, { headers: { host: 'evil.example' } })).status, 421, path);
  }
});

test('nothing is upgraded to another protocol', async () => {
  const socket = connect({ host: '127.0.0.1', port: host.port });
  const handshake = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
  const lines = [
    'GET /api/happenings HTTP/1.1',
    `Host: ${own()}`,
    ...handshake,
    'Sec-WebSocket-Key: AAAA',
    '',
    '',
  ];
  socket.write(lines.join('\r\n'));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 401 /);
  socket.destroy();
});

const notLinux = process.platform !== 'linux' && 'only Linux answers at every 127.x.x.x';
test(
  'listening everywhere, it answers to its own addresses and still to no other name',
  { skip: notLinux },
  async (t) => {
    const open = await serve({
      engine: pretendEngine({ videos: [] }),
      pages: join(folder, 'pages'),
      info: { version: '1', platform: 'linux', sample: null },
      host: '0.0.0.0',
      key: 'a key that somebody chose',
    });
    t.after(() => open.close());
    assert.match(open.url, /^http:\/\/127\.0\.0\.1:/, 'the address that this machine itself opens');
    assert.deepEqual(host.elsewhere, [], 'a host for this machine alone can be reached from nowhere else');
    const status = async (address: string, name: string) => {
      const outgoing = request({ host: address, port: open.port, path: '/', headers: { host: name } });
      outgoing.end();
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    };
    // 127.0.0.2 is this machine too, and none of the names that are always allowed.
    assert.equal(await status('127.0.0.2', `127.0.0.2:${open.port}`), 200);
    assert.equal(await status('127.0.0.1', `127.0.0.2:${open.port}`), 421);
    assert.equal(await status('127.0.0.1', 'evil.example'), 421);
  },
);

test('a port that is taken is told with what to do', async () => {
  const options = {
    engine: pretendEngine({ videos: [] }),
    pages: join(folder, 'pages'),
    info: { version: '1', platform: 'linux', sample: null },
  };
  await assert.rejects(serve({ ...options, port: host.port }), /can't listen.*EADDRINUSE/);
  await assert.rejects(serve({ ...options, port: 70_000 }), /port must be a whole number/);
  await assert.rejects(serve({ ...options, pages: join(folder, 'nothing') }), /not built/);
});

test('it listens on this machine alone', async () => {
  const socket = connect({ host: '127.0.0.1', port: host.port });
  await once(socket, 'connect');
  assert.equal(socket.remoteAddress, '127.0.0.1');
  socket.destroy();
});

test('people of a hub get in by their own keys, through a proxy too, and do what their role may', async (t) => {
  const people = new Map([['lv_anna', { name: 'anna', role: 'ask' as const }]]);
  const other = await another(t, {
    people: async (token) => people.get(token),
    publicUrl: 'https://longview.example',
  });
  const { port } = other;
  const proxied = { Host: 'longview.example', Origin: 'https://longview.example' };
  const enter = (key: string, from: string) =>
    ask('POST', '/api/session', { port, headers: { ...proxied, 'X-Forwarded-For': from }, body: { key } });
  const entered = await enter('lv_anna', '10.0.0.1');
  assert.equal(entered.status, 204);
  const [set] = entered.headers['set-cookie']!;
  assert.match(set, /; HttpOnly; SameSite=Strict; Secure$/);
  const headers = { ...proxied, Cookie: set.split(';')[0] };
  const call = async (method: string, request: unknown) => {
    const { body } = await ask('POST', '/api/call', { port, headers, body: { id: 1, method, request } });
    return body.toString();
  };
  assert.match(await call('library', {}), /"result"/);
  assert.match(await call('remove', { video: 'x' }), /permission-denied/);
  for (let i = 0; i < 12; i++) await enter('lv_guess', `${i}.0.0.9, 10.0.0.2`);
  assert.equal(
    (await enter('lv_anna', '10.0.0.2')).status,
    429,
    'the proxy’s word counts, not what stands before it',
  );
  assert.equal((await enter('lv_anna', '10.0.0.3')).status, 204);
  const foreign = await ask('POST', '/api/session', {
    port,
    headers: { Host: 'longview.example', Origin: 'https://evil.example' },
    body: { key: 'lv_anna' },
  });
  assert.equal(foreign.status, 403);
});
