import { calibration, logistic, logOdds } from './calibration.ts';
import { either } from './fusion.ts';
import type { MomentSource, Why } from '../protocol/reasons.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { Hit } from './search.ts';
import type { TrackMoment } from '../library/track-search.ts';

/** A moment as it is listed, by whatever evidence. */
export interface Found {
  video: IndexedVideo;
  start: number;
  end: number;
  /** Log-odds; what the list is ordered by. */
  score: number;
  confidence: number;
  source: MomentSource;
  explanations: Why[];
  checked?: number;
}

/**
 * One list of what the pictures show and what the text says, best first. A line that is said while the thing is seen
 * makes that moment likelier (either may be what was meant) and isn't listed again; so does the name of a chapter or
 * file around it, a little.
 */
export function combined(hits: readonly Hit[], texts: readonly TrackMoment[], limit: number): Found[] {
  const found: Found[] = hits.map((hit) => ({
    ...fromHit(hit),
    explanations: [...hit.explanations],
  }));
  for (const text of texts) {
    const same = found.filter(
      ({ video, source, start, end }) =>
        (source === 'object' || source === 'scene') &&
        video.id === text.video.id &&
        start < text.end &&
        text.start < end,
    );
    let listed = false;
    for (const moment of same) {
      if (text.source === 'name') support(moment, text);
      else if (moment.confidence >= calibration.confident) {
        moment.score = either(moment.score, text.score);
        moment.confidence = 1 - (1 - moment.confidence) * (1 - logistic(text.score));
        moment.explanations.push(...text.explanations);
        listed = true;
      }
    }
    if (!listed) {
      const { video, start, end, source, score, explanations } = text;
      found.push({ video, start, end, source, score, explanations, confidence: logistic(score) });
    }
  }
  return found
    .sort((a, b) => rankOf(b) - rankOf(a) || b.score - a.score || b.confidence - a.confidence)
    .slice(0, limit);
}

/** What was surely seen or heard comes before what is only called so, and that before what is only near. */
function rankOf({ source, confidence }: Found): number {
  if (confidence < calibration.confident) return 0;
  return source === 'name' ? 1 : 2;
}

function fromHit({ video, start, end, score, confidence, source, explanations, checked }: Hit): Found {
  return {
    video,
    start,
    end,
    score,
    confidence,
    source,
    explanations,
    ...(checked === undefined ? {} : { checked }),
  };
}

/** Being inside something that is called so speaks for a moment. */
function support(moment: Found, text: TrackMoment): void {
  const step = calibration.text.inside * logistic(text.score);
  moment.score += step;
  moment.confidence = logistic(logOdds(moment.confidence) + step);
  moment.explanations.push(...text.explanations);
}
