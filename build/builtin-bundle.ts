/**
 * Makes the bundle in models/builtin from the checkpoints that models/training exports.
 *   node build/builtin-bundle.ts [--from CHECKPOINTS] [--precision fp32|fp16|int8|int4] [--to FOLDER]
 * Default: from models/training/work/export, in int8, to models/builtin.
 */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { BundleManifest } from '../engine/protocol/bundle.ts';
import { bundleSchema } from '../engine/protocol/bundle.ts';
import { buildHeadGraph } from '../engine/convert/builtin/head.ts';
import { buildTextGraph } from '../engine/convert/builtin/text.ts';
import { readJson } from '../engine/convert/checkpoint/folder.ts';
import { openWeights } from '../engine/convert/checkpoint/weights.ts';
import type { DecoderConfig } from '../engine/convert/graphs/config.ts';
import { buildDecoderGraph } from '../engine/convert/graphs/decoder.ts';
import { buildEmbeddingGraph } from '../engine/convert/graphs/embedding.ts';
import { spared, type Precision } from '../engine/convert/graphs/layers.ts';
import type { PlannedGraph } from '../engine/convert/graphs/planned.ts';
import type { WeightSource } from '../engine/convert/weights/source.ts';
import { cocoLabels } from '../engine/convert/builtin/labels.ts';
import { builtinCalibration, builtinQueries, builtinVocabulary } from './builtin-words.ts';
import { makeFrameEncoder } from './frame-encoder.ts';
import { importPrecisions } from '../engine/protocol/bundle.ts';

const root = join(import.meta.dirname, '..');
const size = z.int().positive();

const qwenSchema = z
  .looseObject({
    vocab_size: size,
    hidden_size: size,
    intermediate_size: size,
    num_hidden_layers: size,
    num_attention_heads: size,
    num_key_value_heads: size,
    head_dim: size,
    rms_norm_eps: z.number().positive(),
    rope_theta: z.number().positive(),
    tie_word_embeddings: z.boolean(),
  })
  .transform((raw) => ({
    raw,
    theta: raw.rope_theta,
    config: {
      hiddenSize: raw.hidden_size,
      intermediateSize: raw.intermediate_size,
      layers: raw.num_hidden_layers,
      heads: raw.num_attention_heads,
      kvHeads: raw.num_key_value_heads,
      headDim: raw.head_dim,
      vocabSize: raw.vocab_size,
      rmsNormEps: raw.rms_norm_eps,
      tied: raw.tie_word_embeddings,
    } satisfies DecoderConfig,
  }));
const textSchema = z.looseObject({ embedding_size: size, max_tokens: size });
const readerSchema = z.looseObject({
  sections: z.tuple([z.int(), z.int(), z.int()]),
  trained_gammas: z.array(z.number()),
  trained_patches: size,
  grid: z.tuple([size, size]),
});
const blocksSchema = z.array(
  z.strictObject({
    inputs: size,
    inner: size,
    kernel: size,
    stride: size,
    outputs: size,
    squeeze: z.int().min(0),
    activation: z.enum(['relu', 'hswish']),
  }),
);
const headSchema = z.strictObject({
  trunk: z.strictObject({ middle: blocksSchema.min(1), upper: blocksSchema.min(1), last: size }),
  channels: size,
  rows: size,
  columns: size,
  branches: z.array(z.strictObject({ size, heads: size, inner: size, blocks: size })).min(1),
  embeddingSize: size,
  tokens: size,
  visualSize: size,
  hiddenSize: size,
});

/** Where the checkpoints lie, where the bundle goes, and how matrices are stored. */
export interface BuiltinOptions {
  checkpoints: string;
  output: string;
  precision: Precision;
}

/** What the three checkpoints say of themselves. */
interface Checkpoints {
  text: z.output<typeof qwenSchema> & { sizes: z.output<typeof textSchema> };
  decoder: z.output<typeof qwenSchema> & { reader: z.output<typeof readerSchema> };
  head: z.output<typeof headSchema>;
}

/**
 * Converts head, text tower, decoder and token embedding, and writes the manifest beside them.
 * @returns the manifest. @throws LongviewError `bad-checkpoint`.
 */
export async function buildBuiltinBundle(options: BuiltinOptions): Promise<BundleManifest> {
  const { checkpoints, output } = options;
  const configs = await readConfigs(checkpoints);
  await mkdir(output, { recursive: true });
  await convertAll(configs, options);
  await copyFile(join(checkpoints, 'tokenizer.json'), join(output, 'tokenizer.json'));
  const names = ['eyes.onnx', 'head.onnx', 'text.onnx', 'decoder.onnx', 'embed.onnx', 'tokenizer.json'];
  await makeFrameEncoder({ output: join(output, 'eyes.onnx') });
  const files = await Promise.all(names.map((name) => describeFile(output, name)));
  const manifest = bundleSchema.parse(describeBundle(configs, options, files));
  await writeFile(join(output, 'bundle.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

async function readConfigs(folder: string): Promise<Checkpoints> {
  const read = <Schema extends z.ZodType>(part: string, schema: Schema) =>
    readJson(join(folder, part), 'config.json', schema);
  return {
    text: { ...(await read('text', qwenSchema)), sizes: await read('text', textSchema) },
    decoder: { ...(await read('decoder', qwenSchema)), reader: await read('decoder', readerSchema) },
    head: await read('head', headSchema),
  };
}

async function convertAll(configs: Checkpoints, options: BuiltinOptions): Promise<void> {
  const { precision } = options;
  await convertPart(options, 'head', (weights) => ({
    'head.onnx': buildHeadGraph(configs.head, weights, { precision }),
  }));
  const { config, sizes } = configs.text;
  await convertPart(options, 'text', (weights) => ({
    'text.onnx': buildTextGraph(config, sizes.embedding_size, weights, { precision }),
  }));
  // The decoder is small and has few numbers to a token: in 8 bits the one before lost several points.
  await convertPart(options, 'decoder', (weights) => ({
    'decoder.onnx': buildDecoderGraph(configs.decoder.config, weights, spared(precision)),
    'embed.onnx': buildEmbeddingGraph(configs.decoder.config, weights, { precision }),
  }));
}

/** Writes the graphs of one checkpoint. */
async function convertPart(
  { checkpoints, output }: BuiltinOptions,
  part: string,
  build: (weights: WeightSource) => Record<string, PlannedGraph>,
): Promise<void> {
  const weights = await openWeights(join(checkpoints, part));
  try {
    for (const [name, graph] of Object.entries(build(weights)))
      await writeFile(join(output, name), await graph.encode());
  } finally {
    await weights[Symbol.asyncDispose]();
  }
}

async function describeFile(folder: string, path: string): Promise<BundleManifest['files'][number]> {
  const content = await readFile(join(folder, path));
  const sha256 = createHash('sha256').update(content).digest('hex');
  return {
    path,
    bytes: content.byteLength,
    sha256,
    ...(path === 'eyes.onnx' ? { madeAtSetup: true } : {}),
  };
}

/** The longest prompt that makes sense: over an hour of footage, in half a gigabyte of keys and values. */
const longestContext = 131_072;
/** The question's and answer's tokens of a prompt, above the visual ones, that training went up to. */
const wordsOfContext = 64;

function describeBundle(
  { text, decoder, head }: Checkpoints,
  { precision }: BuiltinOptions,
  files: BundleManifest['files'],
): BundleManifest {
  const { config, reader } = decoder;
  return {
    format: 1,
    id: 'longview-builtin',
    name: 'Longview built-in',
    architecture: 'longview',
    precision,
    can: ['detect', 'embed', 'read'],
    decoder: {
      graph: 'decoder.onnx',
      embeddingGraph: 'embed.onnx',
      hiddenSize: config.hiddenSize,
      layers: config.layers,
      heads: config.heads,
      kvHeads: config.kvHeads,
      headDim: config.headDim,
      vocabSize: config.vocabSize,
      cacheType: precision === 'fp16' ? 'float16' : 'float32',
      positions: {
        variant: 'hope',
        sections: reader.sections,
        theta: decoder.theta,
        trainedGammas: reader.trained_gammas,
      },
      maxContext: longestContext,
      trainedContext: reader.trained_patches * head.tokens + wordsOfContext,
    },
    eyes: {
      graph: 'eyes.onnx',
      headGraph: 'head.onnx',
      width: head.columns * 32,
      height: head.rows * 32,
      framesPerSecond: 2,
      grid: reader.grid,
      labels: [...cocoLabels],
    },
    text: {
      graph: 'text.onnx',
      embeddingSize: text.sizes.embedding_size,
      headDim: text.config.headDim,
      theta: text.theta,
      maxTokens: text.sizes.max_tokens,
    },
    tokens: {
      stop: [0],
      visionStart: 3,
      visionEnd: 4,
      video: 5,
      userPrefix: '<|user|>',
      answerPrefix: '<|answer|>',
    },
    calibration: builtinCalibration,
    queries: builtinQueries,
    vocabulary: builtinVocabulary,
    files,
    licence:
      'MIT (head, text tower, decoder: trained by this project); eyes: MIT as redistributed by @vladmandic/human',
    provenance:
      'Trained by models/training on the sources listed in docs/model-card.md; eyes converted from the CenterNet detector in the npm package @vladmandic/human, whose trunk the head’s own began as.',
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      from: { type: 'string', default: join(root, 'models/training/work/export') },
      precision: { type: 'string', default: 'int8' },
      to: { type: 'string', default: join(root, 'models/builtin') },
    },
  });
  const manifest = await buildBuiltinBundle({
    checkpoints: values.from,
    output: values.to,
    precision: z.enum(importPrecisions).parse(values.precision),
  });
  for (const { path, bytes } of manifest.files) process.stdout.write(`${path} ${bytes} bytes\n`);
}
