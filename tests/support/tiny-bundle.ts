import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleManifest } from '../../engine/protocol/bundle.ts';
import { buildDecoderGraph, type DecoderOptions } from '../../engine/convert/graphs/decoder.ts';
import { buildEmbeddingGraph } from '../../engine/convert/graphs/embedding.ts';
import { buildVisionGraph } from '../../engine/convert/graphs/vision.ts';
import type { DecoderConfig, VisionConfig } from '../../engine/convert/graphs/config.ts';
import type { WeightSource } from '../../engine/convert/weights/source.ts';

/** A tokenizer with 320 tokens: bytes, some merges, and Qwen2-VL's special tokens. */
export const tokenizerFile = new URL('../fixtures/hope/checkpoint/tokenizer.json', import.meta.url);

/** The tiny decoder that tests run. */
export const tinyDecoder: DecoderConfig = {
  hiddenSize: 32,
  intermediateSize: 48,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 16,
  vocabSize: 320,
  rmsNormEps: 1e-6,
  tied: false,
};

const tinyVision: VisionConfig = {
  depth: 2,
  embedSize: 32,
  mlpSize: 64,
  heads: 2,
  activation: 'quick-gelu',
  channels: 3,
  patchSize: 14,
  temporalPatchSize: 2,
  mergeSize: 2,
  hiddenSize: 32,
};

/** A deterministic generator of numbers in [-1, 1). */
export function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Weights that never were trained: every tensor that a graph asks for, random, scaled so that signals survive. */
export function randomWeights(shapes: (name: string) => readonly number[]): WeightSource {
  const made = new Map<string, Float32Array>();
  const tensor = (name: string): Float32Array => {
    let data = made.get(name);
    if (!data) {
      const shape = shapes(name);
      const count = shape.reduce((product, size) => product * size, 1);
      const next = noise([...name].reduce((hash, char) => hash * 31 + char.charCodeAt(0), 7));
      const norm = name.includes('norm') || name.endsWith('ln_q.weight');
      const scale = shape.length > 1 ? 3 / Math.sqrt(shape.at(-1) as number) : 0.1;
      data = Float32Array.from(
        { length: count },
        () => (norm && name.endsWith('weight') ? 1 : 0) + scale * next(),
      );
      made.set(name, data);
    }
    return data;
  };
  return {
    shape: shapes,
    read: async (name, start, into) => into.set(tensor(name).subarray(start, start + into.length)),
  };
}

function decoderShape(config: DecoderConfig, name: string): number[] {
  const { hiddenSize: h, intermediateSize: i, heads, kvHeads, headDim, vocabSize } = config;
  const kind = name.match(/([a-z_]+)\.(?:weight|bias)$/u)?.[1] ?? '';
  const outputs: Record<string, [number, number]> = {
    embed_tokens: [vocabSize, h],
    lm_head: [vocabSize, h],
    q_proj: [heads * headDim, h],
    k_proj: [kvHeads * headDim, h],
    v_proj: [kvHeads * headDim, h],
    o_proj: [h, heads * headDim],
    gate_proj: [i, h],
    up_proj: [i, h],
    down_proj: [h, i],
  };
  const shape = outputs[kind];
  if (!shape) return [h];
  return name.endsWith('.bias') ? [shape[0]] : shape;
}

function visionShape(config: VisionConfig, name: string): number[] {
  const { embedSize: e, mlpSize: m, channels, patchSize, temporalPatchSize, mergeSize, hiddenSize } = config;
  const merged = e * mergeSize ** 2;
  const shapes: [RegExp, [number, number]][] = [
    [/attn\.qkv/u, [3 * e, e]],
    [/attn\.proj/u, [e, e]],
    [/fc1/u, [m, e]],
    [/fc2/u, [e, m]],
    [/merger\.mlp\.0/u, [merged, merged]],
    [/merger\.mlp\.2/u, [hiddenSize, merged]],
  ];
  if (name.includes('patch_embed')) return [e, channels, temporalPatchSize, patchSize, patchSize];
  const shape = shapes.find(([pattern]) => pattern.test(name))?.[1];
  if (!shape) return [e];
  return name.endsWith('.bias') ? [shape[0]] : shape;
}

/** What a tiny bundle should be. */
export interface TinyBundleOptions {
  decoder?: Partial<DecoderConfig>;
  /** With Qwen2-VL's vision encoder. */
  vision?: boolean;
  cache?: DecoderOptions['cache'];
  /** Changes the manifest before it is written. */
  change?: (manifest: BundleManifest) => void;
}

/** Writes a bundle of a random model into a folder (made where it isn't). @returns its manifest. */
export async function writeTinyBundle(
  folder: string,
  options: TinyBundleOptions = {},
): Promise<BundleManifest> {
  mkdirSync(folder, { recursive: true });
  const config = { ...tinyDecoder, ...options.decoder };
  const weights = randomWeights((name) =>
    name.startsWith('visual.') ? visionShape(tinyVision, name) : decoderShape(config, name),
  );
  const precision = { precision: 'fp32' } as const;
  const cache = options.cache ?? 'growing';
  const graphs: Record<string, Uint8Array> = {
    'decoder.onnx': await buildDecoderGraph(config, weights, { ...precision, cache }).encode(),
    'embed.onnx': await buildEmbeddingGraph(config, weights, precision).encode(),
  };
  const visionConfig = { ...tinyVision, hiddenSize: config.hiddenSize };
  if (options.vision)
    graphs['vision.onnx'] = await buildVisionGraph(visionConfig, weights, precision).encode();
  for (const [name, bytes] of Object.entries(graphs)) writeFileSync(join(folder, name), bytes);
  copyFileSync(tokenizerFile, join(folder, 'tokenizer.json'));
  const manifest = tinyManifest(config, options.vision === true);
  options.change?.(manifest);
  writeManifest(folder, manifest);
  return manifest;
}

function tinyManifest(config: DecoderConfig, vision: boolean): BundleManifest {
  const { hiddenSize, layers, heads, kvHeads, headDim, vocabSize } = config;
  const quarter = headDim / 8;
  return {
    format: 1,
    id: 'tiny',
    name: 'Tiny random model',
    architecture: 'qwen2-vl',
    precision: 'fp32',
    can: ['read'],
    decoder: {
      graph: 'decoder.onnx',
      embeddingGraph: 'embed.onnx',
      ...{ hiddenSize, layers, heads, kvHeads, headDim, vocabSize },
      cacheType: 'float32',
      positions: {
        variant: 'hope',
        sections: [quarter, (3 * quarter) / 2, (3 * quarter) / 2],
        theta: 10_000,
        trainedGammas: [0.5, 1, 1.5],
      },
      maxContext: 4096,
      trainedContext: 512,
    },
    ...(vision
      ? {
          vision: {
            graph: 'vision.onnx',
            headDim: 16,
            patchSize: 14,
            temporalPatchSize: 2,
            mergeSize: 2,
            minPixels: 3136,
            maxPixels: 1_003_520,
            mean: [0.48145466, 0.4578275, 0.40821073] as [number, number, number],
            std: [0.26862954, 0.26130258, 0.27577711] as [number, number, number],
          },
        }
      : {}),
    tokens: {
      stop: [313, 315],
      visionStart: 316,
      visionEnd: 317,
      image: 318,
      video: 319,
      userPrefix: '<|im_start|>user\n',
      answerPrefix: '<|im_end|>\n<|im_start|>assistant\n',
    },
    files: [],
    licence: 'none',
    provenance: 'random numbers',
  };
}

/** Writes bundle.json, with the sizes and hashes of every other file in the folder (where `files` is empty). */
export function writeManifest(folder: string, manifest: BundleManifest): void {
  if (manifest.files.length === 0) {
    manifest.files = readdirSync(folder)
      .filter((name) => name !== 'bundle.json')
      .map((path) => {
        const bytes = readFileSync(join(folder, path));
        return { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
      });
  }
  writeFileSync(join(folder, 'bundle.json'), JSON.stringify(manifest, null, 1));
}
