import { z } from 'zod';
import type { DecoderConfig, VisionConfig } from '../graphs/config.ts';
import { visionProblems, visionSchemas, visionShape, type VisionFields } from './config-vision.ts';
import { count, tokenId, withDefault } from './fields.ts';
import {
  encodingFields,
  families,
  readPositions,
  type CheckpointPositions,
  type ModelType,
} from './positions.ts';
import { badCheckpoint } from './problems.ts';

/** What a checkpoint's config.json says, with transformers' defaults filled in. */
export interface CheckpointConfig {
  modelType: ModelType;
  decoder: DecoderConfig;
  vision: VisionConfig;
  positions: CheckpointPositions;
  /** True where the config itself says which encoding it is, and not its family alone. */
  encodingNamed: boolean;
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
  /** What the checkpoint was called where it was saved. */
  savedAs: string | undefined;
}

/** The language model's fields, with a family's defaults. */
function textSchema(defaults: {
  vocab_size: number;
  hidden_size: number;
  intermediate_size: number;
  num_hidden_layers: number;
  num_attention_heads: number;
  max_position_embeddings: number;
  rms_norm_eps: number;
}) {
  return z.object({
    vocab_size: withDefault(count, defaults.vocab_size),
    hidden_size: withDefault(count, defaults.hidden_size),
    intermediate_size: withDefault(count, defaults.intermediate_size),
    num_hidden_layers: withDefault(count.max(1000), defaults.num_hidden_layers),
    num_attention_heads: withDefault(count.max(1000), defaults.num_attention_heads),
    // Left out it is the class's default; written as null it is the number of heads.
    num_key_value_heads: z.union([count.max(1000), z.null()]).optional(),
    head_dim: count.max(4096).nullish(),
    hidden_act: withDefault(z.string(), 'silu'),
    max_position_embeddings: withDefault(count, defaults.max_position_embeddings),
    rms_norm_eps: withDefault(z.number().positive(), defaults.rms_norm_eps),
    use_sliding_window: withDefault(z.boolean(), false),
    attention_bias: withDefault(z.boolean(), false),
    tie_word_embeddings: z.boolean().nullish(),
    eos_token_id: z.union([tokenId, z.array(tokenId)]).nullish(),
    torch_dtype: z.string().nullish(),
    dtype: z.string().nullish(),
    ...encodingFields,
  });
}

// Defaults: transformers' Qwen2VLTextConfig (configuration_qwen2_vl.py, the same from 4.45 to 5, and Qwen2.5-VL's), and
// Qwen3VLTextConfig.
const qwen2Text = textSchema({
  vocab_size: 152_064,
  hidden_size: 8192,
  intermediate_size: 29_568,
  num_hidden_layers: 80,
  num_attention_heads: 64,
  max_position_embeddings: 32_768,
  rms_norm_eps: 1e-5,
});
const textSchemas = {
  qwen2_vl: qwen2Text,
  qwen2_5_vl: qwen2Text,
  qwen3_vl: textSchema({
    vocab_size: 151_936,
    hidden_size: 4096,
    intermediate_size: 22_016,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    max_position_embeddings: 128_000,
    rms_norm_eps: 1e-6,
  }),
};
/** Of the same classes. */
const usualKvHeads = { qwen2_vl: 8, qwen2_5_vl: 8, qwen3_vl: 32 };

const outer = z.object({
  model_type: z.string(),
  tie_word_embeddings: z.boolean().nullish(),
  image_token_id: tokenId.nullish(),
  video_token_id: tokenId.nullish(),
  vision_start_token_id: tokenId.nullish(),
  vision_end_token_id: tokenId.nullish(),
  torch_dtype: z.string().nullish(),
  dtype: z.string().nullish(),
  transformers_version: z.string().nullish(),
  _name_or_path: z.string().nullish(),
});

/** config.json: the language model's fields lie at the top (old) or under text_config (new). */
export const configSchema = z.looseObject({ model_type: z.string() }).transform((raw, context) => {
  const known = Object.keys(families).find((type) => type === raw.model_type) as ModelType | undefined;
  // What is of another type is refused as such, whatever its fields are.
  if (!known) return { known, type: raw.model_type };
  const top = outer.safeParse(raw);
  const language = textSchemas[known].safeParse(raw['text_config'] ?? raw);
  const vision = visionSchemas[known].safeParse(raw['vision_config'] ?? {});
  for (const [part, prefix] of [
    [top, []],
    [language, []],
    [vision, ['vision_config']],
  ] as const)
    for (const issue of part.error?.issues ?? [])
      context.addIssue({ code: 'custom', path: [...prefix, ...issue.path], message: issue.message });
  if (!top.success || !language.success || !vision.success) return z.NEVER;
  const fields = { type: known, fields: vision.data } as VisionFields;
  return { known, outer: top.data, text: language.data, vision: fields };
});

type Parsed = z.output<typeof configSchema>;
type Text = z.output<typeof qwen2Text>;

/**
 * Turns a parsed config.json into the shapes that graphs are built from.
 * @throws LongviewError `bad-checkpoint` naming every field whose value this engine can't run.
 */
export function interpretConfig(parsed: Parsed): CheckpointConfig {
  if (parsed.known === undefined) throw otherModel(parsed.type);
  const { known: modelType, outer: top, text: language, vision } = parsed;
  const decoder = decoderShape(modelType, language, top.tie_word_embeddings === true);
  const {
    positions,
    named,
    problems: ofPositions,
  } = readPositions({
    modelType,
    headDim: decoder.headDim,
    fields: language,
    tokensPerSecond: vision.type === 'qwen2_5_vl' ? vision.fields.tokens_per_second : undefined,
    writtenBy: top.transformers_version ?? undefined,
  });
  const problems = [
    ...textProblems(modelType, language, decoder),
    ...ofPositions,
    ...visionProblems(vision, language.hidden_size),
  ];
  const shape = visionShape(vision);
  const deepstack = shape.deepstackBlocks?.length ?? 0;
  if (deepstack > decoder.layers)
    problems.push(`${deepstack} deepstack_visual_indexes for ${decoder.layers} layers`);
  if (problems.length > 0)
    throw badCheckpoint(`config.json asks for what this engine doesn't run: ${problems.join('; ')}.`, {
      problems,
    });
  const turning = positions.rotaryFraction;
  return {
    modelType,
    decoder: {
      ...decoder,
      ...(turning === undefined ? {} : { rotaryDim: Math.round(decoder.headDim * turning) }),
      ...(deepstack > 0 ? { deepstack } : {}),
    },
    vision: shape,
    positions,
    encodingNamed: named,
    maxContext: language.max_position_embeddings,
    tokens: {
      end: [language.eos_token_id ?? []].flat(),
      image: top.image_token_id ?? undefined,
      video: top.video_token_id ?? undefined,
      visionStart: top.vision_start_token_id ?? undefined,
      visionEnd: top.vision_end_token_id ?? undefined,
    },
    dtype: top.dtype ?? top.torch_dtype ?? language.dtype ?? language.torch_dtype ?? undefined,
    savedAs: top._name_or_path ?? undefined,
  };
}

function otherModel(type: string): Error {
  const converted = Object.keys(families).map((name) => JSON.stringify(name));
  return badCheckpoint(
    `config.json is of a ${JSON.stringify(type)} model; Longview converts ${converted.join(', ')}.`,
  );
}

function decoderShape(modelType: ModelType, language: Text, tied: boolean): DecoderConfig {
  const heads = language.num_attention_heads;
  const kvHeads =
    language.num_key_value_heads === undefined
      ? usualKvHeads[modelType]
      : (language.num_key_value_heads ?? heads);
  const qwen3 = modelType === 'qwen3_vl';
  return {
    hiddenSize: language.hidden_size,
    intermediateSize: language.intermediate_size,
    layers: language.num_hidden_layers,
    heads,
    kvHeads,
    headDim: qwen3 ? (language.head_dim ?? 128) : language.hidden_size / heads,
    vocabSize: language.vocab_size,
    rmsNormEps: language.rms_norm_eps,
    // transformers takes a nested "true" where the top says nothing or false.
    tied: tied || language.tie_word_embeddings === true,
    ...(qwen3 ? { headNorm: true } : {}),
  };
}

function textProblems(modelType: ModelType, config: Text, { headDim, kvHeads }: DecoderConfig): string[] {
  const { hidden_size: hidden, num_attention_heads: heads } = config;
  const even = Number.isInteger(headDim) && headDim % 2 === 0;
  return [
    even
      ? ''
      : modelType === 'qwen3_vl'
        ? `head_dim ${headDim}, which is no even number`
        : `hidden_size ${hidden} gives ${heads} heads ${headDim} values each, which is no even number`,
    (config.head_dim ?? headDim) === headDim
      ? ''
      : `head_dim ${config.head_dim} where hidden_size / num_attention_heads is ${headDim}`,
    heads % kvHeads === 0
      ? ''
      : `num_attention_heads ${heads} is not a multiple of num_key_value_heads ${kvHeads}`,
    config.hidden_act === 'silu' ? '' : `hidden_act ${JSON.stringify(config.hidden_act)} (only "silu")`,
    config.use_sliding_window ? 'use_sliding_window (only full attention)' : '',
    config.attention_bias && modelType === 'qwen3_vl' ? 'attention_bias (only without)' : '',
  ].filter((problem) => problem !== '');
}
