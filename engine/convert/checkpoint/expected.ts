import type { DecoderConfig, VisionConfig } from '../graphs/config.ts';
import { deepstackMerger, visionNames, type MergerNames } from '../graphs/vision-layout.ts';
import { storedTypes } from '../weights/numbers.ts';
import { shapeProblem } from '../weights/source.ts';
import { Problems } from './problems.ts';
import type { CheckpointWeights } from './weights.ts';

/** Tensors that checkpoints may hold and no graph needs: tables that are computed, and a tied matrix's copy. */
function ignorable(name: string, config: DecoderConfig): boolean {
  return /\.rotary_(pos_)?emb\.inv_freq$/.test(name) || (config.tied && name === 'lm_head.weight');
}

/** The tensors of a Qwen2 or Qwen3 decoder with their shapes. */
export function decoderTensors(config: DecoderConfig): Map<string, number[]> {
  const { hiddenSize: hidden, intermediateSize: wide, vocabSize: vocab } = config;
  const query = config.heads * config.headDim;
  const keyValue = config.kvHeads * config.headDim;
  const tensors = new Map<string, number[]>([
    ['model.embed_tokens.weight', [vocab, hidden]],
    ['model.norm.weight', [hidden]],
  ]);
  if (!config.tied) tensors.set('lm_head.weight', [vocab, hidden]);
  for (let layer = 0; layer < config.layers; layer++) {
    const add = (name: string, shape: number[]) => tensors.set(`model.layers.${layer}.${name}`, shape);
    add('input_layernorm.weight', [hidden]);
    add('post_attention_layernorm.weight', [hidden]);
    for (const [part, size] of Object.entries({ q: query, k: keyValue, v: keyValue })) {
      add(`self_attn.${part}_proj.weight`, [size, hidden]);
      if (!config.headNorm) add(`self_attn.${part}_proj.bias`, [size]);
    }
    if (config.headNorm)
      for (const part of ['q', 'k']) add(`self_attn.${part}_norm.weight`, [config.headDim]);
    add('self_attn.o_proj.weight', [hidden, query]);
    add('mlp.gate_proj.weight', [wide, hidden]);
    add('mlp.up_proj.weight', [wide, hidden]);
    add('mlp.down_proj.weight', [hidden, wide]);
  }
  return tensors;
}

/** The tensors of a vision encoder with their shapes. */
export function visionTensors(config: VisionConfig): Map<string, number[]> {
  const { embedSize: embed, mlpSize: wide, patchSize, positionGrid } = config;
  const names = visionNames(config);
  const merged = embed * config.mergeSize ** 2;
  const tensors = new Map<string, number[]>([
    [
      'visual.patch_embed.proj.weight',
      [embed, config.channels, config.temporalPatchSize, patchSize, patchSize],
    ],
  ]);
  const layer = (name: string, outputs: number, inputs: number) => {
    tensors.set(`visual.${name}.weight`, [outputs, inputs]);
    tensors.set(`visual.${name}.bias`, [outputs]);
  };
  const norm = (name: string, size = embed, kind = names.norm) => {
    tensors.set(`visual.${name}.weight`, [size]);
    if (kind === 'layer') tensors.set(`visual.${name}.bias`, [size]);
  };
  const merger = (one: MergerNames) => {
    norm(one.norm, one.over === 'group' ? merged : embed);
    layer(one.first, merged, merged);
    layer(one.second, config.hiddenSize, merged);
  };
  if (names.patchBias) tensors.set('visual.patch_embed.proj.bias', [embed]);
  if (positionGrid !== undefined) tensors.set('visual.pos_embed.weight', [positionGrid ** 2, embed]);
  for (let block = 0; block < config.depth; block++) {
    norm(`blocks.${block}.norm1`);
    norm(`blocks.${block}.norm2`);
    layer(`blocks.${block}.attn.qkv`, 3 * embed, embed);
    layer(`blocks.${block}.attn.proj`, embed, embed);
    for (const name of names.mlp.slice(0, -1)) layer(`blocks.${block}.mlp.${name}`, wide, embed);
    layer(`blocks.${block}.mlp.${names.mlp.at(-1)}`, embed, wide);
  }
  merger(names.merger);
  config.deepstackBlocks?.forEach((_, index) => merger(deepstackMerger(index)));
  return tensors;
}

/** How much is compared at the start, in the middle and at the end. */
const sample = 4096;

/**
 * Whether a checkpoint whose config calls the output matrix tied has one of its own all the same. Which of two
 * `tie_word_embeddings` counts depends on the version of transformers (4.57 ties Qwen3-VL by the inner config alone), and
 * a tied matrix is at most a copy of the embedding.
 */
export async function hasOwnOutput(weights: CheckpointWeights): Promise<boolean> {
  const [output, embedding] = ['lm_head.weight', 'model.embed_tokens.weight'];
  const shape = weights.shape(output);
  if (!shape || shape.join() !== weights.shape(embedding)?.join()) return false;
  const total = shape.reduce((product, size) => product * size, 1);
  const length = Math.min(sample, total);
  const [one, other] = [new Float32Array(length), new Float32Array(length)];
  for (const start of [0, Math.floor((total - length) / 2), total - length]) {
    await weights.read(output, start, one);
    await weights.read(embedding, start, other);
    if (one.some((value, i) => value !== other[i])) return true;
  }
  return false;
}

/**
 * Checks that a checkpoint holds exactly the tensors that its config calls for, in types that can be converted.
 * @throws LongviewError `bad-checkpoint` naming every tensor that is missing, unexpected or of a wrong shape or type.
 */
export function checkTensors(
  weights: CheckpointWeights,
  expected: ReadonlyMap<string, readonly number[]>,
  config: DecoderConfig,
): void {
  const problems = new Problems('The checkpoint');
  for (const [name, shape] of expected) {
    problems.add(shapeProblem(weights, name, shape));
    const dtype = weights.dtype(name);
    if (dtype !== undefined && !Object.hasOwn(storedTypes, dtype))
      problems.add(`${name} has type ${dtype} where F32, F16 or BF16 is needed`);
  }
  for (const name of weights.names())
    if (!expected.has(name) && !ignorable(name, config)) problems.add(`${name} is unexpected`);
  problems.throwIfAny();
}
