// Peak memory and speed of converting a checkpoint: makes shards of the 7B geometry (or a share of its layers and
// vocabulary) with made-up weights, converts them, and prints the process's peak resident memory.
//   npm run -s bench -- convert-memory [--layers 28] [--vocab 152064] [--precision int4] [--folder DIR]
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { configSchema, interpretConfig } from '../../models/convert/checkpoint/config.ts';
import { decoderTensors, visionTensors } from '../../models/convert/checkpoint/expected.ts';
import type { Precision } from '../../models/convert/index.ts';
import { convertCheckpoint } from '../../models/convert/index.ts';

export const what = 'peak memory and seconds of converting a checkpoint of the 7B geometry';

const options = {
  layers: { type: 'string', default: '28' },
  vocab: { type: 'string', default: '152064' },
  precision: { type: 'string', default: 'int4' },
  folder: { type: 'string', default: tmpdir() },
} as const;

/** The shape of the public 7B model, with the layers and the vocabulary asked for. */
const shape = (layers: number, vocabulary: number) => ({
  model_type: 'qwen2_vl',
  hidden_size: 3584,
  intermediate_size: 18_944,
  num_attention_heads: 28,
  num_hidden_layers: layers,
  num_key_value_heads: 4,
  vocab_size: vocabulary,
  rms_norm_eps: 1e-6,
  rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
  torch_dtype: 'bfloat16',
  vision_config: { depth: 32, embed_dim: 1280, mlp_ratio: 4, num_heads: 16, hidden_size: 3584 },
});
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

async function makeCheckpoint(folder: string, config: ReturnType<typeof shape>): Promise<number> {
  const { decoder, vision } = interpretConfig(configSchema.parse(config));
  const tensors = [...decoderTensors(decoder), ...visionTensors(vision)].map(([name, shape]) => ({
    name,
    shape,
    bytes: 2 * shape.reduce((product, size) => product * size, 1),
  }));
  const shards: (typeof tensors)[] = [[]];
  for (const tensor of tensors) {
    const last = shards.at(-1) as typeof tensors;
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

/** A block of ordinary bfloat16 weights, written over and over: zeros would be converted faster than real ones. */
async function writeShard(
  path: string,
  tensors: readonly { name: string; shape: readonly number[]; bytes: number }[],
): Promise<void> {
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
  const weights = Float32Array.from({ length: 1 << 21 }, () => (Math.random() - 0.5) / 25);
  const block = Buffer.from(Uint16Array.from(new Uint32Array(weights.buffer), (bits) => bits >>> 16).buffer);
  const file = await open(path, 'w');
  await file.write(Buffer.concat([length, json]));
  for (let written = 0; written < end; written += block.byteLength)
    await file.write(block, 0, Math.min(block.byteLength, end - written));
  await file.close();
}

/** Converts a made-up checkpoint and prints the peak. @param args see `options` */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const folder = await mkdtemp(join(values.folder, 'longview-convert-memory-'));
  try {
    const source = join(folder, 'source');
    await mkdir(source);
    const bytes = await makeCheckpoint(source, shape(Number(values.layers), Number(values.vocab)));
    const before = process.resourceUsage().maxRSS / 1024;
    const started = performance.now();
    const manifest = await convertCheckpoint({
      source,
      target: join(folder, 'bundle'),
      precision: values.precision as Precision,
    });
    const seconds = (performance.now() - started) / 1000;
    const peak = process.resourceUsage().maxRSS / 1024;
    const made = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
    process.stdout.write(
      [
        `layers ${values.layers}, vocabulary ${values.vocab}, bfloat16 -> ${values.precision}`,
        `read ${(bytes / 1e9).toFixed(2)} GB, wrote ${(made / 1e9).toFixed(2)} GB in ${seconds.toFixed(0)} s`,
        `peak resident memory ${peak.toFixed(0)} MiB (${before.toFixed(0)} MiB before converting)`,
        '',
      ].join('\n'),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
