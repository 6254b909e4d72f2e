import type { ParsedQuery } from '../language/parsed-query.ts';
import type { MomentSource, Why } from '../protocol/reasons.ts';
import type { TracksPort } from './ports/tracks.ts';
import type { IndexedVideo } from './types.ts';

/** A stretch of a video that a track finds, other than by its pictures. */
export interface TrackMoment {
  video: IndexedVideo;
  start: number;
  end: number;
  source: Exclude<MomentSource, 'object' | 'scene'>;
  /** Log-odds that it is what was asked for. */
  score: number;
  /** How much of the query's words it holds, where it is text. */
  share?: number;
  /** It holds too little of the query to be a find: it only speaks for what is seen at the same time. */
  beside?: boolean;
  explanations: Why[];
}

/** How a track is searched that is neither text nor an embedding; its extractor brings this. */
export interface TrackSearch {
  source: TrackMoment['source'];
  /** Moments of some videos that fit a query, with what speaks for each; none where the query doesn't mean this track. */
  find(store: Pick<TracksPort, 'series'>, videos: readonly IndexedVideo[], query: ParsedQuery): TrackMoment[];
}
