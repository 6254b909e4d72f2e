import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import * as ort from '../onnxruntime/index.ts';
import type { BundleManifest } from '../protocol/bundle.ts';
import { bundleSchema } from '../protocol/bundle.ts';
import type { ConvertOptions } from './index.ts';
import { convertCheckpoint } from './index.ts';
import { randomTensors, tinyConfig, writeCheckpoint } from './testing/checkpoint.ts';
import {
  checkpointFolder,
  fixtureCases,
  fixtureDecoder,
  fixturePrompt,
  recorded,
} from './testing/fixture.ts';
import { largestDifference, runDecoder } from './testing/run-decoder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longview-convert-'));
});
afterEach(() => rm(folder, { recursive: true }));

const convert = (source: string, options: Partial<ConvertOptions> = {}) =>
  convertCheckpoint({ source, target: join(folder, 'bundle'), precision: 'fp32', ...options });

const hashes = (manifest: BundleManifest) =>
  Object.fromEntries(manifest.files.map((file) => [file.path, file.sha256]));

/** Random weights cut to bfloat16's precision, so that every stored type holds the same numbers. */
function bfloatTensors(config: object) {
  const tensors = randomTensors(config);
  for (const { data } of Object.values(tensors)) {
    const bits = new Uint32Array(data.buffer);
    bits.forEach((word, i) => (bits[i] = word & 0xffff0000));
  }
  return tensors;
}

suite('a converted checkpoint', () => {
  test('lists its files with the hashes and sizes that they have on disk', async () => {
    const manifest = await convert(checkpointFolder, { positions: 'hope', id: 'tiny', name: 'Tiny' });
    const target = join(folder, 'bundle');
    assert.deepEqual(readdirSync(target).sort(), [
      'bundle.json',
      'decoder.onnx',
      'decoder.onnx.data',
      'embed.onnx',
      'embed.onnx.data',
      'tokenizer.json',
      'vision.onnx',
      'vision.onnx.data',
    ]);
    assert.deepEqual(
      bundleSchema.parse(JSON.parse(readFileSync(join(target, 'bundle.json'), 'utf8'))),
      manifest,
    );
    for (const file of manifest.files) {
      const bytes = readFileSync(join(target, file.path));
      assert.equal(bytes.length, file.bytes);
      assert.equal(createHash('sha256').update(bytes).digest('hex'), file.sha256);
    }
    assert.equal(manifest.id, 'tiny');
    assert.deepEqual(manifest.decoder?.positions, {
      variant: 'hope',
      sections: [2, 3, 3],
      theta: 10_000,
      trainedGammas: [0.5, 0.75, 1, 1.25, 1.5],
    });
    assert.deepEqual(manifest.tokens?.stop, [315, 313]);
    assert.equal(manifest.tokens?.video, 319);
    assert.equal(manifest.vision?.maxPixels, 1_003_520);
  });

  test('computes from its files what the authors compute from the checkpoint', async () => {
    await convert(checkpointFolder);
    const open = (name: string) => ort.InferenceSession.create(join(folder, 'bundle', name));
    const one = fixtureCases[0];
    const ids = BigInt64Array.from(recorded('text.input_ids'), (id) => BigInt(id));
    const embedding = await open('embed.onnx');
    const { inputs_embeds } = await embedding.run({
      input_ids: new ort.Tensor('int64', ids, [1, ids.length]),
    });
    const prompt = fixturePrompt(one);
    assert.deepEqual(inputs_embeds?.data, prompt.embeddings);
    const decoder = await open('decoder.onnx');
    const logits = await runDecoder(decoder, fixtureDecoder, prompt);
    assert.ok(largestDifference(logits, recorded(`${one.name}.logits`)) < 1e-4);
    const vision = await open('vision.onnx');
    assert.deepEqual(vision.outputNames, ['image_features']);
    await Promise.all([embedding, decoder, vision].map((session) => session.release()));
  });

  test('reads with m-rope unless told otherwise, as the public checkpoints do', async () => {
    const manifest = await convert(writeCheckpoint(join(folder, 'source')));
    assert.equal(manifest.decoder?.positions.variant, 'm-rope');
    assert.equal(manifest.id, 'bundle');
    assert.equal(manifest.name, 'source');
  });

  test('is the same to the byte from one file or shards, old or new names, any stored float type', async () => {
    const tensors = bfloatTensors(tinyConfig);
    const newer = (name: string) =>
      name.replace(/^model\./, 'model.language_model.').replace(/^visual\./, 'model.visual.');
    const layouts = {
      plain: {},
      brain: { dtype: 'BF16' as const },
      shards: { shards: 3, dtype: 'BF16' as const, rename: newer },
    };
    const made: { precision: string; files: Record<string, string> }[] = [];
    for (const [name, layout] of Object.entries(layouts)) {
      const source = writeCheckpoint(join(folder, name), { ...layout, tensors });
      for (const precision of ['fp32', 'int4'] as const)
        made.push({
          precision,
          files: hashes(await convert(source, { precision, target: join(folder, `${name}-${precision}`) })),
        });
    }
    for (const precision of ['fp32', 'int4']) {
      const [expected, ...others] = made.filter((one) => one.precision === precision);
      for (const other of others) assert.deepEqual(other.files, expected?.files);
    }
  });

  test('with tied embeddings keeps one copy of the matrix where both graphs use the same type', async () => {
    const config = { ...tinyConfig, tie_word_embeddings: true };
    const source = writeCheckpoint(join(folder, 'source'), { config });
    const copies = { fp32: false, fp16: false, int8: true, int4: true };
    for (const [precision, ownCopy] of Object.entries(copies)) {
      const target = join(folder, precision);
      await convert(source, { precision: precision as 'fp32', target });
      assert.equal(existsSync(join(target, 'embed.onnx.data')), ownCopy, precision);
      const embedding = await ort.InferenceSession.create(join(target, 'embed.onnx'));
      const { inputs_embeds } = await embedding.run({
        input_ids: new ort.Tensor('int64', BigInt64Array.of(5n), [1, 1]),
      });
      const row = randomTensors(config)['model.embed_tokens.weight']?.data.subarray(5 * 32, 6 * 32);
      assert.ok(largestDifference(inputs_embeds?.data as Float32Array, row) < 1e-3);
      await embedding.release();
    }
  });

  test('ignores what transformers ignores: computed tables, and a tied matrix that was saved all the same', async () => {
    const config = { ...tinyConfig, tie_word_embeddings: true };
    const tensors = randomTensors(config);
    const extra = {
      'lm_head.weight': tensors['model.embed_tokens.weight'],
      'model.layers.0.self_attn.rotary_emb.inv_freq': { shape: [8], data: new Float32Array(8) },
    };
    await convert(writeCheckpoint(join(folder, 'source'), { config, tensors: { ...tensors, ...extra } }));
  });
});

suite('converting', () => {
  test('tells its progress, forwards only, to the end', async () => {
    const fractions: number[] = [];
    const stages = new Set<string>();
    await convert(checkpointFolder, {
      onProgress: ({ stage, fraction }) => {
        stages.add(stage);
        fractions.push(fraction);
      },
    });
    assert.deepEqual([...stages], ['converting weights', 'checking what was written']);
    assert.deepEqual(
      fractions,
      fractions.toSorted((a, b) => a - b),
    );
    assert.equal(fractions.at(-1), 1);
  });

  test('leaves nothing behind when it is cancelled at the start or half-way', async () => {
    const before = AbortSignal.abort();
    await assert.rejects(convert(checkpointFolder, { signal: before }), { code: 'cancelled' });
    const controller = new AbortController();
    const halfway = convert(checkpointFolder, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await assert.rejects(halfway, { code: 'cancelled' });
    assert.deepEqual(readdirSync(folder), []);
  });

  test('clears away what a killed conversion left, and nothing of a running one', async () => {
    const dead = '.bundle.partial-999999999-x';
    const alive = `.bundle.partial-${process.pid}-x`;
    for (const name of [dead, alive]) mkdirSync(join(folder, name));
    await convert(checkpointFolder);
    assert.deepEqual(readdirSync(folder).sort(), [alive, 'bundle']);
  });

  test('refuses wrong arguments with the value that came', async () => {
    mkdirSync(join(folder, 'taken'));
    const cases: [Partial<ConvertOptions>, RegExp][] = [
      [{ precision: 'fp8' as 'fp16' }, /precision must be one of .*"fp8"/],
      [{ positions: 'alibi' as 'rope' }, /positions must be one of .*"alibi"/],
      [{ id: 'Big Model' }, /id must be .*"Big Model"/],
      [{ target: join(folder, 'taken') }, /target must be a folder that does not exist yet/],
    ];
    for (const [options, message] of cases)
      await assert.rejects(convert(checkpointFolder, options), { code: 'bad-argument', message });
    await assert.rejects(convert(join(folder, 'nowhere')), { code: 'file-not-found' });
  });
});
