import type { PositionVariant } from '../protocol/bundle.ts';
import { badArgument } from '../protocol/errors.ts';
import { checkVariant } from './layout.ts';

/** A head's rotary geometry. An option that is left out has its default; one that is given is checked. */
export interface RotaryGeometry {
  variant: PositionVariant;
  /** Width of a head, d. */
  headDim: number;
  /** How many pairs (t, h, w) get; they sum to R/2. Required of all variants, also of those that don't use them. */
  sections: readonly [number, number, number] | readonly number[];
  /** Base of the frequencies: pair i has theta^(-2i/R). */
  theta: number;
  /** Share of the head that turns: R = headDim x rotaryFraction, an even whole number. Default 1: all of it. */
  rotaryFraction?: number;
  /** `cope`, `cope-hard`: how many of the lowest frequencies fade out, or are zero. Default 20; 0 is `rope`. */
  taper?: number;
  /** `videorope++`: by what factor a context may be longer than `trainedLength`. Default 4; 1 is `videorope`. */
  ntkFactor?: number;
  /** `videorope++`: the context in tokens that the model was trained with. Default 32,768. */
  trainedLength?: number;
}

/** The rows that a pair may turn by: those of the position ids, and the fourth that `vrope` makes of them. */
export type Axis = 't' | 'h' | 'w' | 'h+w-t';

/** Which row of ids drives each rotary pair, and how fast it turns (radians per step; 0: not at all). */
export interface FrequencyAllocation {
  axes: Axis[];
  frequencies: Float64Array;
}

/** A geometry whose every option was checked and has its value. */
interface Checked {
  variant: PositionVariant;
  /** The rotary width, R. */
  width: number;
  pairs: number;
  sections: readonly [number, number, number];
  theta: number;
  taper: number;
  ntkFactor: number;
  trainedLength: number;
}

/**
 * Shares a head's rotary pairs out between time, rows and columns.
 *
 * - `rope`, `tad-rope`, `m-rope`, `m-rope-time`, `cope`, `cope-hard` and `v2pe` give t, h and w one run of pairs each,
 *   from the highest frequency down. (Those with one id a token have the same id in all three rows.)
 * - `videorope`, `videorope++`, `hope` and `soft-hope` alternate rows and columns over the higher frequencies and leave
 *   the lowest to time. `hope` sets those to zero (hybrid frequency allocation), so that no distance in time turns a key
 *   away; `soft-hope` fades them out; `videorope++` stretches them (NTK), so that a longer context turns them no further.
 * - `m-rope-interleaved` lets t, h and w take turns, h and w as often as their sections say.
 * - `vrope` lets its four diagonal rows take turns.
 * - `cope` fades the lowest frequencies out, `cope-hard` cuts them.
 *
 * Sources: docs/encodings.md names the paper and the released code of each.
 * @throws LongviewError `bad-argument` for an unknown variant, an odd or non-positive headDim, sections that
 *   don't sum to half the rotary width, a theta that is not finite and > 0, or an option out of its range.
 */
export function allocateFrequencies(geometry: RotaryGeometry): FrequencyAllocation {
  const checked = checkGeometry(geometry);
  const { variant, pairs, width, theta, sections } = checked;
  const axes = Array.from({ length: pairs }, (_, i) => axisOf(i, checked));
  const frequencies = Float64Array.from(axes, (_, i) => theta ** ((-2 * i) / width));
  const temporal = { from: pairs - sections[0], count: sections[0] };
  const lowest = { from: pairs - Math.min(checked.taper, pairs), count: Math.min(checked.taper, pairs) };
  if (variant === 'hope') frequencies.fill(0, temporal.from);
  if (variant === 'soft-hope') fade(frequencies, temporal);
  if (variant === 'cope') fade(frequencies, lowest);
  if (variant === 'cope-hard') frequencies.fill(0, lowest.from);
  if (variant === 'videorope++') {
    const base = stretchedBase(checked);
    for (let i = temporal.from; i < pairs; i++) frequencies[i] = base ** ((-2 * i) / width);
  }
  return { axes, frequencies };
}

function axisOf(pair: number, { variant, pairs, sections }: Checked): Axis {
  const [temporal, rows, columns] = sections;
  switch (variant) {
    case 'videorope':
    case 'videorope++':
    case 'hope':
    case 'soft-hope':
      if (pair >= pairs - temporal) return 't';
      return pair % 2 === 0 ? 'h' : 'w';
    case 'm-rope-interleaved':
      if (pair % 3 === 1 && pair < 3 * rows) return 'h';
      return pair % 3 === 2 && pair < 3 * columns ? 'w' : 't';
    case 'vrope':
      return (['t', 'h', 'w', 'h+w-t'] as const)[pair % 4];
    default:
      return pair < temporal ? 't' : pair < temporal + rows ? 'h' : 'w';
  }
}

/** CoPE's half cosine over some pairs: the first keeps its frequency, the last has exactly none. */
function fade(frequencies: Float64Array, { from, count }: { from: number; count: number }): void {
  if (count < 2) return;
  for (let j = 0; j < count; j++) frequencies[from + j] *= 0.5 * (1 + Math.cos((Math.PI * j) / (count - 1)));
}

/** The base that stretches the slowest pair by (f L - 1) / (L - 1), as VideoRoPE++'s released code has it. */
function stretchedBase({ theta, width, ntkFactor, trainedLength }: Checked): number {
  const stretch = (ntkFactor * trainedLength - 1) / (trainedLength - 1);
  return theta * stretch ** (width / (width - 2));
}

function checkGeometry(geometry: RotaryGeometry): Checked {
  const { headDim, theta, taper = 20, ntkFactor = 4, trainedLength = 32_768 } = geometry;
  const variant = checkVariant(geometry.variant);
  if (!Number.isSafeInteger(headDim) || headDim <= 0 || headDim % 2 !== 0) {
    throw badArgument('headDim', 'an even whole number > 0', headDim);
  }
  if (!isFiniteNumber(theta) || theta <= 0) throw badArgument('theta', 'a finite number > 0', theta);
  if (!Number.isSafeInteger(taper) || taper < 0) throw badArgument('taper', 'a whole number >= 0', taper);
  if (!isFiniteNumber(ntkFactor) || ntkFactor < 1)
    throw badArgument('ntkFactor', 'a finite number >= 1', ntkFactor);
  if (!Number.isSafeInteger(trainedLength) || trainedLength < 2)
    throw badArgument('trainedLength', 'a whole number >= 2', trainedLength);
  const width = rotaryWidth(geometry);
  const sections = checkSections(geometry.sections, width / 2);
  if (variant === 'videorope++' && width < 4) {
    const most = `such that headDim x rotaryFraction is at least 4 in videorope++ (here it is ${width})`;
    throw badArgument('headDim', most, headDim);
  }
  return { variant, width, pairs: width / 2, sections, theta, taper, ntkFactor, trainedLength };
}

/**
 * How many of a head's channels turn, R: the width of its rotary tables.
 * @throws LongviewError `bad-argument` for a fraction that is no share of the head, or leaves no even whole width.
 */
export function rotaryWidth({
  headDim,
  rotaryFraction = 1,
}: Pick<RotaryGeometry, 'headDim' | 'rotaryFraction'>): number {
  if (!isFiniteNumber(rotaryFraction) || rotaryFraction <= 0 || rotaryFraction > 1)
    throw badArgument('rotaryFraction', 'a number > 0 and <= 1', rotaryFraction);
  const exact = headDim * rotaryFraction;
  // A fraction like 0.07 is not exact in binary: 200 x 0.07 is 14 and some 1e-15.
  const width = Math.round(exact);
  if (width < 2 || width % 2 !== 0 || Math.abs(exact - width) > 1e-9 * headDim) {
    const expected = `a share of headDim ${headDim} that is an even whole number of channels`;
    throw badArgument('rotaryFraction', expected, rotaryFraction);
  }
  return width;
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function checkSections(sections: readonly number[], pairs: number): [number, number, number] {
  const sound =
    Array.isArray(sections) &&
    sections.length === 3 &&
    Array.from(sections as unknown[]).every((size) => Number.isSafeInteger(size) && (size as number) >= 0) &&
    (sections as number[]).reduce((sum, size) => sum + size, 0) === pairs;
  if (!sound) {
    const expected = `three whole numbers that sum to half the rotary width, ${pairs}`;
    throw badArgument('sections', expected, sections);
  }
  return sections as unknown as [number, number, number];
}
