import { sampleRate } from '../types.ts';

/** A number between 0 and 1 from a seed, the same on every machine (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const filled = (seconds: number, at: (time: number, n: number) => number) =>
  Float32Array.from({ length: Math.round(seconds * sampleRate) }, (_, n) => at(n / sampleRate, n));

/** Nothing at all. */
export const silence = (seconds: number) => filled(seconds, () => 0);

/** What a quiet room with a bad microphone sounds like. */
export function room(seconds: number, seed = 1): Float32Array {
  const next = random(seed);
  let low = 0;
  return filled(seconds, () => (low = 0.97 * low + 0.002 * (next() - 0.5)));
}

/** Mains at 50 Hz with its harmonics, slowly wavering, and a fan. */
export function hum(seconds: number, seed = 2): Float32Array {
  const next = random(seed);
  return filled(seconds, (t) => {
    let sum = 0;
    for (const [n, level] of [0.5, 0.3, 0.12, 0.2, 0.05, 0.08].entries())
      sum += level * Math.sin(2 * Math.PI * 50 * (n + 1) * t);
    return 0.25 * sum * (1 + 0.2 * Math.sin(2 * Math.PI * 0.3 * t)) + 0.02 * (next() - 0.5);
  });
}

const scale = [0, 2, 4, 5, 7, 9, 11];
const pitch = (degree: number, octave: number) =>
  220 * 2 ** (octave + Math.floor(degree / 7) + scale[((degree % 7) + 7) % 7] / 12);

/** A band: chords, bass, a melody with vibrato, drums; a tempo, a key and a tune of its own for each seed. */
export function music(seconds: number, seed = 3): Float32Array {
  const next = random(seed);
  const beat = 60 / (80 + 60 * next());
  const chords = [0, 5, 3, 4].map((degree) => degree + Math.floor(next() * 2));
  const tune = Array.from({ length: 32 }, () => Math.floor(next() * 9));
  const transpose = 2 ** (Math.floor(next() * 12) / 12);
  const wave = (f: number, t: number, harmonics: number) => {
    let sum = 0;
    for (let n = 1; n <= harmonics; n++) sum += Math.sin(2 * Math.PI * f * n * t) / n;
    return sum;
  };
  return filled(seconds, (t) => {
    const at = t / beat;
    const chord = chords[Math.floor(at / 4) % chords.length];
    const since = (at % 1) * beat;
    const decay = Math.exp(-3 * since);
    let sum = 0;
    for (const third of [0, 2, 4]) sum += 0.12 * wave(transpose * pitch(chord + third, 0), t, 4);
    sum += 0.25 * decay * wave(transpose * pitch(chord, -1), t, 3);
    const note = tune[Math.floor(at) % tune.length];
    const vibrato = 1 + 0.004 * Math.sin(2 * Math.PI * 5.5 * t);
    sum += 0.25 * Math.min(1, 20 * since) * wave(transpose * pitch(note, 1) * vibrato, t, 6);
    const drum =
      Math.floor(at) % 2 === 0 ? Math.sin(2 * Math.PI * (60 + 80 * Math.exp(-30 * since)) * since) : 0;
    sum += 0.5 * Math.exp(-12 * since) * drum;
    if (Math.floor(at) % 2 === 1) sum += 0.3 * Math.exp(-20 * since) * (next() - 0.5);
    return 0.35 * sum;
  });
}

/** Tones of 0.3 s, 0.1 s apart in groups, with pauses between the groups: what {@link simpleEars} takes for sentences. */
export function tones(
  groups: readonly { at: number; count: number; pitch?: number }[],
  seconds: number,
): Float32Array {
  const sound = new Float32Array(Math.round(seconds * sampleRate));
  for (const { at, count, pitch: frequency = 400 } of groups)
    for (let tone = 0; tone < count; tone++) {
      const from = Math.round((at + 0.4 * tone) * sampleRate);
      for (let n = 0; n < 0.3 * sampleRate && from + n < sound.length; n++)
        sound[from + n] = 0.5 * Math.sin((2 * Math.PI * frequency * n) / sampleRate);
    }
  return sound;
}

/** Sound as a reader delivers it: in pieces of a length, from a time on. */
export async function* delivered(
  sound: Float32Array,
  { from = 0, length = 8000 }: { from?: number; length?: number } = {},
): AsyncGenerator<{ time: number; samples: Float32Array }> {
  for (let at = Math.round(from * sampleRate); at < sound.length; at += length)
    yield await Promise.resolve({ time: at / sampleRate, samples: sound.slice(at, at + length) });
}
