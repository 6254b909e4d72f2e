/**
 * Bounds on text that comes from anywhere. Far above what subtitles are: the longest films have some 3,000 cues of at
 * most 200 characters.
 */
export const limits = {
  /** Of a file; what is larger is no subtitle file. */
  bytes: 20_000_000,
  /** Of a file, once decoded; the rest is not read. */
  characters: 20_000_000,
  /** Of a line; the rest of it is not read. */
  line: 4_000,
  cues: 200_000,
  linesOfCue: 64,
  /** A time after this is no time of a video. */
  seconds: 3_600_000,
} as const;

/** How many lines a parser reads before it gives way. */
export const linesOfSlice = 2_000;

/** The lines of a text, none longer than the limit; a slice ends by `undefined`. */
export function* linesOf(text: string): Generator<string | undefined, void> {
  let count = 0;
  for (let from = 0; from <= text.length;) {
    const next = text.indexOf('\n', from);
    const past = next < 0 ? text.length : next;
    yield text.slice(from, Math.min(past, from + limits.line));
    if (++count % linesOfSlice === 0) yield undefined;
    from = past + 1;
  }
}

/** Hours, minutes, seconds and a decimal fraction, as strings, in seconds. */
export function seconds([hours, minutes, whole, fraction]: readonly (string | undefined)[]): number {
  const part = Number(fraction ?? 0) / 10 ** (fraction?.length ?? 0);
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(whole) + part;
}
