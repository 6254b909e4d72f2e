import { detectorWindow, sampleRate, type Span, type VoiceDetector } from './types.ts';

/** Seconds of sound before a piece that decide with it whether it is speech. */
export const contextSec = 20;
const most = contextSec * sampleRate;

/** The last sound before a time, {@link contextSec} of it. What is missing in between is silence. */
export class SoundBefore {
  #samples = new Float32Array(0);
  /** When it ends, in seconds. */
  #end: number | undefined;

  /** Takes sound that begins at a time, in order. */
  add(time: number, samples: Float32Array): void {
    const gap = this.#end === undefined ? 0 : Math.round((time - this.#end) * sampleRate);
    if (gap > 0) this.#append(new Float32Array(Math.min(gap, most)));
    this.#append(samples);
    this.#end = time + samples.length / sampleRate;
  }

  #append(samples: Float32Array): void {
    const kept = this.#samples.subarray(Math.max(0, this.#samples.length + samples.length - most));
    const added = samples.subarray(Math.max(0, samples.length - most));
    const joined = new Float32Array(kept.length + added.length);
    joined.set(kept);
    joined.set(added, kept.length);
    this.#samples = joined;
  }

  /**
   * Whether at least half of what a detector took for speech is speech to it also when it has heard this before.
   * @param sound what follows
   * @param speech in it, in seconds from its first sample
   */
  confirms(detector: VoiceDetector, sound: Float32Array, speech: readonly Span[]): boolean {
    const length = this.#samples.length;
    if (length === 0) return true;
    const to = Math.min(sound.length, Math.ceil((speech.at(-1)!.end + 0.5) * sampleRate));
    const all = new Float32Array(length + to + detectorWindow);
    all.set(this.#samples);
    all.set(sound.subarray(0, to), length);
    const found: { start: number; end: number }[] = [];
    detector.reset();
    for (let at = 0; at + detectorWindow <= all.length; at += detectorWindow)
      found.push(...detector.accept(all.slice(at, at + detectorWindow)));
    found.push(...detector.flush());
    detector.reset();
    let [spoken, shared] = [0, 0];
    for (const { start, end } of speech) {
      spoken += end - start;
      for (const span of found) {
        const [from, until] = [span.start - length, span.end - length].map((at) => at / sampleRate);
        shared += Math.max(0, Math.min(end, until) - Math.max(start, from));
      }
    }
    return shared >= spoken / 2;
  }
}
