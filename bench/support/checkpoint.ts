import { open, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { configSchema, interpretConfig } from '../../engine/convert/checkpoint/config.ts';
import { decoderTensors, visionTensors } from '../../engine/convert/checkpoint/expected.ts';

/** config.json of a public Qwen2-VL geometry with the layers, blocks and vocabulary asked for. */
export interface Geometry {
  layers: number;
  blocks: number;
  vocabulary: number;
}

/** The 7B model's shapes. */
export const shape7B = ({ layers, blocks, vocabulary }: Geometry) => ({
  ...common,
  hidden_size: 3584,
  intermediate_size: 18_944,
  num_attention_heads: 28,
  num_hidden_layers: layers,
  num_key_value_heads: 4,
  vocab_size: vocabulary,
  vision_config: { depth: blocks, embed_dim: 1280, mlp_ratio: 4, num_heads: 16, hidden_size: 3584 },
});

/** The 2B model's shapes. */
export const shape2B = ({ layers, blocks, vocabulary }: Geometry) => ({
  ...common,
  hidden_size: 1536,
  intermediate_size: 8960,
  num_attention_heads: 12,
  num_hidden_layers: layers,
  num_key_value_heads: 2,
  vocab_size: vocabulary,
  tie_word_embeddings: true,
  vision_config: { depth: blocks, embed_dim: 1280, mlp_ratio: 4, num_heads: 16, hidden_size: 1536 },
});

const common = {
  model_type: 'qwen2_vl',
  rms_norm_eps: 1e-6,
  rope_theta: 1e6,
  rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
  torch_dtype: 'bfloat16',
  eos_token_id: 2,
};

const chatTokens = [
  '<|endoftext|>',
  '<|im_start|>',
  '<|im_end|>',
  '<|vision_start|>',
  '<|vision_end|>',
  '<|image_pad|>',
  '<|video_pad|>',
];

/** Tensors a shard holds at most, in bytes: as the public checkpoints are cut. */
const shardBytes = 4e9;

interface MadeUpTensor {
  name: string;
  bytes: number;
  shape: number[];
}

/** Writes a Hugging Face folder with made-up bfloat16 weights. @returns the bytes of its weights. */
export async function writeMadeUpCheckpoint(folder: string, config: object): Promise<number> {
  const { decoder, vision } = interpretConfig(configSchema.parse(config));
  const tensors = [...decoderTensors(decoder), ...visionTensors(vision)].map(([name, shape]) => ({
    name,
    shape,
    bytes: 2 * shape.reduce((product, size) => product * size, 1),
  }));
  const shards: MadeUpTensor[][] = [[]];
  for (const tensor of tensors) {
    const last = shards.at(-1) as MadeUpTensor[];
    if (last.reduce((sum, { bytes }) => sum + bytes, 0) + tensor.bytes > shardBytes) shards.push([tensor]);
    else last.push(tensor);
  }
  const map: Record<string, string> = {};
  for (const [index, shard] of shards.entries()) {
    const file = `model-${index + 1}-of-${shards.length}.safetensors`;
    for (const { name } of shard) map[name] = file;
    await writeShard(join(folder, file), shard);
  }
  const json = (name: string, value: unknown) => writeFile(join(folder, name), JSON.stringify(value));
  await json('model.safetensors.index.json', { weight_map: map });
  await json('config.json', config);
  await json('preprocessor_config.json', {});
  await json('tokenizer.json', {
    added_tokens: chatTokens.map((content, id) => ({ id, content })),
    model: { type: 'BPE', vocab: {} },
  });
  return tensors.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function writeShard(path: string, tensors: readonly MadeUpTensor[]): Promise<void> {
  let end = 0;
  const header = Object.fromEntries(
    tensors.map(({ name, shape, bytes }) => {
      end += bytes;
      return [name, { dtype: 'BF16', shape, data_offsets: [end - bytes, end] }];
    }),
  );
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.byteLength));
  const file = await open(path, 'w');
  await file.write(Buffer.concat([length, json]));
  for (const tensor of tensors) await writeTensor(file, tensor);
  await file.close();
}

/** Norms are 1; the others a block of ordinary weights, over and over: zeros would be converted faster than real ones. */
async function writeTensor(file: FileHandle, { name, bytes }: MadeUpTensor): Promise<void> {
  const isNorm = /norm|ln_q/u.test(name) && name.endsWith('weight');
  const block = isNorm ? bfloat16(new Float32Array(bytes / 2).fill(1)) : ordinaryWeights();
  for (let written = 0; written < bytes; written += block.byteLength)
    await file.write(block, 0, Math.min(block.byteLength, bytes - written));
}

let weights: Buffer | undefined;

function ordinaryWeights(): Buffer {
  weights ??= bfloat16(Float32Array.from({ length: (1 << 21) - 1 }, () => (Math.random() - 0.5) / 15));
  return weights;
}

function bfloat16(values: Float32Array): Buffer {
  return Buffer.from(Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >>> 16).buffer);
}
