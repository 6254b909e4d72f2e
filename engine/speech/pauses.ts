import { sampleRate, type Span } from './types.ts';

const frame = sampleRate / 100;
/** So far below its loud parts, speech is a pause or the closure of a consonant. */
const belowLoud = 26;
/** Shorter ones are parts of consonants. */
const shortest = 0.06;

/**
 * The pauses inside a piece, in order: between stretches of speech, and where the sound falls far below its usual level
 * within one, which a detector of speech passes over. Nothing before the first speech or after the last.
 *
 * @param time when the first sample is due
 */
export function pausesIn(samples: Float32Array, time: number, speech: readonly Span[]): Span[] {
  const [start, end] = [speech[0].start, speech.at(-1)!.end];
  const levels = levelsOf(samples);
  const loud = [...levels].sort((a, b) => a - b)[Math.floor(levels.length * 0.9)] ?? 0;
  const between = speech.slice(1).map((span, n) => ({ start: speech[n].end, end: span.start }));
  const quiet: Span[] = [];
  let from: number | undefined;
  for (const [n, level] of [...levels, Infinity].entries()) {
    const now = time + n / 100;
    if (level < loud - belowLoud) from ??= now;
    else if (from !== undefined) {
      if (now - from >= shortest && from > start && now < end) quiet.push({ start: from, end: now });
      from = undefined;
    }
  }
  return united([...between, ...quiet].filter((span) => span.end > span.start));
}

/** Decibels of each hundredth of a second. */
function levelsOf(samples: Float32Array): Float64Array {
  const levels = new Float64Array(Math.floor(samples.length / frame));
  for (let n = 0; n < levels.length; n++) {
    let sum = 1e-12;
    for (let i = n * frame; i < (n + 1) * frame; i++) sum += samples[i] * samples[i];
    levels[n] = 10 * Math.log10(sum / frame);
  }
  return levels;
}

/** Overlapping or touching spans as one, in order. */
function united(spans: Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans.sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && span.start <= last.end + 0.02) last.end = Math.max(last.end, span.end);
    else result.push({ ...span });
  }
  return result;
}
