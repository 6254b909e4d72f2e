import { calibration } from './calibration.ts';
import type { Shot } from '../vision/shots.ts';

/** Temporal patches first … past - 1 of one shot that answer a query together. */
export interface Span {
  first: number;
  past: number;
  /** The best temporal patch and its score. */
  peak: number;
  score: number;
  /** Seconds; a span that reaches its shot's edge begins or ends with the shot. */
  start: number;
  end: number;
}

/** What grouping needs of one video. */
export interface ScoredVideo {
  /** Score of each temporal patch. */
  scores: ArrayLike<number>;
  starts: ArrayLike<number>;
  ends: ArrayLike<number>;
  shots: readonly Shot[];
}

/**
 * Groups the neighbours of good temporal patches to moments, best first. A moment never crosses a cut; it reaches as
 * far as the score keeps half its way from `nothing` (the score of a temporal patch that shows nothing of the query)
 * to the peak, one weaker temporal patch in between allowed, because a detector flickers.
 * @param candidates temporal patches to start from, best first
 */
export function groupMoments(
  video: ScoredVideo,
  candidates: readonly number[],
  nothing: number,
  limit = Infinity,
): Span[] {
  const used = new Uint8Array(video.scores.length);
  const spans: Span[] = [];
  for (const peak of candidates) {
    if (spans.length >= limit) break;
    const shot = shotOf(video.shots, peak);
    if (used[peak] || !shot) continue;
    const span = grow(video, shot, peak, nothing, used);
    used.fill(1, span.first, span.past);
    // A temporal patch that touches a better moment of the same shot is that moment's tail, not another one.
    if (span.first > shot.first) used[span.first - 1] = 1;
    if (span.past < shot.past) used[span.past] = 1;
    spans.push(span);
  }
  return spans;
}

function grow(video: ScoredVideo, shot: Shot, peak: number, nothing: number, used: Uint8Array): Span {
  const { scores, starts, ends } = video;
  const score = scores[peak];
  const floor = nothing + calibration.fall * (score - nothing);
  // A peak below `nothing` (the nearest of what isn't there) stands alone.
  const lasts = (patch: number) =>
    patch >= shot.first && patch < shot.past && !used[patch] && score > nothing && scores[patch] >= floor;
  const reach = (step: 1 | -1) => {
    let at = peak;
    for (;;) {
      if (lasts(at + step)) at += step;
      else if (lasts(at + 2 * step) && !used[at + step]) at += 2 * step;
      else return at;
    }
  };
  const first = reach(-1);
  const last = reach(1);
  return {
    first,
    past: last + 1,
    peak,
    score,
    start: first === shot.first ? shot.start : Math.max(starts[first], shot.start),
    end: last === shot.past - 1 ? shot.end : Math.min(ends[last], shot.end),
  };
}

function shotOf(shots: readonly Shot[], patch: number): Shot | undefined {
  let low = 0;
  let high = shots.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const shot = shots[middle];
    if (patch < shot.first) high = middle - 1;
    else if (patch >= shot.past) low = middle + 1;
    else return shot;
  }
  return undefined;
}
