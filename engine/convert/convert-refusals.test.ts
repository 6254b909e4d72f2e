import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { convertCheckpoint } from './index.ts';
import type { CheckpointLayout } from './testing/checkpoint.ts';
import {
  randomTensors,
  tinyConfig,
  tinyTokenizer,
  writeCheckpoint,
  writeJson,
} from './testing/checkpoint.ts';
import { rawSafetensors } from './testing/safetensors.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longview-refusals-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Makes a checkpoint, spoils it, and expects the conversion to say why and to leave nothing behind. */
async function refused(
  reasons: RegExp[],
  layout: CheckpointLayout,
  spoil: (source: string) => void = () => undefined,
  precision: 'fp32' | 'fp16' = 'fp32',
): Promise<void> {
  const source = writeCheckpoint(join(folder, 'source'), layout);
  spoil(source);
  const target = join(folder, 'bundle');
  await assert.rejects(
    convertCheckpoint({ source, target, precision }),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, 'bad-checkpoint', error.message);
      for (const reason of reasons) assert.match(error.message, reason);
      return true;
    },
  );
  assert.equal(existsSync(target), false);
}

test('missing, unexpected and misshapen tensors are all named in one error', async () => {
  const tensors = randomTensors(tinyConfig);
  delete tensors['model.layers.1.self_attn.k_proj.bias'];
  tensors['model.layers.2.mlp.up_proj.weight'] = { shape: [2], data: new Float32Array(2) };
  tensors['visual.merger.ln_q.bias'] = { shape: [4, 4], data: new Float32Array(16) };
  await refused(
    [
      /model\.layers\.1\.self_attn\.k_proj\.bias is missing/,
      /model\.layers\.2\.mlp\.up_proj\.weight is unexpected/,
      /visual\.merger\.ln_q\.bias has shape \[4, 4\] where the config makes it \[16\]/,
    ],
    { tensors },
  );
});

test('an output matrix that is neither there nor tied is missing', async () => {
  const tensors = randomTensors(tinyConfig);
  delete tensors['lm_head.weight'];
  await refused([/lm_head\.weight is missing/], { tensors });
});

test('a tensor of whole numbers is refused with its type', async () => {
  await refused([/model\.norm\.weight has type I32/], {}, (source) => {
    const path = join(source, 'model.safetensors');
    const file = readFileSync(path);
    const length = Number(file.readBigUInt64LE(0));
    const header = JSON.parse(file.toString('utf8', 8, 8 + length)) as Record<string, { dtype: string }>;
    header['model.norm.weight'].dtype = 'I32';
    writeFileSync(path, rawSafetensors(header, file.subarray(8 + length)));
  });
});

test('a file that is cut short is refused before anything is written', async () => {
  await refused([/model\.safetensors can't be read: it is cut short/], {}, (source) =>
    truncateSync(join(source, 'model.safetensors'), 20_000),
  );
});

test('an index that names a file that is not there, or one outside the folder, is refused', async () => {
  const shard = 'model-00002-of-00002.safetensors';
  await refused(
    [/model-00002-of-00002\.safetensors, which the index names, can't be opened/],
    { shards: 2 },
    (source) => rmSync(join(source, shard)),
  );
  rmSync(join(folder, 'source'), { recursive: true });
  await refused([/weight_map\.a: must be a \.safetensors file of the folder/], { shards: 2 }, (source) =>
    writeJson(source, 'model.safetensors.index.json', { weight_map: { a: '../../x.safetensors' } }),
  );
});

test('an index that disagrees with its files is refused with the tensors', async () => {
  await refused([/the index doesn't put it/, /model\.extra is missing/], { shards: 2 }, (source) => {
    const name = 'model.safetensors.index.json';
    const index = JSON.parse(readFileSync(join(source, name), 'utf8')) as {
      weight_map: Record<string, string>;
    };
    const [first] = Object.keys(index.weight_map);
    const files = [...new Set(Object.values(index.weight_map))];
    index.weight_map[first] = files.find((file) => file !== index.weight_map[first]) as string;
    index.weight_map['model.extra'] = files[0];
    writeJson(source, name, index);
  });
});

test('weights that only pickle can read are refused with what to do', async () => {
  await refused([/no \.safetensors file .*pytorch_model\.bin.*save it as safetensors/], {}, (source) => {
    rmSync(join(source, 'model.safetensors'));
    writeFileSync(join(source, 'pytorch_model.bin'), '');
  });
});

test('a value that is no number is refused, and so is one that half precision has no room for', async () => {
  for (const [value, precision, reason] of [
    [NaN, 'fp32', /down_proj\.weight holds a value that is no number \(NaN\)/],
    [70_000, 'fp16', /down_proj\.weight holds 70000, which half precision can't/],
  ] as const) {
    const tensors = randomTensors(tinyConfig);
    (tensors['model.layers.0.mlp.down_proj.weight'] as { data: Float32Array }).data[7] = value;
    await refused([reason], { tensors }, undefined, precision);
  }
});

test('a tokenizer that is cut short or lacks the chat tokens is refused', async () => {
  await refused([/tokenizer\.json of "source" is not whole JSON/], {}, (source) =>
    truncateSync(join(source, 'tokenizer.json'), 100),
  );
  await refused([/tokenizer\.json lacks tokens .*<\|im_start\|>, <\|im_end\|>.*visionStart/], {}, (source) =>
    writeJson(source, 'tokenizer.json', { ...tinyTokenizer, added_tokens: [] }),
  );
});

test('token ids outside the vocabulary are refused', async () => {
  const config = { ...tinyConfig, image_token_id: 151_655 };
  await refused([/151655 .*outside the vocabulary of 64/], { config });
});

test('a preprocessor that is missing or that does something else is refused', async () => {
  await refused([/preprocessor_config\.json is missing/], {}, (source) =>
    rmSync(join(source, 'preprocessor_config.json')),
  );
  await refused([/patch_size is 16 where it must be 14/, /do_normalize is false/], {}, (source) =>
    writeJson(source, 'preprocessor_config.json', { patch_size: 16, do_normalize: false }),
  );
});
