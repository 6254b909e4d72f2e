import { z } from 'zod';
import { positionVariants, type BundleManifest, type PositionVariant } from '../../protocol/bundle.ts';

/** How a checkpoint lays out positions, as bundle.json says it, but for the gammas of training. */
export type CheckpointPositions = Omit<NonNullable<BundleManifest['decoder']>['positions'], 'trainedGammas'>;

/** The families of checkpoints that are converted, by the `model_type` of their config. */
export const families = { qwen2_vl: 'qwen2-vl', qwen2_5_vl: 'qwen2.5-vl', qwen3_vl: 'qwen3-vl' } as const;

/** A `model_type` that is converted. */
export type ModelType = keyof typeof families;

const pairs = z.int().nonnegative();
/** The rotary fields, in whatever form: rope_scaling (old) or rope_parameters (new). */
export const ropeSchema = z.object({
  type: z.string().nullish(),
  rope_type: z.string().nullish(),
  mrope_section: z.tuple([pairs, pairs, pairs]).nullish(),
  mrope_interleaved: z.boolean().nullish(),
  rope_theta: z.number().positive().nullish(),
  partial_rotary_factor: z.number().nullish(),
});

/** The fields of a config that say which encoding it is. */
export const encodingFields = {
  rope_theta: z.number().positive().nullish(),
  rope_scaling: ropeSchema.nullish(),
  rope_parameters: ropeSchema.nullish(),
  partial_rotary_factor: z.number().nullish(),
  /** CoPE's. */
  use_cope: z.boolean().nullish(),
  use_hardclip: z.boolean().nullish(),
  /** V2PE's. */
  rope_pos_id_stride: z.number().positive().nullish(),
};

/** What positions are read from. */
export interface PositionFields {
  modelType: ModelType;
  headDim: number;
  fields: z.output<z.ZodObject<typeof encodingFields>>;
  tokensPerSecond: number | undefined;
  /** The version of transformers that wrote the config. */
  writtenBy: string | undefined;
}

/**
 * Reads how a checkpoint lays out positions.
 * @returns them, or what stands against it in words that name the field.
 */
export function readPositions(given: PositionFields): {
  positions: CheckpointPositions;
  /** True where the config itself says which encoding it is, and not its family alone. */
  named: boolean;
  problems: string[];
} {
  const { headDim, fields, tokensPerSecond } = given;
  const rope = fields.rope_parameters ?? fields.rope_scaling ?? {};
  const fraction = rope.partial_rotary_factor ?? fields.partial_rotary_factor ?? undefined;
  const half = roundOff((headDim * (fraction ?? 1)) / 2);
  const variant = variantOf(given);
  const theta = thetaOf(given);
  const sections = rope.mrope_section ?? usualSections(given.modelType, half);
  const stride = fields.rope_pos_id_stride ?? undefined;
  const positions: CheckpointPositions = {
    variant: variant ?? 'm-rope',
    sections,
    theta: theta ?? 1,
    ...(fraction === undefined ? {} : { rotaryFraction: fraction }),
    ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }),
    ...(stride === undefined ? {} : { stride }),
  };
  const problems = [
    variant === undefined ? unknownEncoding(rope.rope_type ?? rope.type ?? '') : '',
    theta === undefined ? 'no rope_theta, whose default differs between versions of transformers' : '',
    ...sectionProblems(rope.mrope_section ?? undefined, sections, half, fraction),
  ];
  const usual = { qwen2_vl: 'm-rope', qwen2_5_vl: 'm-rope-time', qwen3_vl: 'm-rope-interleaved' };
  const named = rope.mrope_interleaved === true || positions.variant !== usual[given.modelType];
  return { positions, named, problems: problems.filter((problem) => problem !== '') };
}

/** Without what binary fractions leave behind. */
function roundOff(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) < 1e-9 ? whole : value;
}

/** The encoding that a config names, or else the one of its family; undefined for one that this engine doesn't have. */
function variantOf({ modelType, fields }: PositionFields): PositionVariant | undefined {
  const rope = fields.rope_parameters ?? fields.rope_scaling ?? {};
  const type = rope.rope_type ?? rope.type ?? 'default';
  const named = positionVariants.find((variant) => variant === type);
  if (named) return named;
  if (type !== 'default' && type !== 'mrope') return undefined;
  if (fields.use_hardclip) return 'cope-hard';
  if (fields.use_cope) return 'cope';
  if (fields.rope_pos_id_stride) return 'v2pe';
  if (modelType === 'qwen3_vl' || rope.mrope_interleaved) return 'm-rope-interleaved';
  return modelType === 'qwen2_5_vl' ? 'm-rope-time' : 'm-rope';
}

function unknownEncoding(type: string): string {
  return `rope type ${JSON.stringify(type)}, an encoding that this engine doesn't have (it has "default" and "mrope", which scale nothing, and ${positionVariants.join(', ')})`;
}

/** Qwen3-VL's class has other defaults in transformers 4 than in 5. */
function thetaOf({ modelType, fields, writtenBy = '' }: PositionFields): number | undefined {
  const rope = fields.rope_parameters ?? fields.rope_scaling ?? {};
  const said = rope.rope_theta ?? fields.rope_theta ?? undefined;
  if (said !== undefined || modelType !== 'qwen3_vl') return said ?? 1_000_000;
  if (writtenBy.startsWith('4.')) return 5_000_000;
  return writtenBy.startsWith('5.') ? 500_000 : undefined;
}

/** Qwen2-VL's proportions (16, 24, 24 of 64), or those of Qwen3-VL (24, 20, 20). */
function usualSections(modelType: ModelType, half: number): [number, number, number] {
  if (modelType === 'qwen3_vl')
    return [half - 2 * Math.round((half * 5) / 16), Math.round((half * 5) / 16), Math.round((half * 5) / 16)];
  return [half / 4, (half * 3) / 8, (half * 3) / 8];
}

function sectionProblems(
  said: readonly number[] | undefined,
  sections: readonly number[],
  half: number,
  fraction: number | undefined,
): string[] {
  const what = fraction === undefined ? 'half the head size' : 'half of what turns of a head';
  if (fraction !== undefined && !(fraction > 0 && fraction <= 1 && Number.isInteger(half)))
    return [`partial_rotary_factor ${fraction}, which leaves ${2 * half} channels of a head to turn`];
  const sum = sections.reduce((total, size) => total + size, 0);
  if (said && sum !== half)
    return [`mrope_section [${said.join(', ')}] sums to ${sum} and not to ${what}, ${half}`];
  if (!said && !sections.every((size) => Number.isInteger(size)))
    return [`no mrope_section, and ${what}, ${half}, doesn't divide in Qwen2-VL's proportions`];
  return [];
}
