import { calibration, logistic, logOdds } from './calibration.ts';
import { reasonsText } from '../protocol/reasons.ts';
import { checkedWhy, isSeen } from './whys.ts';
import { isThere, searchedThing, yesNo } from './prompts.ts';
import { spread } from './select.ts';
import type { Reading } from './reading.ts';
import type { Hit } from './search.ts';

/** How many patches of a moment the decoder looks at. */
const patchesPerMoment = 6;

/**
 * Lets the decoder look at moments again ("is there a …?") and moves their scores by its answer. A moment of
 * something that the detector knows and did not see stays as unlikely as it was; one of a kind of thing that the decoder
 * wasn't taught isn't looked at.
 */
export async function recheck(
  hits: readonly Hit[],
  query: string,
  readingOf: (hit: Hit) => Reading,
): Promise<Hit[]> {
  const question = isThere(searchedThing(query));
  const checkedHits: Hit[] = [];
  for (const hit of hits) {
    const reading = readingOf(hit);
    if (!reading.judges(query)) {
      checkedHits.push(hit);
      continue;
    }
    const [yes] = await reading.choose(patchesOf(hit), question, yesNo);
    checkedHits.push(moved(hit, yes));
  }
  return checkedHits;
}

/** Whether what the decoder says of a moment would move it. */
export function counts(hit: Hit): boolean {
  const { object, scene } = calibration.recheck;
  return (isSeen(hit.object) ? object : scene) > 0;
}

/** The peak and an even choice of the other patches, in time order. */
function patchesOf({ first, past, peak }: Hit): number[] {
  const all = Array.from({ length: past - first }, (_, i) => first + i);
  return [...new Set([peak, ...spread(all, patchesPerMoment - 1)])].sort((a, b) => a - b);
}

function moved(hit: Hit, yes: number): Hit {
  const step = stepOf(isSeen(hit.object) ? 'object' : 'scene', yes);
  const whys = [...hit.whys, checkedWhy(yes)];
  return {
    ...hit,
    checked: yes,
    score: hit.score + calibration.recheck.order * step,
    confidence: Math.min(hit.ceiling, logistic(logOdds(hit.confidence) + step)),
    whys,
    reason: reasonsText(whys),
  };
}

/** By how many log-odds the decoder's probability of "yes" moves what the detector saw, or what only looks like it. */
export function stepOf(evidence: 'object' | 'scene', yes: number): number {
  const { [evidence]: weight, limit } = calibration.recheck;
  return weight * Math.min(limit, Math.max(-limit, logOdds(yes)));
}
