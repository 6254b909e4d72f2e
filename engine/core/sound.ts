/** Samples per second of all sound that is read. */
export const soundRate = 16_000;

/** A stretch of sound without a gap in it. */
export interface SoundPiece {
  /** When its first sample is due, in seconds on the file's own timeline. */
  time: number;
  /** Mono, {@link soundRate} samples per second, full scale at 1. */
  samples: Float32Array;
}
