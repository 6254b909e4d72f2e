import { calibration } from '../calibration.ts';
import { confirm, evidenceOf, lookFor, type Asking, type Draft } from '../asking.ts';
import { clock } from '../../protocol/clock.ts';
import { noName } from '../prompts.ts';
import { mostAtOnce } from '../object-scores.ts';
import type { Hit } from '../search.ts';

/** How many moments are looked at again to find every occurrence. */
const looked = 12;
/** Moments that follow each other this closely (seconds) are one appearance that a cut divides. */
const sameAppearance = 1;

/** "When is the … shown?": every moment that passes the re-check, as times. */
export async function answerWhen(asking: Asking, subject: string): Promise<Draft> {
  const { sure, nearest } = await occurrences(asking, subject);
  if (sure.length === 0) return absent(nearest);
  const times = sure.map(({ start, end }) => `${clock(start)} to ${clock(end)}`);
  return {
    answer: times.join(', '),
    confidence: Math.max(...sure.map(({ confidence }) => confidence)),
    evidence: evidenceOf(sure, subject),
  };
}

/** "How many times does the … appear?": the appearances that pass the re-check, each of them listed. */
export async function answerTimes(asking: Asking, subject: string): Promise<Draft> {
  const { sure, nearest } = await occurrences(asking, subject);
  if (sure.length === 0) return { ...absent(nearest), answer: '0' };
  return {
    answer: String(sure.length),
    // One doubtful appearance makes the number doubtful.
    confidence: Math.min(...sure.map(({ confidence }) => confidence)),
    evidence: evidenceOf(sure, subject),
  };
}

/** "How many … are there?": the most that the detector saw at once; what it doesn't know is counted in appearances. */
export async function answerCount(asking: Asking, subject: string): Promise<Draft> {
  const wanted = asking.match(subject);
  if (!wanted.covered || wanted.objects.length !== 1) return answerTimes(asking, subject);
  const { store, footage } = asking;
  const labels = wanted.objects[0].labels;
  const { middle } = calibration.object;
  const most = mostAtOnce(store.objects(footage.video.id, labels), middle);
  if (most.count === 0) return { ...absent((await occurrences(asking, subject)).nearest), answer: '0' };
  const { starts, ends } = footage.table;
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
async function occurrences(
  asking: Asking,
  subject: string,
): Promise<{ sure: Hit[]; nearest: Hit | undefined }> {
  const checked = await confirm(asking, await lookFor(asking, subject, looked), subject);
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

function absent(nearest: Hit | undefined): Draft {
  return { answer: noName.absent, confidence: 1 - (nearest?.confidence ?? 0), evidence: [] };
}
