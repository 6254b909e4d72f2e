import { filmFps, type Plan, type PlannedScene } from './plan.ts';
import { Random } from './random.ts';

/** Samples per second of the film's sound, which has one channel. */
export const sampleRate = 24_000;

const chords = [
  [220, 277.18, 329.63],
  [196, 246.94, 293.66],
  [174.61, 220, 261.63],
  [261.63, 329.63, 392],
  [146.83, 220, 293.66],
];

/** The noise under each kind of scene: how loud, and how dull (0 hiss to 1 rumble). */
const beds: Readonly<Record<string, readonly [number, number]>> = {
  sea: [0.16, 0.93],
  beach: [0.13, 0.9],
  underwater: [0.14, 0.985],
  street: [0.09, 0.96],
  railway: [0.12, 0.95],
  racetrack: [0.14, 0.9],
  snow: [0.07, 0.88],
  forest: [0.04, 0.7],
  jungle: [0.06, 0.6],
};

/** The film's sound as 16-bit samples: for every scene a soft chord, plucked notes and a bed of noise of its own. */
export function composeSound(plan: Plan): Int16Array {
  const perFrame = sampleRate / filmFps;
  const sound = new Int16Array(plan.frames * perFrame);
  plan.scenes.forEach((planned, index) => {
    const first = planned.firstFrame * perFrame;
    composeScene(planned, sound.subarray(first, first + planned.frames * perFrame), new Random(plan.seed).fork(900 + index));
  });
  return sound;
}

function composeScene({ scene }: PlannedScene, out: Int16Array, random: Random): void {
  const shift = { day: 1, sunset: 0.84, night: 0.67 }[scene.light];
  const chord = random.pick(chords).map((frequency) => frequency * shift);
  const [loud, dull] = beds[scene.background] ?? [0.025, 0.85];
  const beat = Math.round(sampleRate * random.between(0.45, 0.8));
  const fade = Math.min(sampleRate * 0.25, out.length / 4);
  let noise = 0;
  let note = 0;
  for (let n = 0; n < out.length; n++) {
    if (n % beat === 0) note = random.pick(chord) * 2;
    const time = n / sampleRate;
    const since = (n % beat) / sampleRate;
    noise = dull * noise + (1 - dull) * (random.next() * 2 - 1);
    const pad = chord.reduce((sum, frequency) => sum + Math.sin(2 * Math.PI * frequency * time), 0) / 3;
    const pluck = Math.sin(2 * Math.PI * note * since) * Math.exp(-5 * since) * Math.min(1, since * 200);
    const value = 0.1 * pad + 0.16 * pluck + (loud * noise) / Math.sqrt((1 - dull) / (1 + dull)) / 1.7;
    const envelope = Math.min(1, n / fade, (out.length - n) / fade);
    out[n] = Math.round(Math.max(-1, Math.min(1, value * envelope)) * 32_000);
  }
}
