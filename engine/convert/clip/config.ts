import { z } from 'zod';
import type { BundleManifest } from '../../protocol/bundle.ts';
import { readJson } from '../checkpoint/folder.ts';
import { badCheckpoint } from '../checkpoint/problems.ts';

type Clip = NonNullable<BundleManifest['clip']>;

/** CLIP pairs end in projections of a common size; SigLIP pairs in their pooled states. */
export type ClipKind = Clip['kind'];

/** What config.json says about a pair. */
export interface PairConfig {
  kind: ClipKind;
  /** Size of the shared space, where the config tells it. */
  embeddingSize: number | undefined;
  maxTokens: number;
  /** The config's own padding token. transformers' default is 1, which tokenizers may overrule. */
  padToken: number;
}

const size = z.int().positive().max(65_536);

const configSchema = z.looseObject({
  model_type: z.string(),
  projection_dim: size.nullish(),
  text_config: z
    .looseObject({
      max_position_embeddings: size.nullish(),
      pad_token_id: z.int().nonnegative().nullish(),
      hidden_size: size.nullish(),
      projection_size: size.nullish(),
    })
    .nullish(),
});

/**
 * Reads a pair's config.json, with transformers' defaults.
 * @throws LongviewError `bad-checkpoint` for kinds other than CLIP and SigLIP.
 */
export async function readPairConfig(folder: string): Promise<PairConfig> {
  const config = await readJson(folder, 'config.json', configSchema);
  const kind = config.model_type;
  if (kind !== 'clip' && kind !== 'siglip')
    throw badCheckpoint(
      `config.json is of a ${JSON.stringify(kind)} model; Longview imports "clip" and "siglip" pairs.`,
    );
  const text = config.text_config ?? {};
  return {
    kind,
    embeddingSize:
      kind === 'clip'
        ? (config.projection_dim ?? undefined)
        : (text.projection_size ?? text.hidden_size ?? undefined),
    maxTokens: text.max_position_embeddings ?? (kind === 'clip' ? 77 : 64),
    padToken: text.pad_token_id ?? 1,
  };
}

/** How pictures are prepared: the fields of a bundle's `clip` that the preprocessor decides. */
export type PairPreprocessor = Pick<
  Clip,
  'imageSize' | 'resize' | 'resample' | 'cropSize' | 'mean' | 'std' | 'rescale'
>;

const side = z.int().positive().max(8192);
const three = z.tuple([z.number(), z.number(), z.number()]);
const spread = z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]);
const sized = z.union([
  side,
  z.looseObject({ shortest_edge: side }),
  z.looseObject({ height: side, width: side }),
]);

const preprocessorSchema = z.looseObject({
  do_resize: z.boolean().nullish(),
  do_center_crop: z.boolean().nullish(),
  do_rescale: z.boolean().nullish(),
  do_normalize: z.boolean().nullish(),
  size: sized.nullish(),
  crop_size: sized.nullish(),
  resample: z.int().nullish(),
  rescale_factor: z.number().positive().nullish(),
  image_mean: three.nullish(),
  image_std: spread.nullish(),
});

type PreprocessorConfig = z.output<typeof preprocessorSchema>;

/** The filters that the runtime has, by PIL's numbers. */
const filters: Record<number, Clip['resample']> = { 0: 'nearest', 1: 'lanczos', 2: 'bilinear', 3: 'bicubic' };

// Defaults: transformers' CLIPImageProcessor and SiglipImageProcessor.
const defaults = {
  clip: {
    size: { shortest_edge: 224 },
    crop: true,
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
  },
  siglip: { size: { height: 224, width: 224 }, crop: false, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
} as const;

/**
 * Reads a pair's preprocessor_config.json: sizes are [height, width] (for `shortest-edge` the same edge twice).
 * @throws LongviewError `bad-checkpoint` when it is missing or asks for what the runtime doesn't do.
 */
export async function readPairPreprocessor(folder: string, kind: ClipKind): Promise<PairPreprocessor> {
  const config = await readJson(folder, 'preprocessor_config.json', preprocessorSchema);
  const resample = filters[config.resample ?? 3];
  if (resample === undefined || config.do_resize === false)
    throw badCheckpoint(
      `preprocessor_config.json asks for what this engine doesn't do: ${
        config.do_resize === false ? 'do_resize is false' : `resample is ${config.resample}`
      }.`,
    );
  const standard = defaults[kind];
  const normalises = config.do_normalize !== false;
  const cropSize = cropOf(config, standard.crop);
  return {
    ...resizeOf(config.size ?? standard.size, kind),
    resample,
    ...(cropSize ? { cropSize } : {}),
    mean: normalises ? (config.image_mean ?? [...standard.mean]) : [0, 0, 0],
    std: normalises ? (config.image_std ?? [...standard.std]) : [1, 1, 1],
    rescale: config.do_rescale === false ? 1 : (config.rescale_factor ?? 1 / 255),
  };
}

/** A bare number is CLIP's shortest edge and SigLIP's square. */
function resizeOf(given: z.output<typeof sized>, kind: ClipKind): Pick<Clip, 'resize' | 'imageSize'> {
  if (typeof given === 'number')
    return { resize: kind === 'clip' ? 'shortest-edge' : 'exact', imageSize: [given, given] };
  if ('shortest_edge' in given) {
    const edge = given.shortest_edge as number;
    return { resize: 'shortest-edge', imageSize: [edge, edge] };
  }
  return { resize: 'exact', imageSize: [given.height, given.width] };
}

function cropOf(config: PreprocessorConfig, byDefault: boolean): [number, number] | undefined {
  if (!(config.do_center_crop ?? byDefault)) return undefined;
  const given = config.crop_size ?? 224;
  if (typeof given === 'number') return [given, given];
  if ('shortest_edge' in given) return [given.shortest_edge as number, given.shortest_edge as number];
  return [given.height, given.width];
}

/** The size of what the vision graph is given, [height, width]; undefined when it depends on the picture. */
export function inputSize({ cropSize, resize, imageSize }: PairPreprocessor): [number, number] | undefined {
  return cropSize ?? (resize === 'exact' ? imageSize : undefined);
}
