import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { listSupportedBackends } from '../onnxruntime/index.ts';
import { LongviewError } from '../protocol/errors.ts';
import { writeTinyBundle } from '../../tests/support/tiny-bundle.ts';
import { openModel, type OpenedModel } from './model.ts';

const root = mkdtempSync(join(tmpdir(), 'longview-model-'));
const tiny = join(root, 'tiny');
const opened: OpenedModel[] = [];
before(() => writeTinyBundle(tiny, { cache: 'shared', vision: true }));
after(async () => {
  for (const model of opened) await model[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

async function open(folder: string, options: Parameters<typeof openModel>[1] = {}) {
  const model = await openModel(folder, { provider: 'cpu', threads: 1, ...options });
  opened.push(model);
  return model;
}

const question = { parts: [{ kind: 'text' as const, text: 'what?' }], gamma: 1, maxNewTokens: 2 };

describe('opening a model', () => {
  it('gives the parts that the bundle has, and no others', async () => {
    const model = await open(tiny);
    assert.equal(model.id, 'tiny');
    assert.ok(model.decoder && model.vision);
    assert.equal(model.frameEncoder, undefined);
    assert.equal(model.text, undefined);
    assert.equal(model.decoder.variant, 'hope');
    // 512 tokens of training, at the paper's 144 a temporal patch.
    assert.equal(model.decoder.trainedPatches, 3);
  });

  it('is done once for the same options, and the last user frees it', async () => {
    const [a, b] = await Promise.all([open(tiny, { threads: 2 }), open(tiny, { threads: 2 })]);
    assert.equal(a.decoder, b.decoder);
    await a[Symbol.asyncDispose]();
    await a[Symbol.asyncDispose]();
    assert.ok((await b.decoder!.read(question)).tokens > 0);
    await b[Symbol.asyncDispose]();
    const c = await open(tiny, { threads: 2 });
    assert.notEqual(c.decoder, b.decoder);
    assert.ok((await c.decoder!.read(question)).tokens > 0);
  });

  it('that failed is tried again', async () => {
    const folder = join(root, 'mended');
    await writeTinyBundle(folder);
    const whole = readFileSync(join(folder, 'tokenizer.json'));
    writeFileSync(join(folder, 'tokenizer.json'), whole.subarray(0, 100));
    await assert.rejects(open(folder), { code: 'bad-bundle' });
    writeFileSync(join(folder, 'tokenizer.json'), whole);
    assert.ok((await (await open(folder)).decoder!.read(question)).tokens > 0);
  });

  it('refuses a truncated tokenizer whose manifest was made to fit', async () => {
    const folder = join(root, 'truncated');
    await writeTinyBundle(folder);
    const manifest = JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8')) as { files: unknown[] };
    const { writeManifest } = await import('../../tests/support/tiny-bundle.ts');
    writeFileSync(join(folder, 'tokenizer.json'), '{"model":');
    writeManifest(folder, { ...manifest, files: [] } as never);
    await assert.rejects(open(folder), (error) => {
      assert.ok(error instanceof LongviewError && error.code === 'bad-bundle');
      assert.match(error.message, /tokenizer\.json is damaged or truncated/u);
      return true;
    });
  });

  it('refuses graphs of another shape than the manifest says, before anything runs', async () => {
    for (const [name, change, reason] of [
      ['vocabulary', { vocabSize: 330 }, /decoder\.onnx: the output logits is \[1, \?, 320\] where/u],
      ['layers', { layers: 3 }, /decoder\.onnx: the input past\.2\.key is missing/u],
      [
        'kv-heads',
        { kvHeads: 4 },
        /past\.0\.key is \[1, 2, \?, 16\] where bundle\.json makes it \[1, 4, \?, 16\]/u,
      ],
    ] as const) {
      const folder = join(root, name);
      await writeTinyBundle(folder, { change: (manifest) => Object.assign(manifest.decoder!, change) });
      const model = await open(folder);
      await assert.rejects(model.decoder!.read(question), { code: 'bad-bundle', message: reason });
    }
  });

  it('keeps a small model on the CPU under auto, and says why', async () => {
    const notices: string[] = [];
    const model = await open(tiny, {
      provider: 'auto',
      prefixMemory: 1,
      onNotice: (notice) => notices.push(notice),
    });
    await model.decoder!.read(question);
    assert.deepEqual(notices, ['Running on cpu: a model this small gains nothing from a GPU.']);
  });

  it('quotes a provider that it doesn’t know', async () => {
    const model = await open(tiny, { provider: 'gpu' as 'webgpu' });
    await assert.rejects(model.decoder!.read(question), { code: 'bad-argument', message: /"gpu"/u });
  });

  it('answers on the CPU, and says why, when the provider that auto chose can’t open it', async () => {
    const supported = listSupportedBackends().map(({ name }) => name);
    const missing = (['dml', 'coreml'] as const).find((name) => !supported.includes(name));
    assert.ok(missing);
    const notices: string[] = [];
    const model = await open(tiny, {
      provider: 'auto',
      onNotice: (notice) => notices.push(notice),
      // Its self-test is said to pass; this system's runtime doesn't even have it.
      providers: {
        offered: () => [missing, 'cpu'].map((name) => ({ name, bundled: true })),
        probe: async () => ({ worst: 0, speedup: 5 }),
      },
    });
    const answer = await model.decoder!.read(question);
    assert.deepEqual(answer.tokenIds, (await (await open(tiny)).decoder!.read(question)).tokenIds);
    assert.match(
      notices[1],
      new RegExp(`^Continuing on the CPU: ${missing} could not open decoder\\.onnx`, 'u'),
    );
  });
});
