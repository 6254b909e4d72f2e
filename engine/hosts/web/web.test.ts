import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { another, ask, cookie, folder, host, inside, key, lines, own } from '../../../tests/web/own-host.ts';
import { pretendEngine } from '../../../tests/web/pretend-engine.ts';
import { serve } from './index.ts';
import { parseTarget } from './target.ts';

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
