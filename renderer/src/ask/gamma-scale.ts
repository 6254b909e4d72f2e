import { gammaRange, trainedRange } from '../../../engine/protocol/gamma.ts';

/** Factors with a name of their own. */
export const gammaPresets = [
  { gamma: gammaRange.find, key: 'gamma.find', hint: 'gamma.find.hint' },
  { gamma: gammaRange.explain, key: 'gamma.explain', hint: 'gamma.explain.hint' },
] as const;

/** Factors differ by this much at least. */
const step = 0.05;
const octaves = Math.log2(gammaRange.max / gammaRange.min);

function rounded(gamma: number): number {
  return Math.max(gammaRange.min, Math.min(gammaRange.max, Math.round(gamma / step) * step));
}

/** Where a factor lies on the slider, 0 to 1. Doubling and halving are the same distance. */
export function placeOf(gamma: number): number {
  return Math.log2(gamma / gammaRange.min) / octaves;
}

/** The factor at a place of the slider, to two decimals, in steps. */
export function gammaAt(place: number): number {
  return Number(rounded(gammaRange.min * 2 ** (octaves * place)).toFixed(2));
}

/** The factor that a key leads to; undefined for keys that mean something else. */
export function gammaByKey(gamma: number, key: string): number | undefined {
  const to = {
    ArrowRight: gamma + step,
    ArrowUp: gamma + step,
    ArrowLeft: gamma - step,
    ArrowDown: gamma - step,
    PageUp: gamma + 5 * step,
    PageDown: gamma - 5 * step,
    Home: gammaRange.min,
    End: gammaRange.max,
  }[key];
  return to === undefined ? undefined : Number(rounded(to).toFixed(2));
}

/** What a factor does to time, as the name of a message. */
export function effectOf(gamma: number): 'gamma.squeeze' | 'gamma.even' | 'gamma.stretch' {
  if (gamma < 0.95) return 'gamma.squeeze';
  return gamma > 1.05 ? 'gamma.stretch' : 'gamma.even';
}

/** Whether a factor is one that the model was not trained with. @param trained the usual factors where it says none */
export function untrained(gamma: number, trained?: readonly number[]): boolean {
  const { from, to } = trainedRange(trained);
  return gamma < from || gamma > to;
}

/** Factors that are written under the slider: its ends, the trained range, and time as it is. */
export function marksOf(trained?: readonly number[]): number[] {
  const { from, to } = trainedRange(trained);
  return [...new Set([gammaRange.min, from, 1, to, gammaRange.max])].sort((a, b) => a - b);
}
