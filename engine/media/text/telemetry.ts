import type { Block } from './types.ts';

/** What a camera wrote down with its pictures, at one time. */
export interface TelemetrySample {
  /** Seconds on the video's own timeline. */
  time: number;
  /** Degrees. */
  latitude?: number;
  longitude?: number;
  /** Metres above sea level. */
  altitudeM?: number;
  /** Metres above where it started, or above the ground. */
  heightM?: number;
  /** Metres a second. */
  speedMps?: number;
  iso?: number;
  /** "1/640" */
  shutter?: string;
  /** "2.8" of f/2.8 */
  fNumber?: number;
  exposureValue?: number;
  colourTemperatureK?: number;
  focalLengthMm?: number;
  /** As the camera's clock had it: "2026-05-01 10:00:03". */
  clock?: string;
}

const number = String.raw`[-+]?\d{1,9}(?:\.\d{1,12})?`;
/** What a value is called, by the cameras that were seen: DJI's (three generations), Autel's, GoPro's and dashcams'. */
const keys = {
  iso: String.raw`\biso\s*[:=]?\s*(${number})`,
  shutter: String.raw`(?:\bshutter|\bss)\s*[:=]?\s*(1?\/?\d{1,6}(?:\.\d{1,6})?)`,
  fNumber: String.raw`(?:\bfnum\s*[:=]?\s*f?\/?|\bf\/|\baperture\s*[:=]?\s*f?\/?)\s*(\d{1,4}(?:\.\d{1,3})?)`,
  exposureValue: String.raw`\bev\s*[:=]?\s*(${number})`,
  colourTemperatureK: String.raw`\bct\s*[:=]\s*(\d{3,5})`,
  focalLengthMm: String.raw`\bfocal_?len(?:gth)?\s*[:=]\s*(\d{1,4}(?:\.\d{1,3})?)`,
  latitude: String.raw`\b(?:latitude|lat|gps_?lat)\s*[:=]\s*(${number})`,
  longitude: String.raw`\b(?:longitude|longtitude|lon|lng|gps_?lon)\s*[:=]\s*(${number})`,
  heightM: String.raw`\b(?:rel_alt|height|barometer|h)\s*[:=]?\s*(${number})(?=\s|m\b|\]|$)`,
  altitudeM: String.raw`\b(?:abs_alt|altitude|alt)\s*[:=]\s*(${number})`,
  speedMps: String.raw`\b(?:speed|h\.s)\s*[:=]?\s*(${number})\s*m\/s`,
} as const;
const patterns = Object.entries(keys).map(
  ([key, source]) => [key as keyof typeof keys, new RegExp(source, 'i')] as const,
);
/** "GPS(8.54,47.36,19)": longitude first; "GPS(W: 8.54, N: 47.36, 31m)". */
const gps = new RegExp(
  String.raw`\bgps\s*[:(]\s*\(?\s*([NSEW])?\s*:?\s*(${number})\s*,\s*([NSEW])?\s*:?\s*(${number})(?:\s*,\s*(${number})\s*m\b)?`,
  'i',
);
/** Things that only say that a camera counts. */
const others =
  /\b(?:framecnt|difftime|srtcnt|home\s*\(|d_?zoom|color_md|dlog|yaw|pitch|roll|acc[xyz]?|gyro)\b/gi;
const clock = /\b(\d{4})[-/.](\d{2})[-/.](\d{2})[ T](\d{1,2}:\d{2}:\d{2})/;

const mostCharacters = 1_000;
/** So many things counted in a cue, or so much of it being numbers, is no speech. */
const leastValues = 3;

/** Reads a cue as telemetry; undefined where it is something that somebody may say. */
function readSample({ start, lines }: Block): TelemetrySample | undefined {
  const text = lines.join(' ').slice(0, mostCharacters);
  if (!/\d/.test(text)) return undefined;
  const sample: TelemetrySample = { time: start };
  let values = text.match(others)?.length ?? 0;
  for (const [key, pattern] of patterns) {
    const value = pattern.exec(text)?.[1];
    if (value === undefined) continue;
    values++;
    if (key === 'shutter') sample.shutter = value.includes('/') ? value : `1/${value}`;
    else if (Number.isFinite(Number(value))) sample[key] = Number(value);
  }
  const place = gps.exec(text);
  if (place) {
    values += 2;
    readPlace(place, sample);
  }
  const time = clock.exec(text);
  if (time) {
    values++;
    sample.clock = `${time[1]}-${time[2]}-${time[3]} ${time[4]}`;
  }
  const isPlace = Math.abs(sample.latitude ?? 0) <= 90 && Math.abs(sample.longitude ?? 0) <= 180;
  return values >= leastValues && isPlace ? sample : undefined;
}

function readPlace(
  [, firstSide, first, secondSide, second, third]: RegExpExecArray,
  sample: TelemetrySample,
): void {
  const sign = (side: string | undefined) => (side !== undefined && /[SW]/i.test(side) ? -1 : 1);
  const isLatitudeFirst = firstSide !== undefined && /[NS]/i.test(firstSide);
  const [a, b] = [Number(first) * sign(firstSide), Number(second) * sign(secondSide)];
  [sample.latitude, sample.longitude] = isLatitudeFirst ? [a, b] : [b, a];
  if (third !== undefined) sample.altitudeM ??= Number(third);
}

/** Cues of which most must be telemetry, before all are. */
const looked = 40;

/**
 * What a camera wrote into a subtitle track (a drone's position, height and settings, a line for every picture), thinned to
 * one sample a second; undefined where the track is speech.
 */
export function telemetryOf(blocks: readonly Block[]): TelemetrySample[] | undefined {
  const step = Math.max(1, Math.floor(blocks.length / looked));
  const sampled = blocks.filter((_, index) => index % step === 0);
  const read = sampled.filter((block) => readSample(block) !== undefined);
  if (read.length === 0 || read.length < sampled.length * 0.7) return undefined;
  const samples: TelemetrySample[] = [];
  for (const block of blocks) {
    if (samples.length > 0 && block.start < samples.at(-1)!.time + 1) continue;
    const sample = readSample(block);
    if (sample) samples.push(sample);
  }
  return samples;
}
