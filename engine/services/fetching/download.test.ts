import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { LongviewError } from '../../protocol/errors.ts';
import type { ImportResult } from '../../protocol/results.ts';
import { temporaryFolder } from '../../../tests/fixtures/library.ts';
import { downloadModel, readCatalogue, type FetchingDeps } from './download.ts';

const weights = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 31) % 251));
const config = Buffer.from('{"model_type": "made"}');
const git = (content: Buffer) =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

/** What the made hub does with one request for a file; false: as it should. */
type Trick = (request: IncomingMessage, response: ServerResponse, content: Buffer) => boolean;

/** A hub with one repository, whose files misbehave in turn as the tricks say. */
async function madeHub(t: TestContext, tricks: Trick[] = []) {
  const asked: { path: string; range: string | undefined }[] = [];
  const files: Record<string, Buffer> = { 'config.json': config, 'model.safetensors': weights };
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://hub');
    if (url.pathname === '/api/models/made/reader/tree/main') {
      const list = [
        { type: 'file', path: 'config.json', size: config.length, oid: git(config) },
        {
          type: 'file',
          path: 'model.safetensors',
          size: weights.length,
          oid: '0'.repeat(40),
          lfs: { oid: sha256(weights), size: weights.length },
        },
        { type: 'file', path: '../evil.safetensors', size: 3, oid: git(Buffer.from('bad')) },
        { type: 'directory', path: 'onnx', size: 0, oid: '1'.repeat(40) },
      ];
      response.end(JSON.stringify(list));
      return;
    }
    const name = url.pathname.replace('/made/reader/resolve/main/', '');
    asked.push({ path: name, range: request.headers.range });
    const content = files[name];
    const trick = name === 'model.safetensors' ? tricks.shift() : undefined;
    if (trick?.(request, response, content)) return;
    send(request, response, content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const folder = temporaryFolder(t);
  const catalogue = join(folder, 'catalog.json');
  const entry = {
    name: 'made/reader',
    title: 'Reader',
    id: 'reader',
    can: ['read'],
    licence: 'none',
    aboutBytes: 300_022,
    kind: 'checkpoint',
    precision: 'int8',
    files: ['config.json', 'tokenizer_config.json', '*.safetensors'],
  };
  writeFileSync(catalogue, JSON.stringify({ models: [entry] }));
  const imported: unknown[] = [];
  const deps: FetchingDeps = {
    hub: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    folder: join(folder, 'downloads'),
    catalogue,
    ids: async () => ['builtin'],
    async importModel(request) {
      assert.deepEqual(readFileSync(join(request.folder, 'model.safetensors')), weights);
      assert.deepEqual(readFileSync(join(request.folder, 'config.json')), config);
      imported.push(request);
      return {} as ImportResult;
    },
    retrying: { pausesMs: [0, 0], stallMs: 150 },
  };
  return { deps, asked, imported, part: join(deps.folder, 'made--reader', 'model.safetensors.part') };
}

function send(request: IncomingMessage, response: ServerResponse, content: Buffer): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from > 0)
    response.writeHead(206, { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` });
  response.end(content.subarray(from));
}

/** Sends so much of the rest of the file, and then nothing more, or hangs up. */
const breakOff =
  (after: number, hangUp = false): Trick =>
  (request, response, content) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': content.length - from,
      'content-range': `bytes ${from}-${content.length - 1}/${content.length}`,
    });
    response.write(content.subarray(from, from + after), () => {
      if (hangUp) response.destroy();
    });
    return true;
  };
const stall: Trick = (_request, response, content) => {
  response.write(content.subarray(0, 1000));
  return true;
};
const wrong: Trick = (_request, response, content) => {
  response.end(Buffer.alloc(content.length, 7));
  return true;
};
const isError = (code: string) => (error: unknown) => error instanceof LongviewError && error.code === code;

test('a model is fetched, checked, imported as the catalogue says, and its files are deleted', async (t) => {
  const { deps, imported, asked } = await madeHub(t);
  const fractions: number[] = [];
  await downloadModel(
    deps,
    { name: 'made/reader' },
    { onProgress: ({ fraction }) => fractions.push(fraction) },
  );
  const folder = join(deps.folder, 'made--reader');
  assert.deepEqual(imported, [{ folder, id: 'reader', precision: 'int8' }]);
  assert.equal(existsSync(folder), false);
  assert.deepEqual(
    asked.map(({ path }) => path),
    ['config.json', 'model.safetensors'],
    'no path leads out of the folder',
  );
  assert.ok(fractions.every((fraction, index) => index === 0 || fraction >= fractions[index - 1]));
});

test('a broken connection goes on where it broke off', async (t) => {
  const { deps, asked, imported } = await madeHub(t, [breakOff(100_000), breakOff(100_000, true)]);
  await downloadModel(deps, { name: 'made/reader' }, {});
  const ranges = asked.filter(({ path }) => path === 'model.safetensors').map(({ range }) => range);
  assert.deepEqual(ranges.slice(0, 2), [undefined, 'bytes=100000-']);
  assert.equal(imported.length, 1);
});

test('a server that sends nothing more is left, and asked again', async (t) => {
  const { deps, imported } = await madeHub(t, [stall]);
  await downloadModel(deps, { name: 'made/reader' }, {});
  assert.equal(imported.length, 1);
});

test('a server that ignores the range is read from the beginning', async (t) => {
  const whole: Trick = (_request, response, content) => {
    response.end(content);
    return true;
  };
  const { deps, imported } = await madeHub(t, [breakOff(50_000), whole]);
  await downloadModel(deps, { name: 'made/reader' }, {});
  assert.equal(imported.length, 1);
});

test('a wrong content is fetched once more; twice wrong is an error and nothing of it stays', async (t) => {
  const once = await madeHub(t, [wrong]);
  await downloadModel(once.deps, { name: 'made/reader' }, {});
  assert.equal(once.imported.length, 1);
  const twice = await madeHub(t, [wrong, wrong]);
  await assert.rejects(downloadModel(twice.deps, { name: 'made/reader' }, {}), isError('download-failed'));
  assert.equal(existsSync(twice.part), false);
  assert.equal(twice.imported.length, 0);
});

test('a cancelled fetch keeps what it has, and the next one goes on from there', async (t) => {
  const { deps, part, asked } = await madeHub(t, [stall]);
  deps.retrying = { pausesMs: [0, 0] };
  const stop = new AbortController();
  const fetching = downloadModel(
    deps,
    { name: 'made/reader' },
    {
      signal: stop.signal,
      onProgress: ({ subject }) => {
        if (subject === 'model.safetensors') stop.abort();
      },
    },
  );
  await assert.rejects(fetching, isError('cancelled'));
  assert.equal(statSync(part).size, 1000);
  const { models } = await readCatalogue(deps);
  assert.equal(models[0].haveBytes, 1000 + config.length);
  await downloadModel(deps, { name: 'made/reader' }, {});
  assert.deepEqual(asked.at(-1), { path: 'model.safetensors', range: 'bytes=1000-' });
  assert.equal(asked.filter(({ path }) => path === 'config.json').length, 1, 'what was whole stays');
});

test('a hub that can’t be reached, and a name that isn’t in the catalogue, are told', async (t) => {
  const { deps } = await madeHub(t);
  await assert.rejects(
    downloadModel({ ...deps, hub: 'http://127.0.0.1:9' }, { name: 'reader' }, {}),
    isError('hub-unreachable'),
  );
  await assert.rejects(downloadModel(deps, { name: 'nobody/nothing' }, {}), isError('bad-argument'));
  await assert.rejects(
    downloadModel({ ...deps, ids: async () => ['reader'] }, { name: 'reader' }, {}),
    isError('bad-argument'),
  );
});

test('the catalogue that ships can be read without a network', async (t) => {
  const { deps } = await madeHub(t);
  const { models } = await readCatalogue({ ...deps, catalogue: undefined, hub: 'http://127.0.0.1:9' });
  assert.ok(
    models.some((model) => model.can.includes('read')) && models.some((model) => model.can.includes('embed')),
  );
});
