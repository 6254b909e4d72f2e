import type { Timed } from './torch-side.ts';

/** How much work one turn is. */
export interface Sizes {
  /** Tokens of the prompt. */
  tokens: number;
  /** Tokens that are generated after it. */
  steps: number;
  /** Temporal patches, and rows and columns of 14-pixel patches in each. */
  grid: readonly [number, number, number];
}

/** A whole measurement, and one that takes seconds. */
export const fullSizes: Sizes = { tokens: 512, steps: 16, grid: [2, 18, 32] };
export const quickSizes: Sizes = { tokens: 256, steps: 4, grid: [1, 16, 16] };

/** The kinds of work. */
export const works = ['prefill', 'decode', 'encode'] as const;

/** One program in one precision. */
export interface Side extends Record<(typeof works)[number], (sizes: Sizes) => Promise<Timed>> {
  name: string;
  /** Bytes a weight. */
  weightBytes: number;
}

/** What a side took for a kind of work. */
export interface Measured {
  work: (typeof works)[number];
  side: Side;
  /** One a round. */
  seconds: number[];
  /** The first of the numbers that came out. */
  sample: number[];
}

/** Lets every side do each kind of work in turn (A B C, A B C, …), after one round that isn't counted. */
export async function takeTurns(sides: readonly Side[], sizes: Sizes, rounds: number): Promise<Measured[]> {
  const measured = works.flatMap((work) =>
    sides.map((side): Measured => ({ work, side, seconds: [], sample: [] })),
  );
  for (let round = 0; round <= rounds; round++) {
    for (const one of measured) {
      const { seconds, sample } = await one.side[one.work](sizes);
      if (round > 0) one.seconds.push(seconds);
      one.sample = sample;
      // Threads of the side that has just worked may spin for a while.
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return measured;
}
