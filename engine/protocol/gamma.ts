import { z } from 'zod';

/**
 * The scaling factors of time (the paper's gamma, HoPE's dynamic temporal scaling) that a user may choose from, and those
 * that are taken where nobody chooses: 0.75 to find something in long footage, 1.5 to follow what happens.
 */
export const gammaRange = { min: 0.25, max: 4, find: 0.75, explain: 1.5 } as const;

/** What HoPE was trained with, and the built-in model: a bundle says its own in `decoder.positions.trainedGammas`. */
export const usualGammas: readonly number[] = [0.5, 0.75, 1, 1.25, 1.5];

/** Instead of one scaling factor: several, for the answer that most agree on, or side by side. */
export const gammaModes = ['auto', 'compare'] as const;

/** One of {@link gammaModes}. */
export type GammaMode = (typeof gammaModes)[number];

/** What a factor must be, for messages: "a number from 0.25 to 4". */
export const gammaExpected = `a number from ${gammaRange.min} to ${gammaRange.max}`;

/** The same for the help of a command: "0.25 to 4". */
export const gammaLimits = `${gammaRange.min} to ${gammaRange.max}`;

/** A scaling factor. @param expected what a message says that it must be */
export function gammaOf(expected: string = gammaExpected) {
  return z.number(expected).min(gammaRange.min, expected).max(gammaRange.max, expected);
}

/**
 * The factors of a mode: "auto" runs those that the bundle was trained with, "compare" the presets and time as it is.
 * @param trained the bundle's own; the usual ones where it says fewer than two
 */
export function gammasOfMode(mode: GammaMode, trained: readonly number[] = []): number[] {
  if (mode === 'compare') return [gammaRange.find, 1, gammaRange.explain];
  const allowed = trained.filter((gamma) => gamma >= gammaRange.min && gamma <= gammaRange.max);
  return [...(allowed.length >= 2 ? allowed : usualGammas)];
}

/** The smallest and the largest factor that a bundle was trained with. @param trained the usual ones where it says none */
export function trainedRange(trained: readonly number[] = []): { from: number; to: number } {
  const all = trained.length > 0 ? trained : usualGammas;
  return { from: Math.min(...all), to: Math.max(...all) };
}
