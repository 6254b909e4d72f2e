import { clock } from '../../protocol/clock.ts';
import { calibration } from '../../search/calibration.ts';
import { cannotTell, silenceMeansNothing } from '../cannot.ts';
import { confirm, evidenceOf, type Asking, type RawAnswer } from '../asking.ts';
import { noName } from '../../language/prompts.ts';
import { mostAtOnce, withoutParts } from '../../search/object-scores.ts';
import { confirmVisits, knownThing, seenOf, visitsIn } from './followed.ts';
import { presences } from '../visits.ts';
import type { ParsedQuery } from '../../language/parsed-query.ts';
import type { Hit } from '../../search/hit.ts';
import { plural } from '../../protocol/plural.ts';

/** How many moments are looked at again to find every occurrence, in each video. */
const looked = 12;
/** Moments that follow each other this closely (seconds) are one appearance that a cut divides. */
const sameAppearance = 1;
/** Things that the detector follows may be out of sight for so many seconds within one appearance. */
const outOfSight = 4;

/** "When is the … shown?": every moment that passes the re-check, as times; or the first or last of them. */
export async function answerWhen(
  asking: Asking,
  subject: ParsedQuery,
  end?: 'first' | 'last',
): Promise<RawAnswer> {
  const { sure: all, nearest } = await occurrences(asking, subject);
  if (all.length === 0) {
    const thing = thingOf(asking, subject);
    if (thing === undefined) return absent(asking, subject, nearest);
    const known = await answerWhen(asking, thing, end);
    return known.absence || known.cannot
      ? known
      : { ...known, confidence: known.confidence * calibration.unjudged };
  }
  const sure = end === undefined ? all : [all[end === 'first' ? 0 : all.length - 1]];
  const times = sure.map(({ start, end }) => asking.timeline.clock(start, end));
  return {
    answer: times.join(', '),
    confidence: Math.max(...sure.map(({ confidence }) => confidence)),
    evidence: evidenceOf(sure, subject),
    statements: times.map((text, i) => ({ text, proofs: [i] })),
  };
}

/** "Red car" of "red car turn left": what the detector knows, before a few words that it doesn't. */
function thingOf({ parser }: Asking, subject: ParsedQuery): ParsedQuery | undefined {
  const words = subject.text.split(' ');
  const fewer = [1, 2, 3].map((doing) => words.slice(0, -doing).join(' '));
  return fewer
    .filter((thing) => thing !== '')
    .map((thing) => parser.thing(thing))
    .find(({ wanted }) => wanted.covered);
}

/**
 * "How many times does the … appear?": the appearances, each of them listed. What the detector knows is followed
 * over time; of anything else the moments that pass the re-check are counted.
 */
export async function answerTimes(asking: Asking, subject: ParsedQuery): Promise<RawAnswer> {
  const thing = knownThing(subject);
  if (thing && subject.category === undefined) {
    // What is cut away from and comes back appears twice, though it may have been there all the time.
    const stays = presences(visitsIn(asking, thing, { returns: 0 }), outOfSight);
    if (stays.length > 0) {
      const evidence = await confirmVisits(asking, stays, subject);
      return counted(evidence, (proof) => asking.timeline.clock(proof.start, proof.end));
    }
  }
  const { sure, nearest } = await occurrences(asking, subject);
  if (sure.length === 0) return none(absent(asking, subject, nearest));
  return counted(evidenceOf(sure, subject), (proof) => asking.timeline.clock(proof.start, proof.end));
}

/** What a question means by the whole of what it is about. */
const wholeVideo = /^(?:video|clip|film|movie|footage|recording)$/u;

/** "How long is the … visible?": all its appearances together; "how long is the video?": that. */
export async function answerDuration(asking: Asking, subject: ParsedQuery): Promise<RawAnswer> {
  const { timeline } = asking;
  if (wholeVideo.test(subject.text)) {
    const evidence = timeline.parts.map(({ origin, video }) => ({
      ...{ start: origin, end: origin + video.durationSec, score: 1, reason: 'the length of the file' },
    }));
    return { answer: lengthOf(evidence), confidence: 1, evidence };
  }
  const times = await answerTimes(asking, subject);
  if (times.cannot) return times;
  return times.absence ? { ...times, answer: noName.absent } : { ...times, answer: lengthOf(times.evidence) };
}

/** "14 seconds", or a clock's time from a minute on. */
function lengthOf(spans: readonly { start: number; end: number }[]): string {
  const seconds = spans.reduce((sum, { start, end }) => sum + end - start, 0);
  if (seconds >= 60) return clock(seconds);
  const rounded = Math.max(1, Math.round(seconds));
  return plural(rounded, 'second');
}

/** A number with the occurrences that make it. One doubtful occurrence makes the number doubtful. */
export function counted(
  evidence: RawAnswer['evidence'],
  text: (proof: RawAnswer['evidence'][number]) => string,
): RawAnswer {
  return {
    answer: String(evidence.length),
    confidence: Math.min(...evidence.map(({ score }) => score)),
    evidence,
    statements: evidence.map((proof, i) => ({ text: text(proof), proofs: [i] })),
  };
}

/** What the detector saw with this score, in two frames, may be one. Of a sure one the score is twice that. */
const perhapsOne = 0.16;

/** "3", or "2 to 3". */
export function rangeText(least: number, most: number): string {
  return least === most ? String(most) : `${least} to ${most}`;
}

/** "How many … are there?": the most that the detector saw at once; kinds and what it doesn't know are counted in appearances. */
export async function answerCount(asking: Asking, subject: ParsedQuery): Promise<RawAnswer> {
  const thing = knownThing(subject);
  if (!thing || subject.category !== undefined) return answerTimes(asking, subject);
  const { timeline } = asking;
  const seen = seenOf(asking, thing);
  const most = mostAtOnce(seen, asking.numbers);
  if (most.count === 0) return none(absent(asking, subject, (await occurrences(asking, subject)).nearest));
  const { starts, ends } = timeline.table;
  // Who is hardly seen beside them may be one more.
  const perhaps = Math.max(
    most.count,
    mostAtOnce(withoutParts(seen), { object: { ...asking.numbers.object, middle: perhapsOne } }).count,
  );
  return {
    answer: rangeText(most.count, perhaps),
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

/**
 * The moments that pass, in time order, and the best of those that don't. Those that a cut divides are joined, but not where
 * a kind was asked for: beyond the cut there is another animal.
 */
export async function occurrences(
  asking: Asking,
  subject: ParsedQuery,
): Promise<{ sure: Hit[]; nearest: Hit | undefined }> {
  const limit = looked * asking.timeline.parts.length;
  const checked = await confirm(asking, await asking.lookFor(subject, limit), subject);
  const joins = subject.category === undefined;
  const sure: Hit[] = [];
  const passed = checked.filter(({ confidence }) => confidence >= calibration.confident);
  for (const hit of passed.sort((a, b) => a.start - b.start)) {
    const before = sure.at(-1);
    if (joins && before && hit.start - before.end <= sameAppearance)
      sure[sure.length - 1] = {
        ...(hit.score > before.score ? hit : before),
        start: before.start,
        end: Math.max(before.end, hit.end),
      };
    else sure.push(hit);
  }
  return { sure, nearest: checked[0] };
}

/** None of them, where that can be told. */
export function none(raw: RawAnswer): RawAnswer {
  return raw.cannot ? raw : { ...raw, answer: '0' };
}

/** Not here, as sure as the nearest moment is unlikely, where it would have been found; else it can't be told. */
export function absent(asking: Asking, thing: ParsedQuery, nearest: Hit | undefined): RawAnswer {
  const cannot = silenceMeansNothing(asking, thing, nearest);
  if (cannot) return cannotTell(cannot, nearest ? [nearest] : [], thing);
  return {
    answer: noName.absent,
    confidence: 1 - (nearest?.confidence ?? 0),
    evidence: [],
    absence: true,
  };
}
