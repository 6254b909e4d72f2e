import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { ffmpeg } from './e2e/stage.ts';

const cli = resolve(import.meta.dirname, '../engine/hosts/cli.ts');

// Two folders of one library: a lecture by the sea with subtitles in two languages, and a diary.
let root: string;
let library: string;
const films = () => join(root, 'films');

before(() => {
  root = mkdtempSync(join(tmpdir(), 'longview-mcp-'));
  library = join(root, 'library');
  for (const [folder, name, source, lines] of [
    ['trip', 'sea', 'testsrc2', ['We reach the lighthouse.', '我们在海边吃饭。']],
    ['secret', 'diary', 'mandelbrot', ['The lighthouse key is under the stone.']],
  ] as const) {
    mkdirSync(join(films(), folder), { recursive: true });
    const film = join(films(), folder, `${name}.mp4`);
    ffmpeg(['-f', 'lavfi', '-i', `${source}=size=320x180:rate=10`, '-t', '4', '-pix_fmt', 'yuv420p', film]);
    const captions = lines.map(
      (line, number) => `${number + 1}\n00:00:0${2 * number},500 --> 00:00:0${2 * number + 1},800\n${line}\n`,
    );
    writeFileSync(film.replace('.mp4', '.srt'), captions.join('\n'));
  }
  const { status, stderr } = spawnSync(process.execPath, [cli, 'index', films(), '--library', library]);
  assert.equal(status, 0, String(stderr));
});
after(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }));

/** The SDK's client with the real command line. */
async function connect(t: TestContext, ...args: string[]) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [cli, 'mcp', '--library', library, ...args],
    stderr: 'pipe',
  });
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  const errors: Error[] = [];
  // Whatever isn't the protocol on its standard output is an error here.
  client.onerror = (error) => errors.push(error);
  await client.connect(transport);
  t.after(async () => {
    await client.close();
    assert.deepEqual(errors, []);
  });
  const call = async (name: string, given: Record<string, unknown>, options?: object) => {
    const { content, structuredContent, isError } = await client.callTool(
      { name, arguments: given },
      options,
    );
    const text = content.flatMap((piece) => (piece.type === 'text' ? [piece.text] : [])).join('\n');
    return { text, content, isError, data: structuredContent as Record<string, never> };
  };
  return { client, call };
}

interface Cited {
  video: string;
  name: string;
  start: number;
  end: number;
  text: string;
  confidence: number;
}

describe('longview mcp', () => {
  test('finds what is said in English and in Chinese, with video and times', async (t) => {
    const { call, client } = await connect(t);
    assert.equal(client.getNegotiatedProtocolVersion(), '2026-07-28');
    for (const [query, name, start, said] of [
      ['lighthouse', 'sea.mp4', 0.5, 'We reach the lighthouse.'],
      ['海边吃饭', 'sea.mp4', 2.5, '我们在海边吃饭。'],
    ] as const) {
      const { data, isError } = await call('find', { query });
      assert.equal(isError, undefined);
      assert.equal(data.confident, true, query);
      const best = (data.moments as Cited[]).find((moment) => moment.name === name && moment.start === start);
      assert.ok(best && best.confidence > 0.5, query);
      assert.ok(best.text.includes(said), best.text);
    }
  });

  test('answers a question and tells how far it is; a language that the model lacks is told', async (t) => {
    const { call } = await connect(t);
    const steps: { progress: number; total?: number }[] = [];
    const { data, text } = await call(
      'ask',
      { question: 'What is shown in the video?', in: ['sea.mp4'] },
      { onprogress: (step: { progress: number }) => steps.push(step) },
    );
    assert.ok((data.answer as string).length > 0);
    const citations = data.citations as Cited[];
    assert.ok(citations.length > 0);
    for (const { name, start, end } of citations) assert.ok(name === 'sea.mp4' && start < end && end <= 4.5);
    assert.ok(text.includes('sea.mp4'));
    assert.deepEqual(
      steps.map(({ progress }) => progress),
      steps.map(({ progress }) => progress).toSorted((a, b) => a - b),
    );
    const chinese = await call('ask', { question: '视频里有狗吗？', in: ['sea.mp4'] });
    assert.equal(chinese.isError, undefined);
    // Either it is understood, or the languages to ask in are named.
    if (chinese.data.cannot === 'language')
      assert.ok((chinese.data.languages as string[]).includes('en'), chinese.text);
    else assert.notEqual(chinese.data.answer, '');
  });

  test('reads out subtitles and shows pictures', async (t) => {
    const { call, client } = await connect(t);
    const { data } = await call('transcript', { video: 'sea.mp4', from: 2 });
    assert.deepEqual(
      (data.lines as Cited[]).map(({ start, text }) => [start, text]),
      [[2.5, '我们在海边吃饭。']],
    );
    const still = await call('still', { video: 'sea.mp4', time: 2 });
    const image = still.content.find(({ type }) => type === 'image') as { data: string };
    const jpeg = Buffer.from(image.data, 'base64');
    assert.equal(jpeg.readUInt16BE(0), 0xffd8);
    assert.equal(still.data.time, 2);
    const found = await call('find', { query: 'lighthouse' });
    const link = found.content.find(({ type }) => type === 'resource_link') as { uri: string };
    const { contents } = await client.readResource({ uri: link.uri });
    assert.equal(contents[0].mimeType, 'image/jpeg');
  });

  test('keeps a folder that it may not see to itself', async (t) => {
    const open = await (await connect(t)).call('list', { name: 'diary' });
    const [{ video: secret }] = open.data.videos as unknown as Cited[];
    const { call } = await connect(t, '--folder', join(films(), 'trip'));
    const answers = [
      await call('list', {}),
      await call('find', { query: 'lighthouse key under the stone' }),
      await call('find', { query: 'lighthouse', in: [films()] }),
      await call('ask', { question: 'What is shown?' }),
      await call('still', { video: secret, time: 1 }),
      await call('transcript', { video: secret }),
      await call('ask', { question: 'What is shown?', in: [join(films(), 'secret')] }),
    ];
    assert.deepEqual(
      answers.map(({ isError }) => isError === true),
      [false, false, false, false, true, true, true],
    );
    assert.equal(answers[0].data.total, 1);
    assert.equal((answers[1].data.searched as { videos: number }).videos, 1);
    const said = JSON.stringify(answers).replaceAll(secret, '').replaceAll(join(films(), 'secret'), '');
    assert.doesNotMatch(said, /diary|secret|The lighthouse key/u);
    assert.ok(!said.includes(root), 'nor where anything lies');
  });

  test('cuts clips and writes lists into the one folder, where that was allowed', async (t) => {
    const exports = join(root, 'exports');
    const { call } = await connect(t, '--allow', 'export,clip', '--exports', exports);
    const moments = [{ video: 'sea.mp4', start: 1, end: 2.5 }];
    const cut = await call('clip', { title: '../../up', moments });
    assert.equal(cut.isError, undefined, cut.text);
    const [name] = cut.data.clips as string[];
    assert.ok(existsSync(join(String(cut.data.file), name)));
    assert.ok(String(cut.data.file).startsWith(exports));
    const listed = await call('export', { title: 'moments', format: 'csv', moments });
    assert.match(readFileSync(String(listed.data.file), 'utf8'), /sea\.mp4/u);
    const again = await call('export', { title: 'moments', format: 'csv', moments });
    assert.notEqual(again.data.file, listed.data.file, 'nothing is replaced');
    assert.deepEqual(
      readdirSync(exports).toSorted(),
      [cut, listed, again].map(({ data }) => basename(String(data.file))).toSorted(),
    );
    assert.deepEqual(readdirSync(root).toSorted(), ['exports', 'films', 'library']);
  });

  test('ends with its client, also in the middle of a call, and leaves nothing', async () => {
    const temporary = join(root, 'tmp');
    mkdirSync(temporary);
    const child = spawn(process.execPath, [cli, 'mcp', '--library', library], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
    const envelope = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const params = {
      name: 'ask',
      arguments: { question: 'What happens in the video?' },
      _meta: { ...envelope, progressToken: 1 },
    };
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })}\n`);
    // The first thing that it says is how far it is: it works now.
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    assert.match(String(first), /notifications\/progress|"id":1/u);
    // A killed client leaves both pipes without an end.
    child.stdout.destroy();
    child.stdin.destroy();
    assert.deepEqual(await ended, [0, null]);
    assert.deepEqual(readdirSync(temporary), []);
    rmSync(temporary, { recursive: true });
  });

  test('wrong options are refused before anything is spoken', () => {
    for (const [args, code, said] of [
      [['--allow', 'everything'], 1, /export, clip, paths/u],
      [['--json'], 2, /protocol/u],
    ] as const) {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [cli, 'mcp', '--library', library, ...args],
        { encoding: 'utf8', input: '' },
      );
      assert.equal(status, code, stderr);
      assert.match(stdout + stderr, said);
    }
  });
});

test('no other command loads the protocol’s library', () => {
  const spy =
    'data:text/javascript,' +
    encodeURIComponent(`
      import { registerHooks } from 'node:module';
      registerHooks({
        resolve(name, context, next) {
          const found = next(name, context);
          if (/@modelcontextprotocol/.test(found.url)) process.stderr.write('loaded ' + name + '\\n');
          return found;
        },
      });`);
  const loads = (...args: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, ['--import', spy, cli, ...args], {
      encoding: 'utf8',
      input: '',
    });
    return { status, loaded: /^loaded @modelcontextprotocol/mu.test(stderr) };
  };
  for (const args of [
    ['help', 'mcp'],
    ['library', '--library', library],
  ])
    assert.deepEqual(loads(...args), { status: 0, loaded: false }, args.join(' '));
  assert.deepEqual(loads('mcp', '--library', library), { status: 0, loaded: true });
});
