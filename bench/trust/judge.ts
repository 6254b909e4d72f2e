import type { Span } from '../../demo/questions.ts';
import type { AskResult, FindResult } from '../../engine/protocol/results.ts';
import type { Label, Truth } from './labels.ts';

/** What came back for a label, and whether it is so. */
export interface Outcome extends Label {
  /** Of which half its clip is; "late": of those that were added last, see docs/trust.md. */
  half: 'fit' | 'report' | 'late';
  /** Whether the model has the words, and is the kind of model, to know it. */
  knowable: boolean;
  /** What is claimed, in words. */
  said: string;
  /** How sure it is said to be; undefined where nothing is claimed. */
  confidence: number | undefined;
  /** Whether it is told as sure. */
  confident: boolean;
  right: boolean;
}

type Judged = Pick<Outcome, 'said' | 'confidence' | 'confident' | 'right'>;

/** A find claims that its best moment shows what was looked for. */
export function judgeFind({ confident, moments }: FindResult, truth: Truth): Judged {
  const best = moments.find(({ source }) => source !== 'name');
  if (!best)
    return { said: 'nothing', confidence: undefined, confident: false, right: truth.is === 'absent' };
  const right = truth.is === 'there' && (truth.spans.length === 0 || overlaps(best, truth.spans));
  const said = `${best.start.toFixed(1)} to ${best.end.toFixed(1)} s: ${best.reason}`;
  return { said, confidence: best.confidence, confident, right };
}

/** An answer claims what it says, unless it says that it can't. */
export function judgeAnswer(result: AskResult, truth: Truth): Judged {
  const { answer, confidence, confident, cannot, evidence } = result;
  if (cannot) return { said: answer, confidence: undefined, confident: false, right: truth.is === 'cannot' };
  return { said: answer, confidence, confident, right: isSo(answer, evidence, truth) };
}

const none = /^(?:no\b|not shown|nothing|none|0$)/u;

function isSo(answer: string, evidence: readonly Span[], truth: Truth): boolean {
  const said = answer.toLowerCase();
  switch (truth.is) {
    case 'yes':
      return /^yes\b/u.test(said);
    case 'no':
      return none.test(said);
    case 'count': {
      const [, least, most = least] = /^(\d+)(?: to (\d+))?/u.exec(said) ?? [];
      // A range says something if it isn't wide.
      const narrow = Number(most) - Number(least) <= Math.max(2, Number(most) / 2);
      return least !== undefined && narrow && Number(least) <= truth.most && Number(most) >= truth.least;
    }
    case 'only': {
      const told = said.split(/, | and /u).map((name) => name.replace(/^(?:an?|the) /u, '').trim());
      return told.length > 0 && told.every((name) => truth.names.includes(name));
    }
    case 'at':
    case 'there':
      return evidence[0] !== undefined && !none.test(said) && overlaps(evidence[0], truth.spans);
    case 'absent':
    case 'cannot':
      return false;
  }
}

/** Most of what is claimed lies there. */
function overlaps(claimed: Span, truth: readonly Span[]): boolean {
  const shared = truth.reduce(
    (sum, { start, end }) => sum + Math.max(0, Math.min(end, claimed.end) - Math.max(start, claimed.start)),
    0,
  );
  return shared >= 0.5 * Math.max(claimed.end - claimed.start, 0.1);
}
