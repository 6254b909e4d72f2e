import type { TextQuery } from '../../language/text-match.ts';
import type { FootageLine, StoredLine, TextHit, TrackKind } from '../track-types.ts';

/** Text of any origin: what comes with a video, what was heard, what was read. */
export interface TextsPort {
  /** What a video's captions were read from, as `setText` was told; undefined where they never were read. */
  textSource(videoId: string): string | undefined;
  /** Replaces all text that comes with a video. */
  setText(videoId: string, source: string, lines: readonly FootageLine[]): void;
  /**
   * Lines that hold some of what is looked for, those that hold all of it first. Of what stands in quotes lines with a
   * word of it are among them: whoever shows them checks.
   * @param videos ids of the videos to look in; all where absent
   */
  textHits(query: TextQuery, limit: number, videos?: readonly string[]): TextHit[];
  /** The lines of a video's searched tracks of some kinds (all where absent), by time; of a stretch where one is given. */
  lines(videoId: string, kinds?: readonly TrackKind[], within?: { from: number; to: number }): StoredLine[];
}
