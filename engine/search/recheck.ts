import { calibration, logistic, logOdds } from './calibration.ts';
import { reasonsText } from '../protocol/reasons.ts';
import { checkedWhy, isSeen } from './explanations.ts';
import {
  decoderPrompt,
  isThere,
  searchedThing,
  sides,
  sidesWritten,
  yesNo,
  type Side,
} from '../language/prompts.ts';
import { bareSubject } from '../language/questions.ts';
import { spread } from './select.ts';
import { withoutPlaces, type Place } from '../language/vocabulary/match.ts';
import type { Reading } from './decoder-session.ts';
import type { Hit } from './search.ts';

/** How many patches of a moment the decoder looks at. */
const patchesPerMoment = 6;

/**
 * Lets the decoder look at moments again ("is there a …?", and "where is the …?" where a side of the picture is asked
 * for) and moves their scores by its answer. A moment of
 * something that the detector knows and did not see stays as unlikely as it was; one of a kind of thing that the decoder
 * wasn't taught isn't looked at.
 */
export async function recheck(
  hits: readonly Hit[],
  query: string,
  readingOf: (hit: Hit) => Reading,
): Promise<Hit[]> {
  const { words, places } = withoutPlaces(query);
  const thing = searchedThing(words);
  const checkedHits: Hit[] = [];
  for (const hit of hits) {
    const reading = readingOf(hit);
    if (!reading.judges(query)) {
      checkedHits.push(hit);
      continue;
    }
    const [yes] = await reading.choose(patchesOf(hit), isThere(thing), yesNo);
    checkedHits.push(moved(hit, yes * (await chanceOf(places, reading, hit, thing))));
  }
  return checkedHits;
}

/** How likely the thing is at one of the sides that are asked for; 1 where none is, since it knows no top and no bottom. */
async function chanceOf(
  places: readonly Place[],
  reading: Reading,
  hit: Hit,
  thing: string,
): Promise<number> {
  const wanted = sides.filter((side) => places.includes(side));
  if (wanted.length === 0) return 1;
  const question = decoderPrompt({ kind: 'where', subject: bareSubject(thing) }, '');
  const chances = await reading.choose([hit.peak], question, sidesWritten);
  const at = (side: Side) => chances[sides.indexOf(side)];
  // For the detector half of the picture is a side: what is in the middle may be at either.
  return Math.max(...wanted.map((side) => at(side) + (side === 'middle' ? 0 : at('middle') / 2)));
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
