import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { call, cookie, footage, host, inside, lines, own } from '../../../tests/web/own-host.ts';

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
