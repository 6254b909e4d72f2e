import { calibration, logistic, logOdds } from './calibration.ts';
import { either } from './fusion.ts';
import type { MomentSource, Why } from '../protocol/reasons.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { Hit } from './hit.ts';
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

/** What is said begins a little before or after it is seen, in seconds. */
const slackSec = 1;

/**
 * One list of what the pictures show and what the text says, best first. A line that is said while the thing is seen
 * makes that moment likelier (either may be what was meant) and isn't listed again. While it is unsure whether it is seen, both are
 * likelier for falling together: "the slide about photosynthesis while he points" is half said and half seen. The name of a
 * chapter or file around a moment speaks for it, a little.
 */
export function combined(hits: readonly Hit[], texts: readonly TrackMoment[], limit: number): Found[] {
  const seen = hits.map((hit) => ({ hit, moment: { ...fromHit(hit), explanations: [...hit.explanations] } }));
  const found: Found[] = seen.map(({ moment }) => moment);
  for (const text of texts) {
    const slack = text.source === 'name' ? 0 : slackSec;
    const same = seen.filter(
      ({ moment: { video, start, end } }) =>
        video.id === text.video.id && start < text.end + slack && text.start - slack < end,
    );
    const overlaps = ({ moment }: (typeof same)[number]) =>
      moment.start < text.end && text.start < moment.end;
    let listed = text.beside === true;
    let { score } = text;
    for (const one of same) {
      const { moment, hit } = one;
      if (text.source === 'name') support(moment, text);
      else if (moment.confidence >= calibration.confident && !text.beside) {
        if (!overlaps(one)) continue;
        moment.score = either(moment.score, text.score);
        moment.confidence = 1 - (1 - moment.confidence) * (1 - logistic(text.score));
        moment.explanations.push(...text.explanations);
        listed = true;
      } else if (text.share !== undefined && hit.confidence > 0) {
        const { together } = calibration.text;
        score = Math.max(score, text.score + together * hit.confidence);
        lift(moment, together * text.share, hit.ceiling);
        moment.explanations.push(...text.explanations);
      }
    }
    if (!listed) {
      const { video, start, end, source, explanations } = text;
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
  lift(moment, calibration.text.inside * logistic(text.score), 1);
  moment.explanations.push(...text.explanations);
}

/** Makes a moment likelier by so many log-odds, but no surer than the ceiling; what is surer stays so. */
function lift(moment: Found, step: number, ceiling: number): void {
  moment.score += step;
  const lifted = logistic(logOdds(moment.confidence) + step);
  moment.confidence = Math.max(moment.confidence, Math.min(lifted, ceiling));
}
