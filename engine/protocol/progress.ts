/** A step of a long operation, as it is told to whoever started it. */
export interface Progress {
  /** What is being done now, in a user's words: "indexing", "converting weights". */
  stage: string;
  /** Share done, 0 to 1. */
  fraction: number;
  /** Speed as a multiple of real time (seconds of video per second of work), where that makes sense. */
  realtimeFactor?: number;
  /** Estimated seconds left. */
  secondsLeft?: number;
  /** The file or thing being worked on. */
  subject?: string;
  /** How many files that wait have been put into the library, where they can be seen. */
  listed?: number;
}

/** Receives {@link Progress}; must not throw. */
export type OnProgress = (progress: Progress) => void;
