import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PositionVariant } from '../../protocol/bundle.ts';
import { rotaryTables } from '../../hope/index.ts';
import type { DecoderConfig, VisionConfig } from '../graphs/config.ts';
import type { Prompt } from './run-decoder.ts';
import type { Tensor } from './safetensors.ts';
import { readSafetensors } from './safetensors.ts';

/** A tiny Qwen2-VL checkpoint, and what the HoPE authors' code computes with it. */
export const fixtureFolder = fileURLToPath(new URL('../../../tests/fixtures/hope', import.meta.url));

/** The Hugging Face folder. */
export const checkpointFolder = join(fixtureFolder, 'checkpoint');

/** One case of cases.json. */
export interface FixtureCase {
  name: string;
  prompt: string;
  variant: PositionVariant;
  gamma: number;
  /** Grids before the 2x2 merge. */
  visuals: ['image' | 'video', number, number, number][];
  tokens: number;
}

/** All cases of cases.json. */
export const fixtureCases = JSON.parse(
  readFileSync(join(fixtureFolder, 'cases.json'), 'utf8'),
) as FixtureCase[];

/** What the authors' code computed. */
export const fixture = readSafetensors(join(fixtureFolder, 'fixture.safetensors'));

/** The checkpoint's weights. */
export const fixtureWeights = readSafetensors(join(checkpointFolder, 'model.safetensors')) as Record<
  string,
  Tensor
>;

/** The shape of the checkpoint's decoder. */
export const fixtureDecoder: DecoderConfig = {
  hiddenSize: 64,
  intermediateSize: 96,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 16,
  vocabSize: 320,
  rmsNormEps: 1e-6,
  tied: false,
};

/** The shape of its vision encoder. */
export const fixtureVision: VisionConfig = {
  depth: 2,
  embedSize: 32,
  mlpSize: 64,
  heads: 2,
  activation: 'quick-gelu',
  channels: 3,
  patchSize: 14,
  temporalPatchSize: 2,
  mergeSize: 2,
  hiddenSize: 64,
};

/** A tensor of the fixture. */
export function recorded(name: string): Float32Array {
  const tensor = fixture[name];
  if (tensor === undefined) throw new Error(`the fixture has no ${name}`);
  return tensor.data as Float32Array;
}

/** A case's prompt as the decoder reads it, from the recorded token ids, visual tokens and positions. */
export function fixturePrompt({ name, prompt, variant }: FixtureCase): Prompt {
  const ids = recorded(`${prompt}.input_ids`);
  const { hiddenSize, headDim } = fixtureDecoder;
  const table = fixtureWeights['model.embed_tokens.weight'].data;
  const embeddings = new Float32Array(ids.length * hiddenSize);
  let visual = 0;
  ids.forEach((id, token) => {
    const isVisual = id === 318 || id === 319;
    const rows = isVisual ? recorded(`${prompt}.vision`) : table;
    const row = isVisual ? visual++ : id;
    embeddings.set(rows.subarray(row * hiddenSize, (row + 1) * hiddenSize), token * hiddenSize);
  });
  const positions = recorded(`${name}.positions`);
  const axis = (index: number) =>
    Float64Array.from(positions.subarray(index * ids.length, (index + 1) * ids.length));
  const tables = rotaryTables(
    { t: axis(0), h: axis(1), w: axis(2) },
    { variant, headDim, sections: [2, 3, 3], theta: 10_000 },
  );
  return { embeddings, ...tables };
}
