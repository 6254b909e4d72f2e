import { calibration } from '../../search/calibration.ts';
import { cannotTell } from '../cannot.ts';
import { confirmVisits, knownThing, sawExplanation, seenOf, visitsIn } from './followed.ts';
import { absent, answerTimes, none, occurrences, rangeText } from './occurrences.ts';
import { likenessOf, sameColours, type Visit } from '../visits.ts';
import type { Asking, RawAnswer, Proof } from '../asking.ts';
import type { ParsedQuery } from '../../language/parsed-query.ts';

/** From so many on, following them makes mistakes: a range is told, so much of the number to either side. */
const many = { from: 11, around: 0.2 };
/** More than these nobody tells apart in a picture. */
const mostTold = 30;
/** Boxes are given to one thing rather than to another rightly with this chance, for each that is counted. By hand. */
const followedRight = 0.985;

/**
 * "How many … come in?": things are followed over time, so that somebody who stands there for a minute is one. What isn't sure
 * makes it a range: who was hardly seen, who may have been somebody else at the picture's edge, and, of different ones, who may
 * be the same again, since nobody is recognised but by the colours they have.
 * @param distinct whether different ones are asked for, rather than how many times one came
 */
export async function answerVisits(
  asking: Asking,
  subject: ParsedQuery,
  { entering, distinct = false }: { entering: boolean; distinct?: boolean },
): Promise<RawAnswer> {
  const thing = knownThing(subject);
  if (!thing) return answerTimes(asking, subject);
  const { timeline } = asking;
  const visits = visitsIn(asking, thing);
  // Who is there from the beginning has not come in.
  const here = visits.filter(({ first }) => entering && timeline.recordingOf(first).first === first);
  const coming = visits.filter((visit) => !here.includes(visit));
  const evidence = await confirmVisits(asking, coming, subject);
  const { least, most } = boundsOf(visits, coming, evidence, distinct);
  if (most > mostTold)
    return cannotTell(
      { code: 'unclear-footage', thing: subject.thing },
      (await occurrences(asking, subject)).sure,
      subject,
    );
  if (most > 0) {
    const sure = evidence.filter(({ score }) => score >= calibration.confident);
    const counted = sure.length > 0 ? sure : evidence;
    const confidence = Math.min(...counted.map(({ score }) => score)) * followedRight ** coming.length;
    return { answer: rangeText(least, most), confidence, ...listed(asking, here, evidence) };
  }
  if (here.length > 0)
    return {
      answer: '0',
      // Who is there from the beginning may have come just before.
      confidence: calibration.unjudged * Math.min(...here.map(({ confidence }) => confidence)),
      ...listed(asking, here, []),
    };
  const nobody = none(absent(asking, subject, (await occurrences(asking, subject)).nearest));
  // What flickered up may have been one, in part or for a moment: then none is only the least.
  const flickers = momentsOf(asking, thing);
  return nobody.cannot || flickers === 0
    ? nobody
    : {
        ...nobody,
        answer: rangeText(0, flickers),
        confidence: Math.min(nobody.confidence, calibration.unjudged),
      };
}

/** The least and the most that the visits may have been. */
function boundsOf(
  all: readonly Visit[],
  visits: readonly Visit[],
  evidence: readonly Proof[],
  distinct: boolean,
): { least: number; most: number } {
  const sure = visits.filter((_, i) => evidence[i].score >= calibration.confident);
  const turns = sure.reduce((sum, one) => sum + one.turns, 0);
  const most = visits.length + turns;
  const apart = sure.filter((one) => !appearsBeside(one, all));
  const least = distinct ? differentOf(apart) : apart.length;
  if (most < many.from) return { least, most };
  return {
    least: Math.min(least, Math.floor(most * (1 - many.around))),
    most: Math.ceil(most * (1 + many.around)),
  };
}

/**
 * Whether it begins amid the picture, where another was just then: two who pass each other may be lost and found, and are no third.
 */
function appearsBeside(one: Visit, all: readonly Visit[]): boolean {
  const [x] = one.middles;
  if (x < amid || x > 1 - amid) return false;
  return all.some((other) => {
    if (other === one || other.start >= one.start || other.end + 1 < one.start) return false;
    const at = Math.min(other.middles.length - 1, Math.round(2 * (one.start - other.start)));
    return Math.abs(other.middles[at] - x) <= beside;
  });
}

/** Nearer to a side than this one comes in there; two nearer to each other than this are beside each other. */
const amid = 0.12;
const beside = 0.15;

/** How many different ones there are at least: who comes after another left, and looks like them, may be the same. */
function differentOf(visits: readonly Visit[]): number {
  const known: Visit[][] = [];
  for (const visit of visits.toSorted((a, b) => a.start - b.start)) {
    const same = known.find(
      (own) =>
        own.at(-1)!.end <= visit.start &&
        own.some((one) => likenessOf(one.colours, visit.colours) >= sameColours),
    );
    if (same) same.push(visit);
    else known.push([visit]);
  }
  return known.length;
}

/** How many times something of the kind was seen for less than a visit, surely enough to be counted. */
function momentsOf(asking: Asking, thing: Parameters<typeof seenOf>[1]): number {
  const { numbers, timeline } = asking;
  const patches = seenOf(asking, thing)
    .filter(({ score }) => score >= numbers.object.counted)
    .map(({ patch }) => timeline.table.starts[patch]);
  return patches.filter((start, i) => i === 0 || start - patches[i - 1] > apart).length;
}

/** Seconds between two moments that are two. */
const apart = 2;

/** The counted visits, and behind them those that were there from the beginning, which are told but not counted. */
function listed(
  { timeline }: Asking,
  here: readonly Visit[],
  evidence: readonly Proof[],
): Pick<RawAnswer, 'evidence' | 'statements'> {
  const uncounted = here.map((visit) => ({
    start: visit.start,
    end: visit.end,
    score: visit.confidence,
    reason: 'there from the beginning, not counted',
    why: [sawExplanation(visit)],
  }));
  const all = [...evidence, ...uncounted];
  const note = (i: number) => (i < evidence.length ? '' : ', there from the beginning, not counted');
  return {
    evidence: all,
    statements: all.map(({ start, end }, i) => ({
      text: `${timeline.clock(start, end)}${note(i)}`,
      proofs: [i],
    })),
  };
}
