import { logistic, sceneLogOdds } from '../search/calibration.ts';
import type { DecoderSession } from '../search/decoder-session.ts';
import type { Hit } from '../search/hit.ts';
import type { ParsedQuery, QueryParser } from '../language/parsed-query.ts';
import type { ModelNumbers } from '../search/calibration.ts';
import type { ConcatenatedTimeline } from './timeline.ts';
import type { Segment } from '../search/select.ts';

/**
 * How near to a kind that it was taught the embedding must be to speak for a name that nobody else saw. Measured on the fitting
 * half of the clips of `bench -- trust`, asked what is shown first: of 16 names that were told as sure 7 were wrong (a laptop among
 * groceries, a pyramid among brick houses), none of them this near; 8 of the 9 right ones are, or the detector saw them.
 */
const nearKind = 0.965;
/** In so many frames the detector must have seen it. */
const leastFrames = 2;
/** How many moments a name is looked for in. */
const places = 20;

/** Who may speak for a name. */
interface Witnesses {
  parser: QueryParser;
  timeline: ConcatenatedTimeline;
  numbers: ModelNumbers;
  session: DecoderSession;
  lookFor: (thing: ParsedQuery, limit: number) => Promise<Hit[]>;
}

/**
 * Whether another witness than the decoder, which has a name for everything, speaks for a name: the detector saw one there, or
 * what is there is as near to that kind as what was taught.
 */
export async function isBorneOut(
  asking: Witnesses,
  { first, past }: Segment,
  name: string,
): Promise<boolean> {
  const { parser, timeline, numbers, session } = asking;
  if (!session.fewWords) return true;
  const thing = parser.thing(name);
  const seen = timeline
    .seenIn({ first, past })
    .filter(
      ({ label, score }) =>
        score >= numbers.object.middle && thing.wanted.objects.some(({ labels }) => labels.includes(label)),
    );
  if (
    new Set(seen.map(({ patch, frame }) => 2 * patch + frame)).size >=
    Math.min(leastFrames, 2 * (past - first))
  )
    return true;
  const hits = await asking.lookFor(thing, places);
  const there = hits.find((one) => one.first < past && one.past > first);
  return there !== undefined && logistic(sceneLogOdds(numbers, there.similarity, 0)) >= nearKind;
}
