import type { FootageLine, StoredLine, TextHit, TrackKind } from '../track-types.ts';

/** Text of any origin: what comes with a video, what was heard, what was read. */
export interface TextsPort {
  /** What a video's captions were read from, as `setText` was told; undefined where they never were read. */
  textSource(videoId: string): string | undefined;
  /** Replaces all text that comes with a video. */
  setText(videoId: string, source: string, lines: readonly FootageLine[]): void;
  /**
   * Lines that hold some of the words, those that hold all of them first. Quotes and operators of a query are plain
   * words to it.
   * @param words as `wordsOf` cuts them
   * @param videos ids of the videos to look in; all where absent
   */
  textHits(words: readonly (readonly string[])[], limit: number, videos?: readonly string[]): TextHit[];
  /** The lines of a video's whole tracks of some kinds (all where absent), by time. */
  lines(videoId: string, kinds?: readonly TrackKind[]): StoredLine[];
}
