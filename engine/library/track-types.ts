/** What a track may hold. A new kind needs a line here and an extractor (engine/indexing/extractors). */
export const trackKinds = [
  /** How much each sampled frame differs from the one before: where cuts are. */
  'shots',
  /** JPEG stills, every few seconds. */
  'stills',
  /** What a detector saw, with boxes and colours. */
  'objects',
  /** Temporal patches in a space that they share with words. */
  'embedding',
  /** Temporal patches as a decoder reads them. */
  'tokens',
  /** Text that comes with the file: subtitles, chapters, its title. */
  'captions',
  /** What was said, as recognised. */
  'transcript',
  /** What is written in the picture, as recognised. */
  'screen-text',
  /** How loud it is. */
  'loudness',
  /** Where a camera was, and how it was set, as it wrote it down. */
  'telemetry',
] as const;

/** One of {@link trackKinds}. */
export type TrackKind = (typeof trackKinds)[number];

/** A stretch of a video that a track covers: from, to (seconds), samples a second (0: all of it, by events). */
export type Stretch = readonly [from: number, to: number, density: number];

/** Who makes a track, and how: the same again need not be made again. */
export interface TrackKey {
  kind: TrackKind;
  /** "frames", "captions", "loudness"; "frames/<bundle>" for further frame encoders. */
  extractor: string;
  /** A bundle's fingerprint, or the extractor's own version. */
  version: string;
  /** Whatever else makes a difference: frames a second, a language. */
  settings: Readonly<Record<string, unknown>>;
}

/** One kind of knowledge about a video, by one extractor. */
export interface Track extends TrackKey {
  id: string;
  state: 'making' | 'whole';
  coverage: readonly Stretch[];
  /** Where its making goes on, in seconds. */
  reachedSec: number;
  /** Temporal patches, lines or values. */
  items: number;
  /** Milliseconds since 1970. */
  startedAt: number;
  completedAt: number | undefined;
}

/** A line of text with the stretch that it belongs to, in seconds on the video's own timeline. */
export interface FootageLine {
  /**
   * "said": a subtitle or recognised speech; "on-screen": read in the picture; "chapter": a chapter's title; "title": the
   * recording's own.
   */
  kind: 'said' | 'on-screen' | 'chapter' | 'title';
  start: number;
  end: number;
  text: string;
  /** As the file names it: "en", "deu". */
  language?: string | undefined;
  /** What else is known of it: its box, who speaks, its words' times, how sure it is. Kept as JSON. */
  extra?: Readonly<Record<string, unknown>> | undefined;
}

/** A line of a video's tracks. */
export interface StoredLine extends FootageLine {
  /** Its number in the library. */
  number: number;
  /** The track that it belongs to. */
  track: string;
  source: TrackKind;
}

/** A line that holds some of the words that were looked up. */
export interface TextHit extends FootageLine {
  videoId: string;
  /** The kind of its track; "captions" where absent. */
  source?: TrackKind;
}

/** Values at even steps on a video's timeline. */
export interface Series {
  /** Time of the first value, and between two, in seconds. */
  start: number;
  step: number;
  values: Float32Array;
}

/** A track of lines or values that is being written; what was appended survives a crash and is found again. */
export interface TrackWriter {
  readonly track: Track;
  /** Seconds that an interrupted making left behind: go on after them. */
  readonly resumedSec: number;
  /** Stores lines and how far the video has been gone through, in one transaction. */
  appendLines(lines: readonly FootageLine[], reachedSec: number): void;
  /** The lines that it has so far, by time. */
  lines(): FootageLine[];
  /** Puts other lines in the place of all that it has. */
  replaceLines(lines: readonly FootageLine[]): void;
  /** Stores consecutive values from `start` on, a step each. */
  appendSeries(values: Float32Array, step: number, start: number): void;
  /** Makes the track the one of its extractor that is searched. */
  complete(coverage: readonly Stretch[]): void;
  /** Forgets it. */
  discard(): void;
}
