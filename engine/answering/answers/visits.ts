import { calibration } from '../../search/calibration.ts';
import { confirmVisits, knownThing, sawExplanation, visitsIn } from './followed.ts';
import { absent, answerTimes, counted, none, occurrences } from './occurrences.ts';
import type { Asking, RawAnswer, Proof } from '../asking.ts';
import type { Visit } from '../visits.ts';
import type { ParsedQuery } from '../../language/parsed-query.ts';

/** "How many … come in?": things are followed over time, so that somebody who stands there for a minute is one. */
export async function answerVisits(
  asking: Asking,
  subject: ParsedQuery,
  entering: boolean,
): Promise<RawAnswer> {
  const thing = knownThing(subject);
  if (!thing) return answerTimes(asking, subject);
  const { timeline } = asking;
  const visits = visitsIn(asking, thing);
  // Who is there from the beginning has not come in.
  const here = visits.filter(({ first }) => entering && timeline.recordingOf(first).first === first);
  const coming = visits.filter((visit) => !here.includes(visit));
  const evidence = await confirmVisits(asking, coming, subject);
  const text = (proof: Proof) => timeline.clock(proof.start, proof.end);
  if (evidence.length > 0) return { ...counted(evidence, text), ...withThose(asking, here, evidence) };
  if (here.length === 0) return none(absent(asking, subject, (await occurrences(asking, subject)).nearest));
  return {
    answer: '0',
    // Who is there from the beginning may have come just before.
    confidence: calibration.unjudged * Math.min(...here.map(({ confidence }) => confidence)),
    ...withThose(asking, here, []),
  };
}

/** The counted visits, and behind them those that were there from the beginning, which are told but not counted. */
function withThose(
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
