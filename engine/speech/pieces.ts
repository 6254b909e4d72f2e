import { SoundBefore } from './sound-before.ts';
import { detectorWindow, sampleRate, type Span, type Utterance, type VoiceDetector } from './types.ts';

/** Something to recognise, or the news that nobody speaks up to a time. */
export interface CutPiece {
  /** Seconds: the next piece begins here. */
  until: number;
  utterance?: Utterance;
}

/** Lengths in seconds. */
const limits = {
  /** Longest piece: Whisper sees 30 s, and some of it goes into margins. */
  longest: 25,
  /** From here on a pause is used as the end of a piece. */
  enough: 10,
  /** A longer pause ends a piece however short it is: Whisper makes words up in long silence. */
  pause: 2,
  /** Sound kept around speech, so that no consonant is lost. */
  margin: 0.2,
  /** Sound without speech is let go after so much of it: half a minute in whole windows. */
  idle: (938 * detectorWindow) / sampleRate,
  /** Less speech than this is a click or a cough. */
  leastSpeech: 0.2,
  /** A detector says "speaking" so long after speech began. */
  latency: 0.2,
  /** Less speech than this in a piece must also be speech to a detector that knows what was before. */
  doubted: 5,
};

/**
 * Cuts sound into pieces for a recogniser. Stretches of speech are joined over short pauses, to 10 to 25 seconds: a
 * recogniser hears better with a sentence around a word, and a short piece costs almost as much as a long one. A piece
 * ends in the longest pause within reach; speech without one is cut where it is quietest.
 *
 * Each piece is looked for from the end of the one before with a detector that has forgotten everything. So the cuts
 * after a time depend on the sound from 20 s before it on only, and hearing that was interrupted gives what
 * it would have given. A detector that starts in the middle of music takes the first notes for a voice: a piece with
 * little speech is therefore looked at once more together with the sound before it.
 */
export class PieceCutter {
  readonly #detector: VoiceDetector;
  /** Sound from `#origin` on (in samples of the recording), `#length` samples of it, of which the detector has seen `#seen`. */
  #sound = new Float32Array(sampleRate * 64);
  #length = 0;
  #origin: number;
  #seen = 0;
  /** Stretches of speech that have come to their end, and when the one that goes on began; seconds from the origin. */
  #speech: Span[] = [];
  #open: number | undefined;
  /** The last time that was told. */
  #told: number;
  readonly #before = new SoundBefore();

  /** @param from seconds: where the first piece begins; sound that comes before is context */
  constructor(detector: VoiceDetector, from: number) {
    this.#detector = detector;
    this.#origin = Math.round(from * sampleRate);
    this.#told = from;
    detector.reset();
  }

  /** Takes sound that begins at a time, in order. @returns the pieces that are complete */
  accept(time: number, samples: Float32Array): CutPiece[] {
    const early = this.#length === 0 ? this.#origin - Math.round(time * sampleRate) : 0;
    if (early > 0) {
      this.#before.add(time, samples.subarray(0, early));
      return samples.length > early ? this.accept(this.#time(0), samples.subarray(early)) : [];
    }
    const pieces: CutPiece[] = [];
    const gap = Math.round(time * sampleRate) - this.#origin - this.#length;
    if (gap > limits.pause * sampleRate) {
      pieces.push(...this.end());
      this.#restart(Math.round(time * sampleRate), this.#length);
    } else if (gap > 0) this.#append(new Float32Array(gap));
    this.#append(samples);
    this.#detect(pieces);
    return pieces;
  }

  /** The sound has ended. @returns what is left */
  end(): CutPiece[] {
    const pieces: CutPiece[] = [];
    const end = this.#origin + this.#length;
    const until = end / sampleRate;
    // A detector sees whole windows: the last one is filled up.
    this.#append(new Float32Array((detectorWindow - (this.#length % detectorWindow)) % detectorWindow));
    for (;;) {
      this.#detect(pieces);
      this.#note(this.#detector.flush());
      this.#open = undefined;
      const first = this.#speech[0]?.start;
      if (first === undefined || this.#speech.at(-1)!.end - first <= limits.longest) break;
      pieces.push(this.#cutAt(this.#bestCut(first)));
    }
    const utterance = this.#utterance(this.#speech, (end - this.#origin) / sampleRate);
    if (utterance || until > this.#told) pieces.push(this.#tell(until, utterance));
    this.#restart(end, this.#length);
    return pieces;
  }

  /** When a sample of the held sound is due, in seconds. */
  #time(sample: number): number {
    return (this.#origin + sample) / sampleRate;
  }

  #tell(until: number, utterance?: Utterance): CutPiece {
    this.#told = until;
    return { until, ...(utterance ? { utterance } : {}) };
  }

  /** Digital silence at the start of a piece is let go unheard, in whole windows. */
  #dropSilence(): void {
    if (this.#seen > 0) return;
    let silent = 0;
    while (silent < this.#length && this.#sound[silent] === 0) silent++;
    const dropped = Math.floor(silent / detectorWindow) * detectorWindow;
    if (dropped > 0) this.#restart(this.#origin + dropped, dropped);
  }

  #append(samples: Float32Array): void {
    if (this.#length + samples.length > this.#sound.length) {
      const larger = new Float32Array(2 * (this.#length + samples.length));
      larger.set(this.#sound.subarray(0, this.#length));
      this.#sound = larger;
    }
    this.#sound.set(samples, this.#length);
    this.#length += samples.length;
  }

  /** Looks at what is new window by window, and cuts as soon as there is enough. */
  #detect(pieces: CutPiece[]): void {
    this.#dropSilence();
    // Silence is told in steps of the same length, however it comes in.
    while (this.#seen === 0 && this.#time(0) - this.#told >= limits.idle)
      pieces.push(this.#tell(this.#told + limits.idle));
    while (this.#seen + detectorWindow <= this.#length) {
      const window = this.#sound.slice(this.#seen, this.#seen + detectorWindow);
      this.#seen += detectorWindow;
      this.#note(this.#detector.accept(window));
      if (!this.#detector.speaking()) this.#open = undefined;
      else this.#open ??= Math.max(this.#speech.at(-1)?.end ?? 0, this.#seen / sampleRate - limits.latency);
      const cut = this.#complete();
      if (cut === undefined) continue;
      pieces.push(this.#cutAt(cut));
      this.#dropSilence();
    }
  }

  #note(found: readonly { start: number; end: number }[]): void {
    for (const { start, end } of found)
      this.#speech.push({
        start: Math.max(0, start) / sampleRate,
        end: Math.min(end, this.#length) / sampleRate,
      });
  }

  /** Where the first piece ends, in seconds from the origin; undefined while more has to be heard. */
  #complete(): number | undefined {
    const heard = this.#seen / sampleRate;
    const first = this.#speech[0]?.start ?? this.#open;
    if (first === undefined) return heard > limits.idle ? heard - 1 : undefined;
    const end = this.#open === undefined ? this.#speech.at(-1)!.end : heard;
    if (end - first > limits.longest) return this.#bestCut(first);
    return heard - end > limits.pause ? end + limits.pause / 2 : undefined;
  }

  /** The longest pause between `enough` and `longest` seconds of speech; without one, where it is quietest. */
  #bestCut(first: number): number {
    const starts = [...this.#speech.slice(1).map(({ start }) => start), this.#open ?? Infinity];
    const pauses = this.#speech
      .map(({ end }, n) => ({ start: end, end: starts[n] }))
      .filter(({ start, end }) => start - first <= limits.longest && end > start && Number.isFinite(end));
    const length = ({ start, end }: Span) => end - start;
    const late = pauses
      .filter(({ start }) => start - first >= limits.enough)
      .sort((a, b) => length(b) - length(a))[0];
    // Pauses only early on: rather a short piece than a word cut in two.
    const chosen = late ?? pauses.filter(({ start }) => start - first >= 2).at(-1);
    return chosen
      ? (chosen.start + chosen.end) / 2
      : this.#quietest(first + limits.enough, first + limits.longest);
  }

  #quietest(from: number, to: number): number {
    const step = sampleRate / 10;
    const last = Math.min(Math.round(to * sampleRate), this.#length) - step;
    let best = { level: Infinity, at: to };
    for (let at = Math.round(from * sampleRate); at <= last; at += step / 2) {
      const level = energy(this.#sound.subarray(at, at + step));
      if (level < best.level) best = { level, at: (at + step / 2) / sampleRate };
    }
    return best.at;
  }

  #cutAt(cut: number): CutPiece {
    const spans = [...this.#speech];
    if (this.#open !== undefined) spans.push({ start: this.#open, end: cut });
    const speech = spans
      .filter(({ start }) => start < cut)
      .map(({ start, end }) => ({ start, end: Math.min(end, cut) }));
    // The same sample wherever it is counted from.
    const samples = Math.round(cut * sampleRate);
    const until = this.#time(samples);
    const utterance = this.#utterance(speech, samples / sampleRate);
    this.#restart(this.#origin + samples, samples);
    return this.#tell(until, utterance);
  }

  #utterance(speech: readonly Span[], cut: number): Utterance | undefined {
    const spoken = speech.reduce((sum, { start, end }) => sum + end - start, 0);
    if (spoken < limits.leastSpeech) return undefined;
    const heard = this.#sound.subarray(0, this.#length);
    if (spoken < limits.doubted && !this.#before.confirms(this.#detector, heard, speech)) return undefined;
    const sample = (seconds: number) =>
      Math.min(Math.max(0, Math.round(seconds * sampleRate)), Math.round(cut * sampleRate), this.#length);
    const from = sample(speech[0].start - limits.margin);
    return {
      time: this.#time(from),
      samples: this.#sound.slice(from, sample(speech.at(-1)!.end + limits.margin)),
      speech: speech.map(({ start, end }) => ({
        start: this.#time(start * sampleRate),
        end: this.#time(end * sampleRate),
      })),
    };
  }

  /** Goes on from a sample of the recording with a detector that knows nothing; `drop` samples are let go. */
  #restart(origin: number, drop: number): void {
    this.#before.add(this.#time(0), this.#sound.slice(0, Math.min(drop, this.#length)));
    this.#sound.copyWithin(0, drop, this.#length);
    this.#length = Math.max(0, this.#length - drop);
    this.#origin = origin;
    this.#seen = 0;
    this.#speech = [];
    this.#open = undefined;
    this.#detector.reset();
  }
}

function energy(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum;
}
