// The catalogue end to end: an image-text encoder of a hub on this machine, fetched, checked, imported, tried and set beside.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { writePair } from '../engine/convert/testing/clip-pair.ts';
import { createEngine } from '../engine/engine.ts';
import { LongviewError } from '../engine/protocol/errors.ts';
import { temporaryFolder } from './fixtures/library.ts';

const revision = 'ba1f3b0843f24bc5417d38e19c37b287d719b2f4';
const files = [
  'config.json',
  'preprocessor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'onnx/vision_model_quantized.onnx',
  'onnx/text_model_fp16.onnx',
];
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

/** A hub with a tiny random pair of SigLIP's shape; each file's first sending breaks off in the middle. */
async function hubWithPair(t: TestContext, pinned?: string) {
  const folder = temporaryFolder(t);
  const source = writePair(join(folder, 'source'), { kind: 'siglip', graphs: 'onnx' });
  const onDisk = (path: string) => path.replace('_quantized', '').replace('_fp16', '');
  const contents = new Map(files.map((path) => [path, readFileSync(join(source, onDisk(path)))]));
  const asked: string[] = [];
  const broken = new Set<string>();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://hub');
    if (pathname === `/api/models/made/siglip2/tree/${revision}`) {
      const list = [...contents].map(([path, content]) => {
        const lfs = { oid: sha256(content), size: content.length };
        return { type: 'file', path, size: content.length, oid: '0'.repeat(40), lfs };
      });
      return void response.end(JSON.stringify(list));
    }
    const path = pathname.replace(`/made/siglip2/resolve/${revision}/`, '');
    const content = contents.get(path);
    if (!content) return void response.writeHead(404).end();
    asked.push(`${path} ${request.headers.range ?? 'whole'}`);
    const from = Number(/^bytes=(\d+)-$/u.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': content.length - from,
      ...(from > 0 && { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
    });
    if (broken.has(path)) return void response.end(content.subarray(from));
    broken.add(path);
    response.write(content.subarray(0, content.length >> 1), () => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const vision = contents.get('onnx/vision_model_quantized.onnx')!;
  const entry = {
    ...{ name: 'made/siglip2', title: 'Find anything', id: 'siglip2', can: ['embed'], licence: 'Apache-2.0' },
    ...{ aboutBytes: 1000, kind: 'pair', languages: 'any', revision, files },
    rename: {
      'onnx/vision_model_quantized.onnx': 'onnx/vision_model.onnx',
      'onnx/text_model_fp16.onnx': 'onnx/text_model.onnx',
    },
    pinned: [
      { path: 'onnx/vision_model_quantized.onnx', bytes: vision.length, sha256: pinned ?? sha256(vision) },
    ],
  };
  const catalogue = join(folder, 'catalog.json');
  writeFileSync(catalogue, JSON.stringify({ models: [entry] }));
  const hub = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const engine = createEngine({ libraryDir: join(folder, 'library'), hub, catalogue });
  t.after(() => engine.close());
  return { engine, asked };
}

test('an encoder is fetched at its revision, goes on where it broke off, is tried, and stands beside the library’s own', async (t) => {
  const { engine, asked } = await hubWithPair(t);
  const { model, minutesAnHour, note } = await engine.downloadModel({ name: 'siglip2' });
  assert.deepEqual([model.id, model.can, model.active], ['siglip2', ['embed'], false]);
  assert.ok(minutesAnHour! >= 1);
  assert.match(note!, /about \d+ minutes? on this machine/);
  const vision = asked.filter((one) => one.startsWith('onnx/vision_model_quantized.onnx'));
  assert.equal(vision.length, 2, 'it was asked for again after it broke off');
  const { models } = await engine.catalogue();
  assert.deepEqual([models[0].installed, models[0].haveBytes], [true, 0], 'the fetched files are gone');
  await engine.removeModel({ id: 'siglip2' });
  assert.equal((await engine.catalogue()).models[0].installed, false);
});

test('a file that is another than the catalogue knows is refused, and nothing is fetched', async (t) => {
  const { engine, asked } = await hubWithPair(t, 'f'.repeat(64));
  await assert.rejects(engine.downloadModel({ name: 'siglip2' }), (error) => {
    return (
      error instanceof LongviewError &&
      error.code === 'download-failed' &&
      /nothing was fetched/u.test(error.message)
    );
  });
  assert.deepEqual(asked, []);
});
