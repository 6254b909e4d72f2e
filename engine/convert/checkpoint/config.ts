import { z } from 'zod';
import type { DecoderConfig, VisionConfig } from '../graphs/config.ts';
import { badCheckpoint } from './problems.ts';

/** What a checkpoint's config.json says, with transformers' defaults filled in. */
export interface CheckpointConfig {
  decoder: DecoderConfig;
  vision: VisionConfig;
  /** Rotary pairs of (t, h, w). */
  sections: [number, number, number];
  theta: number;
  maxContext: number;
  tokens: {
    end: number[];
    image: number | undefined;
    video: number | undefined;
    visionStart: number | undefined;
    visionEnd: number | undefined;
  };
  /** The type that the weights were saved in, as the config says it. */
  dtype: string | undefined;
}

const count = z.int().positive().max(1_000_000_000);
const tokenId = z.int().nonnegative();
/** A field that may be left out or null; either means the default. */
const withDefault = <Schema extends z.ZodType>(schema: Schema, value: z.output<Schema>) =>
  schema.nullish().transform((given): z.output<Schema> => given ?? value);

/** The rotary fields, in whatever form: rope_scaling (old) or rope_parameters (new). */
const rope = z.object({
  type: z.string().nullish(),
  rope_type: z.string().nullish(),
  mrope_section: z.tuple([tokenId, tokenId, tokenId]).nullish(),
  rope_theta: z.number().positive().nullish(),
});

// Defaults: transformers' Qwen2VLTextConfig (configuration_qwen2_vl.py, the same from 4.45 to 5).
const text = z.object({
  vocab_size: withDefault(count, 152_064),
  hidden_size: withDefault(count, 8192),
  intermediate_size: withDefault(count, 29_568),
  num_hidden_layers: withDefault(count.max(1000), 80),
  num_attention_heads: withDefault(count.max(1000), 64),
  // Left out it is 8; written as null it is the number of heads.
  num_key_value_heads: z.union([count.max(1000), z.null()]).optional(),
  head_dim: count.max(4096).nullish(),
  hidden_act: withDefault(z.string(), 'silu'),
  max_position_embeddings: withDefault(count, 32_768),
  rms_norm_eps: withDefault(z.number().positive(), 1e-5),
  use_sliding_window: withDefault(z.boolean(), false),
  rope_theta: z.number().positive().nullish(),
  rope_scaling: rope.nullish(),
  rope_parameters: rope.nullish(),
  tie_word_embeddings: z.boolean().nullish(),
  eos_token_id: z.union([tokenId, z.array(tokenId)]).nullish(),
  torch_dtype: z.string().nullish(),
  dtype: z.string().nullish(),
});

/** A size that may be written as a number or, in newer configs, once per axis. */
const square = z.union([count, z.array(count).min(1)]);

// Defaults: transformers' Qwen2VLVisionConfig.
const vision = z.object({
  depth: withDefault(count.max(1000), 32),
  embed_dim: withDefault(count, 1280),
  hidden_size: withDefault(count, 3584),
  hidden_act: withDefault(z.string(), 'quick_gelu'),
  mlp_ratio: withDefault(z.number().positive().max(1000), 4),
  num_heads: withDefault(count.max(1000), 16),
  in_channels: withDefault(count.max(1024), 3),
  patch_size: withDefault(square, 14),
  spatial_merge_size: withDefault(count.max(64), 2),
  temporal_patch_size: withDefault(square, 2),
});

const outer = z.object({
  model_type: z.string(),
  text_config: text.nullish(),
  vision_config: vision.nullish(),
  tie_word_embeddings: z.boolean().nullish(),
  image_token_id: tokenId.nullish(),
  video_token_id: tokenId.nullish(),
  vision_start_token_id: tokenId.nullish(),
  vision_end_token_id: tokenId.nullish(),
  torch_dtype: z.string().nullish(),
  dtype: z.string().nullish(),
});

/** config.json: the language model's fields lie at the top (old) or under text_config (new). */
export const configSchema = z.looseObject({}).transform((raw, context) => {
  const top = outer.safeParse(raw);
  const language = text.safeParse(raw['text_config'] ?? raw);
  for (const part of [top, language])
    for (const issue of part.error?.issues ?? [])
      context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
  if (!top.success || !language.success) return z.NEVER;
  return { outer: top.data, text: language.data, vision: top.data.vision_config ?? vision.parse({}) };
});

/**
 * Turns a parsed config.json into the shapes that graphs are built from.
 * @throws LongviewError `bad-checkpoint` naming every field whose value this engine can't run.
 */
export function interpretConfig(parsed: z.output<typeof configSchema>): CheckpointConfig {
  const { outer: top, text: language } = parsed;
  if (top.model_type !== 'qwen2_vl')
    throw badCheckpoint(
      `config.json is of a ${JSON.stringify(top.model_type)} model; Longview converts "qwen2_vl".`,
    );
  const heads = language.num_attention_heads;
  const kvHeads = language.num_key_value_heads === undefined ? 8 : (language.num_key_value_heads ?? heads);
  const headDim = language.hidden_size / heads;
  const ropes = language.rope_parameters ?? language.rope_scaling ?? {};
  const problems = [
    ...textProblems(language, kvHeads, headDim),
    ...ropeProblems(ropes, headDim),
    ...visionProblems(parsed.vision, language.hidden_size),
  ];
  if (problems.length > 0)
    throw badCheckpoint(`config.json asks for what this engine doesn't run: ${problems.join('; ')}.`, {
      problems,
    });
  return {
    decoder: {
      hiddenSize: language.hidden_size,
      intermediateSize: language.intermediate_size,
      layers: language.num_hidden_layers,
      heads,
      kvHeads,
      headDim,
      vocabSize: language.vocab_size,
      rmsNormEps: language.rms_norm_eps,
      // transformers takes a nested "true" where the top says nothing or false.
      tied: top.tie_word_embeddings === true || language.tie_word_embeddings === true,
    },
    vision: visionShape(parsed.vision),
    sections: sectionsOf(ropes, headDim),
    theta: ropes.rope_theta ?? language.rope_theta ?? 1_000_000,
    maxContext: language.max_position_embeddings,
    tokens: {
      end: [language.eos_token_id ?? []].flat(),
      image: top.image_token_id ?? undefined,
      video: top.video_token_id ?? undefined,
      visionStart: top.vision_start_token_id ?? undefined,
      visionEnd: top.vision_end_token_id ?? undefined,
    },
    dtype: top.dtype ?? top.torch_dtype ?? language.dtype ?? language.torch_dtype ?? undefined,
  };
}

type Text = z.output<typeof text>;
type Rope = z.output<typeof rope>;
type Vision = z.output<typeof vision>;

function textProblems(config: Text, kvHeads: number, headDim: number): string[] {
  const { hidden_size: hidden, num_attention_heads: heads } = config;
  return [
    Number.isInteger(headDim) && headDim % 2 === 0
      ? ''
      : `hidden_size ${hidden} gives ${heads} heads ${headDim} values each, which is no even number`,
    (config.head_dim ?? headDim) === headDim
      ? ''
      : `head_dim ${config.head_dim} where hidden_size / num_attention_heads is ${headDim}`,
    heads % kvHeads === 0
      ? ''
      : `num_attention_heads ${heads} is not a multiple of num_key_value_heads ${kvHeads}`,
    config.hidden_act === 'silu' ? '' : `hidden_act ${JSON.stringify(config.hidden_act)} (only "silu")`,
    config.use_sliding_window ? 'use_sliding_window (only full attention)' : '',
  ].filter((problem) => problem !== '');
}

function ropeProblems(config: Rope, headDim: number): string[] {
  const type = config.rope_type ?? config.type ?? 'default';
  const problems =
    type === 'default' || type === 'mrope'
      ? []
      : [`rope type ${JSON.stringify(type)} (only "default" and "mrope", which scale nothing)`];
  const sections = config.mrope_section;
  if (sections && sections[0] + sections[1] + sections[2] !== headDim / 2)
    problems.push(`mrope_section [${sections.join(', ')}] doesn't sum to half the head size, ${headDim / 2}`);
  if (!sections && headDim % 16 !== 0)
    problems.push(`no mrope_section, and a head size of ${headDim} doesn't divide in Qwen2-VL's proportions`);
  return problems;
}

/** The config's own sections, or Qwen2-VL's proportions (16, 24, 24 of 64). */
function sectionsOf(config: Rope, headDim: number): [number, number, number] {
  return config.mrope_section ?? [headDim / 8, (headDim * 3) / 16, (headDim * 3) / 16];
}

const activations: Record<string, VisionConfig['activation']> = { quick_gelu: 'quick-gelu', gelu: 'gelu' };

function visionProblems(config: Vision, hidden: number): string[] {
  const headDim = config.embed_dim / config.num_heads;
  return [
    config.hidden_size === hidden
      ? ''
      : `vision_config.hidden_size ${config.hidden_size} where the language model's is ${hidden}`,
    headDim % 4 === 0 ? '' : `vision_config: heads of ${headDim} values, which is no multiple of 4`,
    Object.hasOwn(activations, config.hidden_act)
      ? ''
      : `vision_config.hidden_act ${JSON.stringify(config.hidden_act)} (only "quick_gelu" and "gelu")`,
    [config.patch_size].flat().every((size, _, all) => size === all[0])
      ? ''
      : `vision_config.patch_size [${[config.patch_size].flat().join(', ')}] (only square patches)`,
  ].filter((problem) => problem !== '');
}

function visionShape(config: Vision): VisionConfig {
  return {
    depth: config.depth,
    embedSize: config.embed_dim,
    mlpSize: Math.floor(config.embed_dim * config.mlp_ratio),
    heads: config.num_heads,
    activation: activations[config.hidden_act],
    channels: config.in_channels,
    patchSize: [config.patch_size].flat()[0],
    temporalPatchSize: [config.temporal_patch_size].flat()[0],
    mergeSize: config.spatial_merge_size,
    hiddenSize: config.hidden_size,
  };
}
