import { z } from 'zod';
import type { VisionConfig } from '../graphs/config.ts';
import { families, type ModelType } from './positions.ts';
import { count, withDefault } from './fields.ts';

/** A size that may be written as a number or, in newer configs, once per axis. */
const square = z.union([count, z.array(count).min(1)]);

const shared = {
  num_heads: withDefault(count.max(1000), 16),
  in_channels: withDefault(count.max(1024), 3),
  spatial_merge_size: withDefault(count.max(64), 2),
  temporal_patch_size: withDefault(square, 2),
};
const blocks = z.array(z.int().nonnegative()).max(1000);

/** The fields of `vision_config` by family, with the defaults of transformers' configuration classes. */
export const visionSchemas = {
  qwen2_vl: z.object({
    ...shared,
    depth: withDefault(count.max(1000), 32),
    embed_dim: withDefault(count, 1280),
    hidden_size: withDefault(count, 3584),
    hidden_act: withDefault(z.string(), 'quick_gelu'),
    mlp_ratio: withDefault(z.number().positive().max(1000), 4),
    patch_size: withDefault(square, 14),
  }),
  qwen2_5_vl: z.object({
    ...shared,
    depth: withDefault(count.max(1000), 32),
    hidden_size: withDefault(count, 3584),
    intermediate_size: withDefault(count, 3420),
    out_hidden_size: withDefault(count, 3584),
    hidden_act: withDefault(z.string(), 'silu'),
    patch_size: withDefault(square, 14),
    tokens_per_second: withDefault(z.number().positive(), 4),
    window_size: withDefault(count, 112),
    fullatt_block_indexes: withDefault(blocks, [7, 15, 23, 31]),
  }),
  qwen3_vl: z.object({
    ...shared,
    depth: withDefault(count.max(1000), 27),
    hidden_size: withDefault(count, 1152),
    intermediate_size: withDefault(count, 4304),
    out_hidden_size: withDefault(count, 3584),
    hidden_act: withDefault(z.string(), 'gelu_pytorch_tanh'),
    patch_size: withDefault(square, 16),
    num_position_embeddings: withDefault(count, 2304),
    deepstack_visual_indexes: withDefault(blocks, [8, 16, 24]),
  }),
};

/** A parsed `vision_config`. */
export type VisionFields = {
  [Type in ModelType]: { type: Type; fields: z.output<(typeof visionSchemas)[Type]> };
}[ModelType];

const activations: Record<string, VisionConfig['activation']> = {
  quick_gelu: 'quick-gelu',
  gelu: 'gelu',
  gelu_pytorch_tanh: 'gelu-tanh',
  silu: 'silu',
};

/** The shape of the vision encoder that a config describes; check {@link visionProblems} first. */
export function visionShape(given: VisionFields): VisionConfig {
  const { type, fields } = given;
  const patchSize = [fields.patch_size].flat()[0];
  const shape = {
    layout: families[type],
    depth: fields.depth,
    heads: fields.num_heads,
    activation: activations[fields.hidden_act],
    channels: fields.in_channels,
    patchSize,
    temporalPatchSize: [fields.temporal_patch_size].flat()[0],
    mergeSize: fields.spatial_merge_size,
  };
  switch (given.type) {
    case 'qwen2_vl': {
      const { embed_dim, mlp_ratio, hidden_size } = given.fields;
      const mlpSize = Math.floor(embed_dim * mlp_ratio);
      return { ...shape, embedSize: embed_dim, mlpSize, hiddenSize: hidden_size };
    }
    case 'qwen2_5_vl':
      return {
        ...shape,
        ...sizes(given.fields),
        windows: {
          size: Math.floor(Math.floor(given.fields.window_size / shape.mergeSize) / patchSize),
          fullBlocks: given.fields.fullatt_block_indexes,
        },
      };
    case 'qwen3_vl':
      return {
        ...shape,
        ...sizes(given.fields),
        positionGrid: Math.floor(Math.sqrt(given.fields.num_position_embeddings)),
        deepstackBlocks: given.fields.deepstack_visual_indexes,
      };
  }
}

function sizes(fields: { hidden_size: number; intermediate_size: number; out_hidden_size: number }) {
  return {
    embedSize: fields.hidden_size,
    mlpSize: fields.intermediate_size,
    hiddenSize: fields.out_hidden_size,
  };
}

/** What of a `vision_config` this engine doesn't run, in words that name the field. @param hidden the language model's width */
export function visionProblems(given: VisionFields, hidden: number): string[] {
  const { fields } = given;
  const { embedSize, hiddenSize, windows, positionGrid, deepstackBlocks } = visionShape(given);
  const headDim = embedSize / fields.num_heads;
  const output = given.type === 'qwen2_vl' ? 'hidden_size' : 'out_hidden_size';
  const beyond = (indices: readonly number[] = []) => indices.filter((index) => index >= fields.depth);
  return [
    hiddenSize === hidden
      ? ''
      : `vision_config.${output} ${hiddenSize} where the language model's is ${hidden}`,
    headDim % 4 === 0 ? '' : `vision_config: heads of ${headDim} values, which is no multiple of 4`,
    Object.hasOwn(activations, fields.hidden_act)
      ? ''
      : `vision_config.hidden_act ${JSON.stringify(fields.hidden_act)} (only ${Object.keys(activations)
          .map((name) => JSON.stringify(name))
          .join(', ')})`,
    [fields.patch_size].flat().every((size, _, all) => size === all[0])
      ? ''
      : `vision_config.patch_size [${[fields.patch_size].flat().join(', ')}] (only square patches)`,
    windows && windows.size < 1 ? 'vision_config.window_size is smaller than one visual token' : '',
    windows && beyond(windows.fullBlocks).length > 0
      ? `vision_config.fullatt_block_indexes [${windows.fullBlocks.join(', ')}] beyond its ${fields.depth} blocks`
      : '',
    positionGrid !== undefined &&
    given.type === 'qwen3_vl' &&
    positionGrid ** 2 !== given.fields.num_position_embeddings
      ? `vision_config.num_position_embeddings ${given.fields.num_position_embeddings}, which is no square`
      : '',
    deepstackBlocks &&
    (beyond(deepstackBlocks).length > 0 || new Set(deepstackBlocks).size < deepstackBlocks.length)
      ? `vision_config.deepstack_visual_indexes [${deepstackBlocks.join(', ')}] of its ${fields.depth} blocks`
      : '',
  ].filter((problem) => problem !== '');
}
