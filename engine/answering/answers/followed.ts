import { logistic, logOdds } from '../../search/calibration.ts';
import { isThere, yesNo } from '../../language/prompts.ts';
import { stepOf } from '../../search/recheck.ts';
import { spread } from '../../search/select.ts';
import { checkedExplanation } from '../../search/explanations.ts';
import { visitsOf, type Visit } from '../visits.ts';
import { fitterOf, fitting } from '../../search/object-fit.ts';
import type { ParsedQuery, WantedObject } from '../../language/parsed-query.ts';
import type { SeenObject } from '../../core/frames.ts';
import { reasonText, type Why } from '../../protocol/reasons.ts';
import { plural } from '../../protocol/plural.ts';
import type { Asking, Proof } from '../asking.ts';

/**
 * How many temporal patches of a visit the decoder looks at, and how many visits at most: the surest need no re-check.
 */
const patchesPerVisit = 4;
const mostChecked = 48;

/** A thing that the detector knows entirely, "red bottle"; undefined for "full bottle" and for "wedding". */
export function knownThing({ wanted }: ParsedQuery): WantedObject | undefined {
  const { covered, objects } = wanted;
  const [one] = objects;
  const known = covered && objects.length === 1 && !one.places?.length && (one.chance ?? 1) === 1;
  return known ? one : undefined;
}

/** What was seen of it in all the footage. */
export function seenOf({ timeline }: Asking, thing: WantedObject): SeenObject[] {
  const seen = timeline.objects(thing.labels);
  const fit = fitterOf(seen);
  return seen.filter((one) => fit(thing, one) >= fitting);
}

/** The visits of a kind of thing in all the footage. */
export function visitsIn(
  asking: Asking,
  thing: WantedObject,
  options: Parameters<typeof visitsOf>[4] = {},
): Visit[] {
  const { table, shots } = asking.timeline;
  return visitsOf(seenOf(asking, thing), table, shots, asking.numbers, options);
}

/** Visits as proofs, each looked at again by the decoder, which can raise doubts but not lift the detector's. */
export async function confirmVisits(
  { session }: Asking,
  visits: readonly Visit[],
  subject: ParsedQuery,
): Promise<Proof[]> {
  const doubtful = visits.toSorted((a, b) => a.confidence - b.confidence).slice(0, mostChecked);
  const proofs: Proof[] = [];
  for (const visit of visits) {
    const { start, end, confidence, frames } = visit;
    const saw = `${subject.text}: followed through ${plural(frames, 'sighting')}`;
    const why = [sawExplanation(visit)];
    if (!doubtful.includes(visit) || !session.judges(subject)) {
      proofs.push({ start, end, score: confidence, reason: saw, why });
      continue;
    }
    const [yes] = await session.choose(patchesOf(visit), isThere(subject.text), yesNo);
    const step = stepOf('object', yes, session.numbers);
    const checked = checkedExplanation(yes);
    proofs.push({
      start,
      end,
      score: logistic(logOdds(confidence) + step),
      reason: `${saw}; ${reasonText(checked)}`,
      why: [...why, checked],
    });
  }
  return proofs;
}

/** A visit as the proof of what is stated of it: "car: red". */
export function proofOfVisit(visit: Visit, statement: string): Proof {
  const { start, end, confidence, frames } = visit;
  const reason = `${statement}, followed through ${plural(frames, 'sighting')}`;
  return { start, end, score: confidence, reason, why: [sawExplanation(visit)] };
}

/** What the detector saw of a visit, as data. */
export function sawExplanation({ first, past, best, label, frames }: Visit): Extract<Why, { code: 'saw' }> {
  const ofFrames = Math.max(frames, 2 * (past - first));
  return { code: 'saw', label, frames, ofFrames, most: 1, score: best };
}

function patchesOf({ first, past, peak }: Visit): number[] {
  const all = Array.from({ length: past - first }, (_, i) => first + i);
  return [...new Set([peak, ...spread(all, patchesPerVisit - 1)])].sort((a, b) => a - b);
}
