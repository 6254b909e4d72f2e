import { calibration } from '../calibration.ts';
import { confirm, evidenceOf, type Asking, type Draft } from '../asking.ts';
import { noName } from '../prompts.ts';
import { mostAtOnce } from '../object-scores.ts';
import { confirmVisits, knownKind, visitsIn } from './followed.ts';
import { presences } from '../visits.ts';
import type { Hit } from '../search.ts';

/** How many moments are looked at again to find every occurrence, in each video. */
const looked = 12;
/** Moments that follow each other this closely (seconds) are one appearance that a cut divides. */
const sameAppearance = 1;
/** Things that the detector follows may be out of sight for so many seconds within one appearance. */
const outOfSight = 4;

/** "When is the … shown?": every moment that passes the re-check, as times. */
export async function answerWhen(asking: Asking, subject: string): Promise<Draft> {
  const { sure, nearest } = await occurrences(asking, subject);
  if (sure.length === 0) return absent(nearest);
  const times = sure.map(({ start, end }) => asking.reel.clock(start, end));
  return {
    answer: times.join(', '),
    confidence: Math.max(...sure.map(({ confidence }) => confidence)),
    evidence: evidenceOf(sure, subject),
    statements: times.map((text, i) => ({ text, proofs: [i] })),
  };
}

/**
 * "How many times does the … appear?": the appearances, each of them listed. What the detector knows is followed
 * over time; of anything else the moments that pass the re-check are counted.
 */
export async function answerTimes(asking: Asking, subject: string): Promise<Draft> {
  const kind = knownKind(asking, subject);
  if (kind) {
    // What is cut away from and comes back appears twice, though it may have been there all the time.
    const stays = presences(visitsIn(asking, kind, { returns: 0 }), outOfSight);
    if (stays.length > 0) {
      const evidence = await confirmVisits(asking, stays, subject);
      return counted(evidence, (proof) => asking.reel.clock(proof.start, proof.end));
    }
  }
  const { sure, nearest } = await occurrences(asking, subject);
  if (sure.length === 0) return { ...absent(nearest), answer: '0' };
  return counted(evidenceOf(sure, subject), (proof) => asking.reel.clock(proof.start, proof.end));
}

/** A number with the occurrences that make it. One doubtful occurrence makes the number doubtful. */
export function counted(
  evidence: Draft['evidence'],
  text: (proof: Draft['evidence'][number]) => string,
): Draft {
  return {
    answer: String(evidence.length),
    confidence: Math.min(...evidence.map(({ score }) => score)),
    evidence,
    statements: evidence.map((proof, i) => ({ text: text(proof), proofs: [i] })),
  };
}

/** "How many … are there?": the most that the detector saw at once; what it doesn't know is counted in appearances. */
export async function answerCount(asking: Asking, subject: string): Promise<Draft> {
  const kind = knownKind(asking, subject);
  if (!kind) return answerTimes(asking, subject);
  const { reel } = asking;
  const most = mostAtOnce(reel.objects(kind), calibration.object.middle);
  if (most.count === 0) return { ...absent((await occurrences(asking, subject)).nearest), answer: '0' };
  const { starts, ends } = reel.table;
  return {
    answer: String(most.count),
    confidence: most.certainty,
    evidence: [
      {
        start: starts[most.patch],
        end: ends[most.patch],
        score: most.certainty,
        reason: `saw ${most.count} at once`,
      },
    ],
  };
}

/** The moments that pass, in time order, those that a cut divides joined; and the best of those that don't. */
export async function occurrences(
  asking: Asking,
  subject: string,
): Promise<{ sure: Hit[]; nearest: Hit | undefined }> {
  const limit = looked * asking.reel.parts.length;
  const checked = await confirm(asking, await asking.lookFor(subject, limit), subject);
  const sure: Hit[] = [];
  const passed = checked.filter(({ confidence }) => confidence >= calibration.confident);
  for (const hit of passed.sort((a, b) => a.start - b.start)) {
    const before = sure.at(-1);
    if (before && hit.start - before.end <= sameAppearance)
      sure[sure.length - 1] = {
        ...(hit.score > before.score ? hit : before),
        start: before.start,
        end: Math.max(before.end, hit.end),
      };
    else sure.push(hit);
  }
  return { sure, nearest: checked[0] };
}

/** Not here, as sure as the nearest moment is unlikely. */
export function absent(nearest: Hit | undefined): Draft {
  return {
    answer: noName.absent,
    confidence: 1 - (nearest?.confidence ?? 0),
    evidence: [],
    absence: true,
  };
}
