import { detectorWindow, sampleRate, type Ears, type VoiceDetector } from '../types.ts';

/** Takes loud windows for speech, two quiet ones for its end: simple enough to know what it finds. */
export function simpleDetector(): VoiceDetector {
  let [seen, since, quiet] = [0, -1, 0];
  const closed = () => {
    const found = since < 0 ? [] : [{ start: since, end: seen - quiet * detectorWindow }];
    since = -1;
    quiet = 0;
    return found;
  };
  return {
    reset() {
      [seen, since, quiet] = [0, -1, 0];
    },
    accept(window) {
      const loud = window.some((sample) => Math.abs(sample) > 0.1);
      if (loud && since < 0) since = seen;
      quiet = loud || since < 0 ? 0 : quiet + 1;
      seen += window.length;
      return quiet >= 3 ? closed() : [];
    },
    speaking: () => since >= 0,
    flush: closed,
  };
}

/** Marks in the sound that make a stand-in do what a real recogniser may do. */
export const marks = { crash: 0.97, hang: 0.96 } as const;

/** Says a word for each tone of a tenth of a second or more: its pitch and number, in letters. */
export function simpleEars(): Ears {
  return {
    detector: simpleDetector(),
    async recognise(samples) {
      const has = (mark: number) => samples.some((sample) => Math.abs(sample - mark) < 1e-3);
      if (has(marks.crash)) process.kill(process.pid, 'SIGKILL');
      if (has(marks.hang)) await new Promise(() => setInterval(() => {}, 1000));
      return { text: `${tones(samples).join(' ')}.`, language: 'en' };
    },
  };
}

function tones(samples: Float32Array): string[] {
  const words: string[] = [];
  const step = sampleRate / 20;
  let run = { crossings: 0, steps: 0 };
  for (let at = 0; at <= samples.length; at += step) {
    const part = samples.subarray(at, at + step);
    const loud = part.some((sample) => Math.abs(sample) > 0.1);
    if (loud) {
      run.steps++;
      for (let n = 1; n < part.length; n++) if (part[n - 1] < 0 && part[n] >= 0) run.crossings++;
    } else if (run.steps > 0) {
      if (run.steps >= 2)
        words.push(spelled(Math.round(run.crossings / (run.steps / 20) / 50)) + spelled(words.length));
      run = { crossings: 0, steps: 0 };
    }
  }
  return words;
}

const spelled = (number: number) =>
  [...String(number)].map((digit) => 'zabcdefghi'[Number(digit)]).join('') + 'o';
