import { calibration } from '../search/calibration.ts';
import type { AskRun, Evidence } from '../protocol/results.ts';
import type { RawAnswer, Proof } from './asking.ts';
import type { ConcatenatedTimeline } from './timeline.ts';

/** A raw with its proofs where they are in the footage, and what of it is supported. */
export function resultOf(raw: RawAnswer, timeline: ConcatenatedTimeline): Omit<AskRun, 'gamma' | 'timing'> {
  const evidence = raw.evidence.map((proof) => placed(proof, timeline));
  const parts = raw.statements ?? [{ text: raw.answer, proofs: raw.evidence.map((_, i) => i) }];
  const statements = parts
    .filter(({ text }) => text !== '')
    .map(({ text, proofs }) => {
      const score = Math.max(0, ...proofs.map((i) => evidence[i].score));
      // What is not there can't be shown: the search's own certainty stands for it.
      const silent = proofs.length === 0 && raw.absence === true;
      return {
        text,
        supported: silent ? raw.confidence >= calibration.absent : score >= calibration.supported,
        score: silent ? raw.confidence : score,
        evidence: proofs,
      };
    });
  const enough = raw.absence ? calibration.absent : calibration.confident;
  return {
    answer: raw.answer,
    confidence: raw.confidence,
    confident: raw.answer !== '' && raw.confidence >= enough && isSupported(raw),
    evidence,
    statements: raw.cannot ? [] : statements,
    ...(raw.cannot && { cannot: raw.cannot }),
  };
}

function placed({ start, end, score, reason, why }: Proof, timeline: ConcatenatedTimeline): Evidence {
  const { video, seconds } = timeline.locate(start);
  return {
    videoId: video.id,
    path: video.path,
    start: Math.max(0, seconds),
    end: Math.max(0, seconds + end - start),
    score,
    reason,
    ...(why && { why }),
    supported: score >= calibration.supported,
  };
}

/** A decoder may be sure of a wrong name: what it says must also be found where it says it is. */
function isSupported({ evidence, absence }: RawAnswer): boolean {
  if (evidence.length === 0) return absence === true;
  const sum = evidence.reduce((all, { score }) => all + score, 0);
  return sum / evidence.length >= calibration.supported;
}
