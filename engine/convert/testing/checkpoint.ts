import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configSchema, interpretConfig } from '../checkpoint/config.ts';
import { decoderTensors, visionTensors } from '../checkpoint/expected.ts';
import type { StoredType } from '../weights/numbers.ts';
import { Random } from './random.ts';
import type { Tensor } from './safetensors.ts';
import { writeSafetensors } from './safetensors.ts';

/** config.json of a Qwen2-VL model as small as they get. */
export const tinyConfig = {
  model_type: 'qwen2_vl',
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  vocab_size: 64,
  rms_norm_eps: 1e-6,
  rope_theta: 10_000,
  rope_scaling: { type: 'mrope', mrope_section: [2, 3, 3] },
  eos_token_id: 2,
  torch_dtype: 'float32',
  vision_config: { depth: 1, embed_dim: 16, hidden_size: 32, mlp_ratio: 2, num_heads: 2 },
};

const specialTokens = [
  '<|endoftext|>',
  '<|im_start|>',
  '<|im_end|>',
  '<|vision_start|>',
  '<|vision_end|>',
  '<|image_pad|>',
  '<|video_pad|>',
];

/** tokenizer.json with nothing but the chat format's tokens. */
export const tinyTokenizer = {
  version: '1.0',
  added_tokens: specialTokens.map((content, id) => ({ id, content, special: true })),
  model: { type: 'BPE', vocab: {}, merges: [] },
};

/** Normally distributed weights for a config; norms are near 1, as in trained models. */
export function randomTensors(config: object, seed = 1): Record<string, Tensor> {
  const { decoder, vision } = interpretConfig(configSchema.parse(config));
  const random = new Random(seed);
  const tensors: Record<string, Tensor> = {};
  for (const [name, shape] of [...decoderTensors(decoder), ...visionTensors(vision)]) {
    const count = shape.reduce((product, size) => product * size, 1);
    const data = random.normal(count, 0.1);
    if (/norm|ln_q/.test(name) && name.endsWith('weight')) data.forEach((value, i) => (data[i] = 1 + value));
    tensors[name] = { shape, data };
  }
  return tensors;
}

/** How a checkpoint folder is laid out. */
export interface CheckpointLayout {
  config?: object;
  tensors?: Record<string, Tensor>;
  dtype?: StoredType;
  /** Several files and an index instead of one file. */
  shards?: number;
  /** What tensors are called in the files. */
  rename?: (name: string) => string;
}

/** Makes a Hugging Face folder of a Qwen2-VL checkpoint with random weights. */
export function writeCheckpoint(folder: string, layout: CheckpointLayout = {}): string {
  const config = layout.config ?? tinyConfig;
  const tensors = layout.tensors ?? randomTensors(config);
  mkdirSync(folder, { recursive: true });
  writeJson(folder, 'config.json', config);
  writeJson(folder, 'tokenizer.json', tinyTokenizer);
  writeJson(folder, 'preprocessor_config.json', { patch_size: 14, min_pixels: 3136, max_pixels: 1_003_520 });
  const named = Object.entries(tensors).map(
    ([name, tensor]) => [layout.rename?.(name) ?? name, tensor] as const,
  );
  if (layout.shards === undefined) {
    writeSafetensors(join(folder, 'model.safetensors'), Object.fromEntries(named), layout.dtype);
    return folder;
  }
  const map: Record<string, string> = {};
  for (let shard = 0; shard < layout.shards; shard++) {
    const file = `model-0000${shard + 1}-of-0000${layout.shards}.safetensors`;
    const own = named.filter((_, index) => index % (layout.shards as number) === shard);
    for (const [name] of own) map[name] = file;
    writeSafetensors(join(folder, file), Object.fromEntries(own), layout.dtype);
  }
  writeJson(folder, 'model.safetensors.index.json', { metadata: {}, weight_map: map });
  return folder;
}

/** Writes a JSON file into a folder. */
export function writeJson(folder: string, name: string, value: unknown): void {
  writeFileSync(join(folder, name), JSON.stringify(value));
}
