import { calibration } from '../../search/calibration.ts';
import { cannotTell, silenceMeansNothing } from '../cannot.ts';
import { evidenceOf, type Asking, type RawAnswer, type Proof } from '../asking.ts';
import { noName, withArticle } from '../../language/prompts.ts';
import { occurrences } from './occurrences.ts';
import type { ParsedQuery } from '../../language/parsed-query.ts';

/**
 * "What came first, X or Y?": every occurrence of both, re-checked; the earliest (latest) decides. Over several
 * videos the first one that shows both does.
 */
export async function answerVersus(
  asking: Asking,
  things: readonly ParsedQuery[],
  end: 'first' | 'last',
  asks: boolean,
): Promise<RawAnswer> {
  const { timeline } = asking;
  const found: { query: ParsedQuery; thing: string; proofs: Proof[]; nearest: number }[] = [];
  for (const thing of things) {
    const { sure, nearest } = await occurrences(asking, thing);
    found.push({
      query: thing,
      thing: thing.text,
      proofs: evidenceOf(sure, thing),
      nearest: nearest?.confidence ?? 0,
    });
  }
  const both = timeline.recordings.find(({ first }) =>
    found.every(({ proofs }) => proofs.some((proof) => recordingOf(asking, proof) === first)),
  );
  const evidence = found.flatMap(({ proofs }) => proofs).sort((a, b) => a.start - b.start);
  const statements = found.map(({ thing, proofs }) => ({
    text:
      proofs.length > 0
        ? `${thing}: ${proofs.map((proof) => timeline.clock(proof.start, proof.end)).join(', ')}`
        : `${thing}: ${noName.absent}`,
    proofs: proofs.map((proof) => evidence.indexOf(proof)),
  }));
  const missing = found.filter(({ proofs }) => proofs.length === 0);
  for (const { query } of missing) {
    const cannot = silenceMeansNothing(asking, query);
    if (cannot) return { ...cannotTell(cannot, [], query), evidence, statements };
  }
  if (missing.length > 0) {
    const names = missing.map(({ thing }) => withArticle(thing)).join(' and ');
    const confidence = 1 - Math.max(...missing.map(({ nearest }) => nearest));
    return { answer: `${names} ${noName.absent}`, confidence, evidence, statements, absence: true };
  }
  if (!both) return { answer: 'not in the same video', confidence: 1, evidence, statements };
  const edges = found.map(({ thing, proofs }) => {
    const here = proofs.filter((proof) => recordingOf(asking, proof) === both.first);
    const edge = end === 'first' ? here.reduce(earlier) : here.reduce((a, b) => (b.end > a.end ? b : a));
    return { thing, at: end === 'first' ? edge.start : edge.end, score: edge.score };
  });
  const [one, other] = edges;
  const confidence = Math.min(one.score, other.score);
  if (one.at === other.at)
    return {
      answer: asks ? 'no, at the same time' : 'at the same time',
      confidence: confidence * calibration.disagreement,
      evidence,
      statements,
    };
  const leads = end === 'first' ? one.at < other.at : one.at > other.at;
  const named = leads ? one.thing : other.thing;
  return { answer: asks ? (leads ? 'yes' : 'no') : named, confidence, evidence, statements };
}

function recordingOf({ timeline }: Asking, { start }: Proof): number {
  return timeline.recordings.findLast(({ origin }) => origin <= start)?.first ?? 0;
}

function earlier(a: Proof, b: Proof): Proof {
  return b.start < a.start ? b : a;
}
