import { connect } from 'node:net';

/** What became of many hostile requests. */
export interface Siege {
  sent: number;
  /** Answers by status; "none" where the connection was closed or nothing came. */
  answers: Record<string, number>;
  /** Requests without a session that got something of the library, or with one that wrote something. Must be none. */
  letIn: string[];
  /** Requests that the host answered as a mistake of its own. Must be none. */
  mistakes: string[];
}

/** The host that is attacked. */
export interface Besieged {
  port: number;
  /** A session's cookie for part of the requests: whoever has the key may not reach further than the window does. */
  cookie?: string;
}

/** Whole numbers below a bound, the same for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    // Marsaglia's xorshift32.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const methods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'PROPFIND',
  'CONNECT',
  'BREW',
];
const targets = [
  ...[
    '/',
    '/index.html',
    '/api/session',
    '/api/call',
    '/api/happenings',
    '/api/media/video-0',
    '/api/still/x?t=1',
  ],
  ...[
    '/api/stream/x?start=1e999',
    '/api/media/..%2f..%2fetc%2fpasswd',
    '/../../etc/passwd',
    '//etc/passwd',
    '*',
    '?',
  ],
  ...[
    'http://evil.example/api/call',
    'http://[',
    'https://127.0.0.1/',
    'file:///etc/passwd',
    '/%00',
    '/%',
    '/api/%2e%2e',
  ],
  ...[
    '/assets/..%5c..%5cx',
    '/api/media/',
    '/api//',
    `/${'a'.repeat(9000)}`,
    '/api/still/x?t=' + '9'.repeat(400),
  ],
];
const hosts = [
  'OWN',
  'localhost',
  'evil.example',
  '127.0.0.1.evil.example',
  '',
  '[::1]',
  'OWN, evil.example',
  '0.0.0.0',
];
const origins = [
  undefined,
  'OWN',
  'null',
  'http://evil.example',
  'https://OWN',
  'http://localhost',
  'file://',
];
const types = [
  'application/json',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-7',
  '',
];
const bodies = [
  '',
  '{}',
  'null',
  '[',
  '"x"',
  '{"key":""}',
  '{"key":{"__proto__":1}}',
  `{"key":"${'k'.repeat(500)}"}`,
  '{"id":1,"method":"library","request":{}}',
  '{"id":1,"method":"constructor","request":{}}',
  '{"id":-1,"method":"library"}',
  '{"id":1,"method":"video","request":{"video":"../../etc/passwd"}}',
  '{"id":1,"method":"exportMoments","request":{"title":"x","format":"csv","out":"/tmp/longview-hostile","moments":[{"video":"x","start":0,"end":1}]}}',
  '{"id":1,"method":"exportMoments","request":{"title":"../../x","format":"clips","to":"folder","moments":[{"video":"x","start":0,"end":1}]}}',
  '{"id":1,"method":"removeModel","request":{"id":"../.."}}',
  '{"id":1,"method":"importModel","request":{"folder":"/","id":"../../x"}}',
  '{"id":1,"method":"downloadModel","request":{"name":"http://evil.example/x"}}',
  `{"id":1,"method":"find","request":{"query":"${'x'.repeat(100_000)}"}}`,
  `{"id":1,"method":"find","request":${'['.repeat(5000)}${']'.repeat(5000)}}`,
];

/** One request as its bytes; `whole` where its body is as long as it says. */
function hostile(random: (below: number) => number, { port, cookie }: Besieged) {
  const pick = <T>(some: readonly T[]): T => some[random(some.length)];
  const own = `127.0.0.1:${port}`;
  const withSession = cookie !== undefined && random(3) === 0;
  const method = pick(methods);
  const target = pick(targets);
  const body = pick(bodies);
  const origin = pick(origins);
  const says = random(8) === 0 ? random(10_000_000) : Buffer.byteLength(body);
  const lines = [
    `${method} ${target} HTTP/1.${random(20) === 0 ? '0' : '1'}`,
    `Host: ${pick(hosts).replaceAll('OWN', own)}`,
    ...(origin === undefined
      ? []
      : [`Origin: ${origin.replaceAll('OWN', own).replace(/^127/u, 'http://127')}`]),
    `Content-Type: ${pick(types)}`,
    random(10) === 0 ? 'Transfer-Encoding: chunked' : `Content-Length: ${says}`,
    ...(withSession
      ? [`Cookie: ${cookie}`]
      : random(4) === 0
        ? [`Cookie: longview_${port}=${'A'.repeat(32)}`]
        : []),
    ...(random(5) === 0 ? ['Upgrade: websocket', 'Connection: Upgrade'] : ['Connection: close']),
    ...(random(6) === 0
      ? [`Range: bytes=${pick(['0-', '-1', '9-1', `${'9'.repeat(30)}-`, '0-1,2-3'])}`]
      : []),
    ...(random(20) === 0 ? [`X: ${'y'.repeat(20_000)}`] : []),
    ...(random(30) === 0 ? ['broken header'] : []),
  ];
  return { head: lines[0], withSession, bytes: `${lines.join('\r\n')}\r\n\r\n${body}` };
}

/**
 * Sends hostile requests to a host: odd methods, targets, names, origins, lengths, bodies; with and without a session.
 * @param seed the same requests for the same seed
 */
export async function besiege(
  host: Besieged,
  { seed, count }: { seed: number; count: number },
): Promise<Siege> {
  const random = randomFrom(seed);
  const siege: Siege = { sent: 0, answers: {}, letIn: [], mistakes: [] };
  const one = async () => {
    const request = hostile(random, host);
    const answer = await exchange(host.port, request.bytes);
    const status = /^HTTP\/1\.1 (\d{3})/u.exec(answer)?.[1] ?? 'none';
    siege.sent++;
    siege.answers[status] = (siege.answers[status] ?? 0) + 1;
    if (status.startsWith('5')) siege.mistakes.push(request.head);
    // Without a session only the interface's own pages may come.
    const isPage = opensPage(request.head);
    if (!request.withSession && status.startsWith('2') && !isPage) siege.letIn.push(request.head);
    if (/root:.*:0:0:|"out":"\//u.test(answer)) siege.letIn.push(request.head);
  };
  const work = async () => {
    while (siege.sent + atOnce <= count) await one();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  while (siege.sent < count) await one();
  return siege;
}

/** Whether a request line asks for the start page, by whatever way an address may be written. */
function opensPage(head: string): boolean {
  const [, method, target] = /^(\S+) (.*) HTTP/u.exec(head) ?? [];
  const url = URL.parse(target?.startsWith('/') ? `http://longview${target}` : (target ?? ''));
  return (
    (method === 'GET' || method === 'HEAD') && (url?.pathname === '/' || url?.pathname === '/index.html')
  );
}

const atOnce = 8;

/** Sends bytes and gathers what comes back until it is enough to judge by, or nothing comes. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1');
    const done = () => {
      socket.destroy();
      resolve(heard);
    };
    socket.setTimeout(1500, done);
    socket.on('error', done).on('close', done);
    socket.setEncoding('utf8').on('data', (piece: string) => {
      heard += piece;
      // A stream of happenings never ends.
      if (heard.length > 20_000 || heard.includes('text/event-stream')) done();
    });
    socket.write(bytes);
  });
}
