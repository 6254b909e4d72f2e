import { badArgument } from '../protocol/errors.ts';

/**
 * Frames per second as editing programs know them: `timebase`, or `timebase * 1000 / 1001` where `ntsc` (29.97 is
 * 30000/1001, not 2997/100). All arithmetic on it is in whole numbers.
 */
export interface FrameRate {
  timebase: number;
  ntsc: boolean;
}

const rate = (timebase: number, ntsc = false): FrameRate => ({ timebase, ntsc });

/** The rates that every editing program has a timeline for. */
export const standardRates: readonly FrameRate[] = [
  rate(24, true),
  rate(24),
  rate(25),
  rate(30, true),
  rate(30),
  rate(48),
  rate(50),
  rate(60, true),
  rate(60),
];

/** How far a measured rate may be from the one that it is taken for; 30 and 29.97 are 1e-3 apart. */
const tolerance = 2e-4;

/** Numerator and denominator. */
export function fractionOf({ timebase, ntsc }: FrameRate): [bigint, bigint] {
  return ntsc ? [BigInt(timebase) * 1000n, 1001n] : [BigInt(timebase), 1n];
}

/** "29.97", "25": as people write it. */
export function rateName({ timebase, ntsc }: FrameRate): string {
  if (!ntsc) return String(timebase);
  const value = (timebase * 1000) / 1001;
  return timebase === 24 ? value.toFixed(3) : value.toFixed(2);
}

/** Whether two rates are the same. */
export function sameRate(a: FrameRate, b: FrameRate): boolean {
  return a.timebase === b.timebase && a.ntsc === b.ntsc;
}

/** Only 29.97 and 59.94 have a drop-frame timecode. */
export function hasDropFrame({ timebase, ntsc }: FrameRate): boolean {
  return ntsc && (timebase === 30 || timebase === 60);
}

/** The number of frames nearest to a time in seconds (which is taken to the microsecond). */
export function framesIn(seconds: number, of: FrameRate): number {
  const [numerator, denominator] = fractionOf(of);
  return divide(BigInt(Math.round(seconds * 1e6)) * numerator, denominator * 1_000_000n);
}

/** How long some frames last, in seconds; exact up to the last division. */
export function secondsIn(frames: number, of: FrameRate): number {
  const [numerator, denominator] = fractionOf(of);
  return Number(BigInt(frames) * denominator) / Number(numerator);
}

/** The number of frames of one rate nearest to a number of frames of another. */
export function convertFrames(frames: number, from: FrameRate, to: FrameRate): number {
  const [fromNumerator, fromDenominator] = fractionOf(from);
  const [numerator, denominator] = fractionOf(to);
  return divide(BigInt(frames) * fromDenominator * numerator, fromNumerator * denominator);
}

/** Nearest whole number to a quotient, halves upwards. */
function divide(dividend: bigint, divisor: bigint): number {
  const doubled = 2n * dividend + divisor;
  const quotient = doubled / (2n * divisor);
  // BigInt division goes towards zero, this must go down.
  return Number(doubled < 0n && doubled % (2n * divisor) !== 0n ? quotient - 1n : quotient);
}

/** The rate that a measured number of frames per second is, where it is a whole number or an NTSC one. */
export function recognise(framesPerSecond: number): FrameRate | undefined {
  const near = (value: number) => Math.abs(framesPerSecond - value) <= value * tolerance;
  const whole = Math.round(framesPerSecond);
  if (whole >= 1 && near(whole)) return rate(whole);
  const above = Math.ceil(framesPerSecond);
  return above >= 1 && near((above * 1000) / 1001) ? rate(above, true) : undefined;
}

/** The standard rate nearest to a measured number of frames per second; 30 where nothing is known. */
export function nearestStandard(framesPerSecond: number): FrameRate {
  if (!(framesPerSecond > 0)) return rate(30);
  const distance = (one: FrameRate) => Math.abs(secondsPerThousand(one) - 1000 / framesPerSecond);
  return standardRates.reduce((best, one) => (distance(one) < distance(best) ? one : best));
}

/**
 * The standard rate whose frames fall on those of another rate: the lowest multiple (15 goes to 30), else the highest
 * part (120 goes to 60). Undefined where there is none.
 */
export function standardFor(other: FrameRate): FrameRate | undefined {
  const family = standardRates.filter(({ ntsc }) => ntsc === other.ntsc);
  return (
    family.find(({ timebase }) => timebase % other.timebase === 0) ??
    family.findLast(({ timebase }) => other.timebase % timebase === 0)
  );
}

function secondsPerThousand(one: FrameRate): number {
  return secondsIn(1000, one);
}

/** What a user may ask for as the timeline's rate. */
export const rateExpected = `one of ${standardRates
  .map(rateName)
  .join(', ')}; 29.97 and 59.94 also with "df" (drop-frame) or "ndf" behind`;

/**
 * Reads a timeline's rate: "25", "29.97", "29.97ndf", "30000/1001".
 * @throws LongviewError `bad-argument`.
 */
export function parseRate(text: string): { rate: FrameRate; dropFrame: boolean | undefined } {
  const match = /^(\d+(?:\.\d+)?)(?:\/(\d+))?(df|ndf)?$/.exec(text.trim().toLowerCase());
  const value = match ? Number(match[1]) / Number(match[2] ?? 1) : NaN;
  const known = Number.isFinite(value) ? recognise(value) : undefined;
  const found = known && standardRates.find((one) => sameRate(one, known));
  if (!match || !found || (match[3] && !hasDropFrame(found))) throw badArgument('rate', rateExpected, text);
  return { rate: found, dropFrame: match[3] === undefined ? undefined : match[3] === 'df' };
}
