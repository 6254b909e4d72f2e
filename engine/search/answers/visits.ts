import { logistic, logOdds } from '../calibration.ts';
import { stepOf } from '../recheck.ts';
import { isThere, yesNo } from '../prompts.ts';
import { spread } from '../select.ts';
import { visitsOf, type Visit } from '../visits.ts';
import { absent, answerTimes, counted, occurrences } from './occurrences.ts';
import type { Asking, Draft, Proof } from '../asking.ts';

/** How many patches of a visit the decoder looks at, and how many visits at most: the surest need no second look. */
const patchesPerVisit = 4;
const mostChecked = 48;

/** The detector's classes for a thing that it knows entirely; undefined for "red bottle" and for "wedding". */
export function knownKind({ match }: Asking, subject: string): readonly string[] | undefined {
  const { covered, objects } = match(subject);
  return covered && objects.length === 1 && !objects[0].places?.length ? objects[0].labels : undefined;
}

/** The visits of a kind of thing in all the footage. */
export function visitsIn(
  { reel }: Asking,
  labels: readonly string[],
  options: Parameters<typeof visitsOf>[3] = {},
): Visit[] {
  return visitsOf(reel.objects(labels), reel.table, reel.shots, options);
}

/** "How many … come in?": things are followed over time, so that somebody who stands there for a minute is one. */
export async function answerVisits(asking: Asking, subject: string, entering: boolean): Promise<Draft> {
  const kind = knownKind(asking, subject);
  if (!kind) return answerTimes(asking, subject);
  const { reel } = asking;
  const visits = visitsIn(asking, kind);
  // Who is there from the beginning has not come in.
  const here = visits.filter(({ first }) => entering && reel.partOf(first).first === first);
  const coming = visits.filter((visit) => !here.includes(visit));
  const evidence = await confirmVisits(asking, coming, subject);
  const text = (proof: Proof) => reel.clock(proof.start, proof.end);
  if (evidence.length > 0) return { ...counted(evidence, text), ...withThose(asking, here, evidence) };
  if (here.length === 0) return { ...absent((await occurrences(asking, subject)).nearest), answer: '0' };
  return {
    answer: '0',
    confidence: Math.min(...here.map(({ confidence }) => confidence)),
    ...withThose(asking, here, []),
  };
}

/** The counted visits, and behind them those that were there from the beginning, which are told but not counted. */
function withThose(
  { reel }: Asking,
  here: readonly Visit[],
  evidence: readonly Proof[],
): Pick<Draft, 'evidence' | 'statements'> {
  const uncounted = here.map(({ start, end, confidence }) => ({
    start,
    end,
    score: confidence,
    reason: 'there from the beginning, not counted',
  }));
  const all = [...evidence, ...uncounted];
  const note = (i: number) => (i < evidence.length ? '' : ', there from the beginning, not counted');
  return {
    evidence: all,
    statements: all.map(({ start, end }, i) => ({
      text: `${reel.clock(start, end)}${note(i)}`,
      proofs: [i],
    })),
  };
}

/** Visits as proofs, each looked at again by the decoder, which can raise doubts but not lift the detector's. */
export async function confirmVisits(
  { reading }: Asking,
  visits: readonly Visit[],
  subject: string,
): Promise<Proof[]> {
  const doubtful = visits.toSorted((a, b) => a.confidence - b.confidence).slice(0, mostChecked);
  const proofs: Proof[] = [];
  for (const visit of visits) {
    const { start, end, confidence, frames } = visit;
    const saw = `${subject}: followed through ${frames} frames`;
    if (!doubtful.includes(visit)) {
      proofs.push({ start, end, score: confidence, reason: saw });
      continue;
    }
    const [yes] = await reading.choose(patchesOf(visit), isThere(subject), yesNo);
    const step = stepOf('object', yes);
    proofs.push({
      start,
      end,
      score: logistic(logOdds(confidence) + step),
      reason: `${saw}; second look: ${yes >= 0.5 ? 'yes' : 'no'} (${Math.round(100 * Math.max(yes, 1 - yes))} %)`,
    });
  }
  return proofs;
}

function patchesOf({ first, past, peak }: Visit): number[] {
  const all = Array.from({ length: past - first }, (_, i) => first + i);
  return [...new Set([peak, ...spread(all, patchesPerVisit - 1)])].sort((a, b) => a - b);
}
