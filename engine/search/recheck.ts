import { logistic, logOdds, type ModelNumbers } from './calibration.ts';
import { reasonsText } from '../protocol/reasons.ts';
import { checkedExplanation } from './explanations.ts';
import { decoderPrompt, isThere, sides, sidesWritten, yesNo, type Side } from '../language/prompts.ts';
import { bareSubject } from '../language/questions.ts';
import { spread } from './select.ts';
import type { Place } from '../language/vocabulary/match.ts';
import type { ParsedQuery } from '../language/parsed-query.ts';
import type { DecoderSession } from './decoder-session.ts';
import type { Hit } from './hit.ts';

/** How many temporal patches of a moment the decoder looks at. */
const patchesPerMoment = 6;

/**
 * Lets the decoder look at moments again ("is there a …?", and "where is the …?" where a side of the picture is asked
 * for) and moves their scores by its answer. A moment of
 * something that the detector knows and did not see stays as unlikely as it was; one of a kind of thing that the
 * decoder wasn't taught isn't looked at.
 */
export async function recheck(
  hits: readonly Hit[],
  query: ParsedQuery,
  { object }: Pick<ModelNumbers, 'object'>,
  sessionOf: (hit: Hit) => DecoderSession,
): Promise<Hit[]> {
  const { subject, places } = query;
  const checkedHits: Hit[] = [];
  for (const hit of hits) {
    const session = sessionOf(hit);
    if (!session.judges(query)) {
      checkedHits.push(hit);
      continue;
    }
    const [yes] = await session.choose(patchesOf(hit), isThere(subject), yesNo);
    const chance = yes * (await chanceOf(places, session, hit, subject));
    checkedHits.push(moved(hit, chance, hit.object >= object.middle ? 'object' : 'scene', session.numbers));
  }
  return checkedHits;
}

/**
 * How likely the thing is at one of the sides that are asked for; 1 where none is, since it knows no top and no bottom.
 */
async function chanceOf(
  places: readonly Place[],
  session: DecoderSession,
  hit: Hit,
  subject: string,
): Promise<number> {
  const wanted = sides.filter((side) => places.includes(side));
  if (wanted.length === 0) return 1;
  const question = decoderPrompt({ kind: 'where', subject: bareSubject(subject) }, '');
  const chances = await session.choose([hit.peak], question, sidesWritten);
  const at = (side: Side) => chances[sides.indexOf(side)];
  // For the detector half of the picture is a side: what is in the middle may be at either.
  return Math.max(...wanted.map((side) => at(side) + (side === 'middle' ? 0 : at('middle') / 2)));
}

/** Whether what the decoder says of a moment would move it. */
export function counts(
  hit: Pick<Hit, 'object' | 'source'>,
  { object }: Pick<ModelNumbers, 'object'>,
  { recheck: weights }: Pick<ModelNumbers, 'recheck'>,
): boolean {
  // What the detector saw small among other things a decoder of single things says no to.
  const seen = hit.object >= object.middle || (hit.source === 'object' && hit.object >= object.counted / 2);
  return (seen ? weights.object : weights.scene) > 0;
}

/** The peak and an even choice of the other temporal patches, in time order. */
function patchesOf({ first, past, peak }: Hit): number[] {
  const all = Array.from({ length: past - first }, (_, i) => first + i);
  return [...new Set([peak, ...spread(all, patchesPerMoment - 1)])].sort((a, b) => a - b);
}

function moved(
  hit: Hit,
  yes: number,
  evidence: 'object' | 'scene',
  numbers: Pick<ModelNumbers, 'recheck'>,
): Hit {
  const step = stepOf(evidence, yes, numbers);
  const explanations = [...hit.explanations, checkedExplanation(yes)];
  return {
    ...hit,
    checked: yes,
    score: hit.score + numbers.recheck.order * step,
    confidence: Math.min(hit.ceiling, logistic(logOdds(hit.confidence) + step)),
    explanations,
    reason: reasonsText(explanations),
  };
}

/** By how many log-odds the decoder's probability of "yes" moves what the detector saw, or what only looks like it. */
export function stepOf(
  evidence: 'object' | 'scene',
  yes: number,
  { recheck: weights }: Pick<ModelNumbers, 'recheck'>,
): number {
  const { [evidence]: weight, limit } = weights;
  return weight * Math.min(limit, Math.max(-limit, logOdds(yes)));
}
