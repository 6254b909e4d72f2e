import { z } from 'zod';
import { positionVariants } from './bundle.ts';
import { gammaOf } from './gamma.ts';

const framesExpected = 'one or more different whole numbers from 1 to 100000';
const depthsExpected = 'one or more different numbers from 0 (before everything) to 1 (after everything)';
const path = z.string('a path').min(1, 'a path').optional();
const different = (values: number[]) => new Set(values).size === values.length;

/** `vniah`: a needle in a visual haystack, on any bundle that reads. */
export const vniahRequestSchema = z.strictObject({
  /** Lengths of the haystack in frames; a frame becomes one temporal patch. Default: 1/2, 1, 2, 4 and 8 x trained. */
  frames: z
    .array(z.int(framesExpected).min(1, framesExpected).max(100_000, framesExpected), framesExpected)
    .min(1, framesExpected)
    .max(100, framesExpected)
    .refine(different, framesExpected)
    .optional(),
  /** Where the needle goes. Default: 0, 0.2, …, 1. */
  depths: z
    .array(z.number(depthsExpected).min(0, depthsExpected).max(1, depthsExpected), depthsExpected)
    .min(1, depthsExpected)
    .max(100, depthsExpected)
    .refine(different, depthsExpected)
    .optional(),
  /** Default: the paper's for retrieval. */
  gamma: gammaOf().optional(),
  /** A JSON file `[{"path", "prompt", "answer"}]`; default: made needles. */
  needles: path,
  /** A video; default: made footage. */
  haystack: path,
  /** A bundle's id; default: the one that the library is indexed with. */
  model: z.string('a model’s id').min(1, 'a model’s id').optional(),
});
/** What {@link vniahRequestSchema} takes. */
export type VniahRequest = z.input<typeof vniahRequestSchema>;

const count = z.int().nonnegative();

/** `vniah --json`. */
export const vniahResultSchema = z.object({
  model: z.string(),
  variant: z.enum(positionVariants),
  gamma: z.number(),
  /** Frames that the model can be trusted with, from its training. */
  trainedFrames: z.int().positive(),
  tokensPerFrame: z.int().positive(),
  /** The file of needles, or null for made ones. */
  needles: z.string().nullable(),
  /** The video, or null for made footage. */
  haystack: z.string().nullable(),
  /** How many needles each cell was asked about. */
  needleCount: z.int().positive(),
  /** Length by length, depth by depth: how many needles were found. */
  cells: z.array(z.object({ frames: count, depth: z.number(), found: count, asked: count })),
  /** Share found, over all cells. */
  accuracy: z.number().min(0).max(1),
  wallSec: z.number().nonnegative(),
});
/** What {@link vniahResultSchema} holds. */
export type VniahResult = z.infer<typeof vniahResultSchema>;

/** The depths of the paper, where none are given. */
export const vniahDepths = [0, 0.2, 0.4, 0.6, 0.8, 1] as const;
