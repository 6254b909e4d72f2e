import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { temporaryFolder } from '../../../tests/fixtures/library.ts';
import { pretendEngine, pretendVideos } from '../../../tests/web/pretend-engine.ts';
import { LongviewError } from '../../protocol/errors.ts';
import { permissions } from './index.ts';
import { callTool, connectTo } from './testing/stream-client.ts';
import type { McpEngine } from './index.ts';

// Videos lie in turn in "/footage/Nordkap 2025", "/footage/Interviews", "/footage/Workshop".
const videos = pretendVideos(6);
const engine = (change: Partial<McpEngine> = {}): McpEngine => ({ ...pretendEngine({ videos }), ...change });
const looking = ['list', 'find', 'ask', 'transcript', 'still'];

describe('what a client is offered', () => {
  for (const mode of ['auto', 'legacy'] as const)
    test(`looking alone, unless more was allowed (${mode})`, async (t) => {
      const { client } = await connectTo(t, engine(), { mode });
      assert.equal(client.getNegotiatedProtocolVersion(), mode === 'auto' ? '2026-07-28' : '2025-11-25');
      assert.equal(client.getServerCapabilities()?.tools?.listChanged, false, 'they never change');
      const { tools } = await client.listTools();
      assert.deepEqual(
        tools.map(({ name }) => name),
        looking,
      );
      for (const { name, annotations, outputSchema } of tools) {
        assert.equal(annotations?.readOnlyHint, true, name);
        assert.equal(outputSchema?.type, 'object', name);
      }
      await assert.rejects(client.callTool({ name: 'clip', arguments: {} }), /clip not found/u);
    });

  test('each permission adds its tool and no other', async (t) => {
    for (const [permission, tools] of [
      ['export', [...looking, 'export']],
      ['clip', [...looking, 'clip']],
      ['paths', looking],
    ] as const) {
      const { client } = await connectTo(t, engine(), { allowed: new Set([permission]) });
      assert.deepEqual(
        (await client.listTools()).tools.map(({ name }) => name),
        tools,
      );
    }
    assert.deepEqual(permissions, ['export', 'clip', 'paths']);
  });
});

describe('every result cites its video and times', () => {
  test('of moments', async (t) => {
    const connected = await connectTo(t, engine());
    const { data, text, content } = await callTool(connected, 'find', { query: 'a person', limit: 3 });
    const moments = data!.moments as { video: string; name: string; start: number; end: number }[];
    assert.ok(moments.length > 0 && moments.length <= 3);
    for (const { video, name, start, end } of moments) {
      assert.ok(videos.some(({ id, path }) => id === video && path.endsWith(`/${name}`)));
      assert.ok(end > start);
      assert.ok(text.includes(`[${video}]`) && text.includes(name));
    }
    const links = content.filter(({ type }) => type === 'resource_link');
    assert.equal(links.length, moments.length);
  });

  test('of an answer, with its statements pointing to them', async (t) => {
    const answered = await pretendEngine({ videos }).ask({ question: 'Who is there?', in: 'video-1' });
    const connected = await connectTo(
      t,
      engine({
        ask: async () => ({
          ...answered,
          evidence: [
            { start: 1, end: 2, score: 0.9, reason: 'A person', videoId: 'video-0' },
            { start: 3, end: 4, score: 0.8, reason: 'A dog', videoId: 'video-1', supported: false },
          ],
          statements: [{ text: 'a dog', supported: false, score: 0.8, evidence: [1] }],
        }),
      }),
      { folders: ['/footage/Interviews'] },
    );
    const { data } = await callTool(connected, 'ask', { question: 'Who is there?' });
    // The first lies outside of what may be seen.
    assert.deepEqual(data!.citations, [
      {
        ...{ video: 'video-1', name: 'clip 0002.mp4', folder: 'Interviews', start: 3, end: 4 },
        ...{ time: '0:00:03.0 – 0:00:04.0', text: 'A dog', confidence: 0.8, supported: false },
      },
    ]);
    assert.deepEqual(data!.statements, [{ text: 'a dog', supported: false, citations: [0] }]);
  });

  test('a transcript comes in pieces that join', async (t) => {
    const whole = await callTool(await connectTo(t, engine()), 'transcript', { video: 'video-0' });
    const lines = whole.data!.lines as { start: number; end: number; text: string }[];
    assert.ok(lines.length > 2);
    const connected = await connectTo(t, engine());
    const joined: unknown[] = [];
    for (let from: number | null = 0; from !== null;) {
      const { data } = await callTool(connected, 'transcript', { video: 'video-0', from, limit: 2 });
      joined.push(...(data!.lines as unknown[]));
      from = data!.next;
    }
    assert.deepEqual(joined, lines);
  });
});

describe('folders that may not be seen', () => {
  const folders = ['/footage/Interviews'];

  test('are as if they were not there, in lists and searches', async (t) => {
    const asked: unknown[] = [];
    const real = engine();
    const connected = await connectTo(
      t,
      engine({ find: (request, options) => (asked.push(request), real.find(request, options)) }),
      { folders },
    );
    const { data } = await callTool(connected, 'list', {});
    assert.deepEqual(
      (data!.videos as { video: string }[]).map(({ video }) => video),
      ['video-1', 'video-4'],
    );
    assert.equal(data!.total, 2);
    await callTool(connected, 'find', { query: 'a person' });
    await callTool(connected, 'find', { query: 'a person', in: ['/'] });
    await callTool(connected, 'find', { query: 'a person', in: ['Interviews'] });
    assert.deepEqual(asked, [
      { query: 'a person', limit: 10, folders },
      { query: 'a person', limit: 10, in: folders, folders },
      { query: 'a person', limit: 10, in: folders, folders },
    ]);
  });

  test('an engine that tells more than it was asked is not believed', async (t) => {
    const everything = await engine().find({ query: 'a person' });
    const connected = await connectTo(t, engine({ find: async () => everything }), { folders });
    const { data, text, content } = await callTool(connected, 'find', { query: 'a person' });
    const ids = (data!.moments as { video: string }[]).map(({ video }) => video);
    assert.ok(ids.length > 0 && ids.every((id) => ['video-1', 'video-4'].includes(id)), ids.join(' '));
    assert.doesNotMatch(JSON.stringify([text, content]), /video-[0235]|Nordkap|Workshop/u);
  });

  test('a guessed id and one that doesn’t exist are answered alike', async (t) => {
    const connected = await connectTo(t, engine(), { folders, allowed: new Set(['export', 'clip']) });
    const moment = (video: string) => ({ title: 'x', moments: [{ video, start: 0, end: 1 }] });
    const calls: [string, (place: string) => Record<string, unknown>][] = [
      ['find', (place) => ({ query: 'a', in: [place] })],
      ['ask', (place) => ({ question: 'a', in: [place] })],
      ['list', (place) => ({ in: [place] })],
      ['transcript', (video) => ({ video })],
      ['still', (video) => ({ video, time: 1 })],
      ['export', (video) => ({ ...moment(video), format: 'csv' })],
      ['clip', moment],
    ];
    const hidden = [
      'at /footage/Workshop/x',
      'video-0',
      '/footage/Workshop',
      '/footage/Workshop/clip 0003.mp4',
      'clip 0003.mp4',
    ];
    for (const [tool, given] of calls)
      for (const place of hidden) {
        const guessed = await callTool(connected, tool, given(place));
        const nothing = await callTool(connected, tool, given('nothing'));
        assert.equal(guessed.isError, true, `${tool} ${place}`);
        assert.equal(guessed.text.replace(place, 'nothing'), nothing.text, `${tool} ${place}`);
      }
    for (const uri of ['longview://still/video-0/1.000', 'longview://transcript/video-0'])
      await assert.rejects(connected.client.readResource({ uri }), /no video or folder "video-0" here/u);
  });

  test('a folder whose name begins alike is another one', async (t) => {
    const connected = await connectTo(t, engine(), { folders: ['/footage/Inter'] });
    assert.equal((await callTool(connected, 'list', {})).data!.total, 0);
    const { isError, text } = await callTool(connected, 'find', { query: 'a' });
    assert.equal(isError, true);
    assert.match(text, /indexed/u);
  });
});

describe('where files lie', () => {
  const lost = async (): Promise<never> => {
    throw new LongviewError(
      'video-missing',
      `"/footage/Interviews/clip 0002.mp4" is gone; so is /footage/Workshop/clip 0003.mp4.`,
      `Look at "/a/very/long/path/that/was/cut...".`,
    );
  };
  test('is told only where that was allowed, in errors too', async (t) => {
    const connected = await connectTo(t, engine({ ask: lost }));
    for (const [tool, given] of [
      ['list', {}],
      ['find', { query: 'a person' }],
      ['ask', { question: 'What?' }],
      ['transcript', { video: 'video-0' }],
    ] as const)
      await callTool(connected, tool, given);
    const said = connected.lines.join('\n');
    assert.match(said, /clip 0002\.mp4/u);
    assert.doesNotMatch(said, /footage\/|\/library|very\/long/u);
    const open = await connectTo(t, engine({ ask: lost }), { allowed: new Set(['paths']) });
    const { data } = await callTool(open, 'list', {});
    assert.equal((data!.videos as { path: string }[])[0].path, videos[0].path);
    assert.match((await callTool(open, 'ask', { question: 'What?' })).text, /\/footage\/Workshop/u);
  });
});

describe('a picture', () => {
  test('comes as an image and by its address, and one that is too large doesn’t come', async (t) => {
    const folder = temporaryFolder(t);
    const [small, large] = [join(folder, 'at-1500.jpg'), join(folder, 'at-2500.jpg')];
    writeFileSync(small, 'jpeg');
    writeFileSync(large, Buffer.alloc(1_000_001));
    const still: McpEngine['still'] = async (_id, time) => (time < 2 ? small : large);
    const connected = await connectTo(t, engine({ still }));
    const { content, data } = await callTool(connected, 'still', { video: 'video-0', time: 1.9 });
    const image = content.find(({ type }) => type === 'image');
    assert.deepEqual(image, { type: 'image', data: btoa('jpeg'), mimeType: 'image/jpeg' });
    assert.equal(data!.time, 1.5, 'the time that it really shows');
    const { contents } = await connected.client.readResource({ uri: 'longview://still/video-0/1.900' });
    assert.deepEqual(contents, [
      { uri: 'longview://still/video-0/1.900', mimeType: 'image/jpeg', blob: btoa('jpeg') },
    ]);
    assert.match((await callTool(connected, 'still', { video: 'video-0', time: 3 })).text, /no picture/u);
    const beyond = await callTool(connected, 'still', { video: 'video-0', time: 9999 });
    assert.match(beyond.text, /time must be at most 40/u);
  });
});

describe('what is written', () => {
  test('goes into the folder for exports and nowhere else', async (t) => {
    const folder = temporaryFolder(t);
    const asked: unknown[] = [];
    const exportMoments: McpEngine['exportMoments'] = async ({ title, format }, { place } = {}) => {
      asked.push(place);
      const out = join((place as { folder: string }).folder, title);
      if (format === 'clips') mkdirSync(out);
      if (format === 'clips') writeFileSync(join(out, '01.mp4'), '');
      return { name: title, out, text: null, moments: 1, notes: [], skipped: [] };
    };
    const connected = await connectTo(t, engine({ exportMoments }), {
      allowed: new Set(['export', 'clip']),
      exportsDir: folder,
    });
    const moments = [{ video: 'video-0', start: 0, end: 1 }];
    const cut = await callTool(connected, 'clip', { title: 'dogs', moments });
    assert.deepEqual(cut.data!.clips, ['01.mp4']);
    await callTool(connected, 'export', { title: 'dogs', format: 'edl', moments });
    assert.deepEqual(asked, [{ folder }, { folder }]);
    for (const more of [{ to: 'choose' }, { out: '/etc/x' }, { format: 'clips' }])
      assert.equal(
        (await callTool(connected, 'export', { title: 'a', format: 'csv', moments, ...more })).isError,
        true,
      );
  });
});

/** Something to wait for. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('a call', () => {
  test('tells how far it is, never back', async (t) => {
    const find: McpEngine['find'] = async (request, options) => {
      for (const fraction of [0.1, 0.5, 0.2, 0.9]) {
        options?.onProgress?.({ stage: 'looking', fraction, subject: '/footage/a.mp4' });
        await wait(110);
      }
      return engine().find(request);
    };
    const connected = await connectTo(t, engine({ find }));
    const heard: unknown[] = [];
    await callTool(connected, 'find', { query: 'a' }, { onprogress: (progress) => heard.push(progress) });
    assert.deepEqual(
      heard,
      [0.1, 0.5, 0.9].map((progress) => ({ progress, total: 1, message: 'looking' })),
    );
  });

  test('that is cancelled is cancelled in the engine', async (t) => {
    const began = gate();
    const ended = gate();
    const ask: McpEngine['ask'] = (_request, options) =>
      new Promise((_resolve, reject) => {
        options?.signal?.addEventListener('abort', () => {
          ended.open();
          reject(new LongviewError('cancelled', 'Cancelled.', ''));
        });
        began.open();
      });
    const connected = await connectTo(t, engine({ ask }));
    const stop = new AbortController();
    const asked = callTool(connected, 'ask', { question: 'What?' }, { signal: stop.signal });
    await began.opened;
    stop.abort();
    await assert.rejects(asked);
    await ended.opened;
    // The next one is answered.
    assert.equal((await callTool(connected, 'list', {})).data!.total, 6);
  });

  test('that runs when the client goes away is cancelled, and the server ends', async (t) => {
    const began = gate();
    const ended = gate();
    const ask: McpEngine['ask'] = (_request, options) =>
      new Promise((_resolve, reject) => {
        options?.signal?.addEventListener('abort', () => {
          ended.open();
          reject(new LongviewError('cancelled', 'Cancelled.', ''));
        });
        began.open();
      });
    const connected = await connectTo(t, engine({ ask }));
    void callTool(connected, 'ask', { question: 'What?' }).catch(() => undefined);
    await began.opened;
    connected.stdin.end();
    await Promise.all([ended.opened, connected.served]);
  });

  test('that is wrong is told in plain words, and a bug doesn’t tell about itself', async (t) => {
    const bug = async (): Promise<never> => {
      throw new Error('secret at /home/me');
    };
    const connected = await connectTo(t, engine({ find: bug }));
    const { isError, text } = await callTool(connected, 'find', { query: 'a' });
    assert.equal(isError, true);
    assert.equal(text, 'Longview made a mistake. Its log on this machine says more.');
    for (const given of [{}, { query: '' }, { query: 'a', limit: 51 }, { query: 'a', more: 1 }])
      assert.equal((await callTool(connected, 'find', given)).isError, true, JSON.stringify(given));
  });

  test('what else is printed goes to the other output', async (t) => {
    const connected = await connectTo(t, engine());
    connected.stdout.write('stray\n');
    assert.equal(String(connected.stderr.read()), 'stray\n');
    await callTool(connected, 'list', {});
    for (const line of connected.lines) assert.equal(JSON.parse(line).jsonrpc, '2.0');
  });

  test('a message that is no protocol doesn’t end the conversation', async (t) => {
    const connected = await connectTo(t, engine());
    connected.stdin.write('no json\n{"jsonrpc":"2.0"}\n[]\n');
    assert.equal((await callTool(connected, 'list', {})).data!.total, 6);
  });
});
