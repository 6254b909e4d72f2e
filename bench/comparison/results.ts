import { z } from 'zod';

/** [right, asked] */
const tally = z.tuple([z.int().nonnegative(), z.int().nonnegative()]);
/** Patches of the video, then depth or task. */
const grid = z.record(z.string(), z.record(z.string(), tally));

const run = z.object({
  variant: z.enum(['rope', 'tad-rope', 'm-rope', 'videorope', 'hope', 'hfa']),
  seed: z.int().nonnegative(),
  steps: z.int().positive(),
  minutes: z.number().positive(),
  parameters: z.int().positive(),
  needles: grid,
  understanding: grid,
  /** At each gamma of inference. */
  sweep: z.record(z.string(), z.object({ needles: grid, understanding: grid })).optional(),
});

/** docs/comparison/results.json, as models/training's compare_measure writes it. */
export const resultsSchema = z.object({
  setting: z.object({
    trainedPatches: z.int().positive(),
    tokensPerPatch: z.int().positive(),
    retrievalGamma: z.number(),
    understandingGamma: z.number(),
  }),
  runs: z.array(run).min(1),
});

export type Results = z.infer<typeof resultsSchema>;
export type Run = z.infer<typeof run>;
export type Tally = z.infer<typeof tally>;
export type Grid = z.infer<typeof grid>;

/** Tallies added up. */
export function together(tallies: readonly Tally[]): Tally {
  return tallies.reduce<Tally>(([right, asked], [r, a]) => [right + r, asked + a], [0, 0]);
}

/** Share right in per cent with its standard error, "58.5 ± 2.0", or a dash where nothing was asked. */
export function share([right, asked]: Tally): string {
  if (asked === 0) return '-';
  const p = right / asked;
  return `${(p * 100).toFixed(1)} ± ${(Math.sqrt((p * (1 - p)) / asked) * 100).toFixed(1)}`;
}
