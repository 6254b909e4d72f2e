import { logistic } from '../../search/calibration.ts';
import { reasonsText } from '../../protocol/reasons.ts';
import type { ParsedQuery } from '../../language/parsed-query.ts';
import type { Asking, Proof, RawAnswer } from '../asking.ts';

/** So many sentences are quoted. */
const mostQuoted = 3;

/** What is said about it, or written on screen, word for word, with its moments; undefined where nothing is. */
export function answerSaid(asking: Asking, thing: ParsedQuery | undefined): RawAnswer | undefined {
  if (!thing) return undefined;
  const found = asking.saidOf(thing).slice(0, mostQuoted);
  if (found.length === 0) return undefined;
  const quoted = found.toSorted((a, b) => a.start - b.start);
  const evidence = quoted.map(({ start, end, score, explanations }): Proof => ({
    ...{ start, end, score: logistic(score) },
    reason: `${thing.thing}: ${reasonsText(explanations)}`,
    why: explanations,
  }));
  const statements = quoted.map(({ start, end, explanations }, i) => ({
    text: `${asking.timeline.clock(start, end)}: ${reasonsText(explanations)}`,
    proofs: [i],
  }));
  return {
    answer: statements.map(({ text }) => text).join('; '),
    confidence: Math.max(...evidence.map(({ score }) => score)),
    evidence,
    statements,
  };
}
