import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { pretendEngine, pretendVideos } from '../../tests/web/pretend-engine.ts';
import { createClient, type Told } from '../protocol/client.ts';
import { portTransport, type MessagePortLike } from '../protocol/port.ts';
import { servePort } from './port.ts';
import { createSession } from './session.ts';

const info = { host: 'desktop' as const, version: '1.0.0', platform: 'linux', pick: true, sample: null };

function wrap(port: MessagePort): MessagePortLike {
  return {
    postMessage: (message) => port.postMessage(message),
    receive(onMessage) {
      port.on('message', onMessage);
      return () => port.off('message', onMessage);
    },
  };
}

/** A window and a host at the two ends of a channel. */
function connected(t: TestContext, pace = 0) {
  const { port1, port2 } = new MessageChannel();
  const engine = pretendEngine({ videos: pretendVideos(3), pace });
  const session = createSession(engine, { info, pickPaths: async () => ['/picked'] });
  const stop = servePort(session, wrap(port1));
  const transport = portTransport(wrap(port2));
  t.after(async () => {
    stop();
    await session.close();
    port1.close();
  });
  return { client: createClient(transport), transport, port: port2, session };
}

test('a call over a port brings its parts in order and its result', async (t) => {
  const { client } = connected(t);
  const heard: string[] = [];
  const result = await client.call(
    'ask',
    { question: 'What happens?', in: 'video-0' },
    { on: { text: (piece) => heard.push(piece) } },
  );
  assert.equal(heard.join(''), result.answer);
  assert.ok(heard.length > 1, 'the answer came in pieces');
});

test('calls at the same time do not get each other’s answers', async (t) => {
  const { client } = connected(t);
  const [one, two, hello] = await Promise.all([
    client.call('find', { query: 'a cup' }),
    client.call('find', { query: 'a dog' }),
    client.call('hello', {}),
  ]);
  assert.deepEqual([one.query, two.query, hello.version], ['a cup', 'a dog', '1.0.0']);
});

test('a typed error crosses with its code, message and remedy', async (t) => {
  const { client } = connected(t);
  await assert.rejects(client.call('video', { video: 'nobody' }), {
    name: 'CallError',
    code: 'video-not-in-library',
    message: 'There is no video "nobody".',
    remedy: 'Add it to the library first.',
  });
});

test('aborting a call cancels it at the engine', async (t) => {
  const { client } = connected(t, 60_000);
  const stop = new AbortController();
  const asking = client.call('ask', { question: 'What?', in: 'video-0' }, { signal: stop.signal });
  stop.abort();
  await assert.rejects(asking, { code: 'cancelled' });
  await assert.rejects(
    client.call('find', { query: 'x' }, { signal: AbortSignal.abort() }),
    { code: 'cancelled' },
    'aborted before it was sent',
  );
});

test('happenings are heard, and an enqueued job runs to its end', async (t) => {
  const { client } = connected(t);
  const ended = new Promise<Told>((resolve) => {
    client.listen(
      (happening) => {
        if (happening.event === 'activity' && happening.value.jobs[0]?.state === 'done') resolve(happening);
      },
      () => undefined,
    );
  });
  await client.call('enqueue', { paths: ['/footage/Interviews/clip 0002.mp4'] });
  await ended;
  assert.deepEqual(await client.call('pickPaths', {}), { paths: ['/picked'] });
});

test('what was told once isn’t told again: events hold what changed, and a window puts them together', async (t) => {
  const { client, session } = connected(t);
  const sizes: number[] = [];
  session.listen((happening) => sizes.push(JSON.stringify(happening).length));
  const paths = Array.from({ length: 200 }, () => '/footage/Interviews/clip 0002.mp4');
  const states: string[][] = [];
  let ended = () => {};
  client.listen(
    (told) => {
      if (told.event !== 'activity') return;
      states.push(told.value.jobs.map(({ state }) => state));
      if (states.at(-1)!.every((state) => state === 'done')) ended();
    },
    () => undefined,
  );
  const run = async () => {
    const done = new Promise<void>((resolve) => (ended = resolve));
    await client.call('enqueue', { paths });
    await done;
    return client.call('activity', {});
  };
  const first = await run();
  const firstSizes = sizes.splice(0);
  const second = await run();
  assert.deepEqual(
    second.jobs.map(({ state }) => state),
    ['done', 'done'],
  );
  assert.deepEqual(second.jobs[0], first.jobs[0]);
  assert.deepEqual(
    second.jobs.map((job) => job.paths.length),
    [200, 200],
  );
  const largest = (of: number[]) => Math.max(...of);
  assert.ok(largest(sizes) < 1.1 * largest(firstSizes), 'the first job’s rows weigh on no later event');
});

test('when the port is lost, whoever waits hears that the engine is gone', async (t) => {
  const { client, transport } = connected(t, 60_000);
  const states: boolean[] = [];
  client.listen(
    () => undefined,
    (state) => states.push(state),
  );
  const asking = client.call('ask', { question: 'What?', in: 'video-0' });
  transport.lost();
  await assert.rejects(asking, { code: 'engine-stopped' });
  assert.deepEqual(states, [true, false]);
});

test('calls are refused at once while the engine is gone, and answered again when it is back', async (t) => {
  const { client, transport } = connected(t);
  const states: boolean[] = [];
  transport.lost();
  client.listen(
    () => undefined,
    (state) => states.push(state),
  );
  await assert.rejects(client.call('hello', {}), { code: 'engine-stopped' });
  transport.found();
  transport.found();
  assert.equal((await client.call('hello', {})).version, '1.0.0');
  assert.deepEqual(states, [false, true], 'whoever listens later hears how things are, and each change once');
});

test('a message that is none is answered with an error, not with a crash', async (t) => {
  const { port } = connected(t);
  const answer = new Promise((resolve) => port.on('message', resolve));
  port.postMessage({ id: 5, method: 'format', request: {} });
  assert.equal(((await answer) as { error: { code: string } }).error.code, 'bad-argument');
});
