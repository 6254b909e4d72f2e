import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { streamHappenings } from './calls.ts';
import type { Happening } from '../../protocol/wire.ts';

test('for a window that doesn’t read nothing is gathered; reading again it hears the last, and is dropped else', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  let tell: (happening: Happening) => void = () => assert.fail('nobody listens');
  let listening = true;
  const session = {
    listen: (listener: typeof tell) => {
      tell = listener;
      return () => (listening = false);
    },
  };
  streamHappenings(response, session, 100);
  const paths = ['x'.repeat(10_000)];
  const job = { id: 1, paths, state: 'waiting' as const, addedAt: '' };
  const happening = (change: number): Happening => ({
    event: 'activity',
    value: { at: { host: 'one', change }, order: [1], jobs: [job], progress: [] },
  });
  let heard = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    heard += piece;
  });

  socket.pause();
  let change = 0;
  // More than the sockets' own buffers hold.
  for (; change < 3000; change++) {
    tell(happening(change));
    if (change % 100 === 0) await new Promise((wait) => setImmediate(wait));
  }
  tell({ event: 'library' });
  assert.ok(response.writableLength < 100_000, `${response.writableLength} bytes are kept`);
  socket.resume();
  while (!heard.includes('"event":"library"')) await once(socket, 'data');
  assert.ok(heard.includes(`"change":${change - 1}}`), 'the last change');

  socket.pause();
  const dropped = once(response, 'close');
  while (!response.writableNeedDrain) {
    tell(happening(++change));
    await new Promise((wait) => setImmediate(wait));
  }
  tell(happening(++change));
  await dropped;
  assert.equal(listening, false);
  socket.destroy();
});
