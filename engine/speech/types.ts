import { soundRate } from '../core/sound.ts';
import type { TranscriptLine } from '../protocol/transcript.ts';

/** Samples per second of everything that is heard here. */
export const sampleRate = soundRate;

/** A stretch of time in seconds. */
export interface Span {
  start: number;
  end: number;
}

/** What a recogniser says of a piece of sound. */
export interface Recognised {
  text: string;
  /** BCP 47, where it tells. */
  language?: string;
  /** Tokens with the seconds, from the piece's first sample, at which each begins; absent where it tells no times. */
  tokens?: { text: string; start: number }[];
  /** Mean probability of its tokens, where it tells. */
  confidence?: number;
}

/** Finds speech in sound, from a beginning on. */
export interface VoiceDetector {
  /** Forgets all sound; the next sample is number 0. */
  reset(): void;
  /** Takes {@link detectorWindow} samples. @returns stretches of speech that have come to their end, in samples */
  accept(window: Float32Array): { start: number; end: number }[];
  /** True while somebody speaks. */
  speaking(): boolean;
  /** The sound ends here. @returns the last stretch */
  flush(): { start: number; end: number }[];
}

/** Samples that a {@link VoiceDetector} takes at a time. */
export const detectorWindow = 512;

/** A detector and a recogniser, loaded. */
export interface Ears {
  detector: VoiceDetector;
  /** @param samples mono, 16 kHz, at most some 28 s */
  recognise(samples: Float32Array): Promise<Recognised>;
}

/** Speech that belongs together, 10 to 25 seconds where there is so much, as it goes to the recogniser. */
export interface Utterance {
  /** When its first sample is due. */
  time: number;
  samples: Float32Array;
  /** Where in it somebody speaks. */
  speech: Span[];
}

/** What was said in a stretch of a video. */
export interface HeardPiece {
  /** Everything up to here has been heard: whoever keeps it may go on from here after an interruption. */
  until: number;
  /** Sentences in order; none where nobody speaks. */
  lines: TranscriptLine[];
  /** Why recognised text was not taken for speech, where it wasn't. */
  dropped?: { text: string; why: string };
}
