import { z } from 'zod';

/** [right, asked] */
const tally = z.tuple([z.int().nonnegative(), z.int().nonnegative()]);
/** Temporal patches of the video, then depth or task. */
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

/**
 * Shares right of runs that differ in their seed, in per cent: their mean with its standard error between seeds, "58.5
 * ± 2.0". Of one run the standard error is that of its measurement. A dash where nothing was asked.
 */
export function share(tallies: readonly Tally[]): string {
  const shares = tallies.filter(([, asked]) => asked > 0).map(([right, asked]) => right / asked);
  if (shares.length === 0) return '-';
  const mean = shares.reduce((sum, one) => sum + one, 0) / shares.length;
  const variance =
    shares.length > 1
      ? shares.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (shares.length - 1) / shares.length
      : (mean * (1 - mean)) / together(tallies)[1];
  return `${(mean * 100).toFixed(1)} ± ${(Math.sqrt(variance) * 100).toFixed(1)}`;
}
