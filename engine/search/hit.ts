import type { IndexedVideo } from '../library/types.ts';
import type { Why } from '../protocol/reasons.ts';
import type { Span } from './moments.ts';

/** A moment with what was learned about it. */
export interface Hit extends Span {
  video: IndexedVideo;
  confidence: number;
  /** No re-check lifts the confidence over this. */
  ceiling: number;
  source: 'object' | 'scene';
  /** The detector's score of what is wanted, 0 where it saw nothing of it. */
  object: number;
  /** Cosine of query and picture. */
  similarity: number;
  explanations: Why[];
  /** The same in English. */
  reason: string;
  /** The decoder's probability of "yes". */
  checked?: number;
}
