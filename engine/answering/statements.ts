import { calibration } from '../search/calibration.ts';
import type { AskRun, Evidence } from '../protocol/results.ts';
import type { Draft, Proof } from './asking.ts';
import type { Reel } from './timeline.ts';

/** A draft with its proofs where they are in the footage, and what of it is supported. */
export function dress(draft: Draft, reel: Reel): Omit<AskRun, 'gamma' | 'timing'> {
  const evidence = draft.evidence.map((proof) => placed(proof, reel));
  const parts = draft.statements ?? [{ text: draft.answer, proofs: draft.evidence.map((_, i) => i) }];
  const statements = parts
    .filter(({ text }) => text !== '')
    .map(({ text, proofs }) => {
      const score = Math.max(0, ...proofs.map((i) => evidence[i].score));
      // What is not there can't be shown: the search's own certainty stands for it.
      const silent = proofs.length === 0 && draft.absence === true;
      return {
        text,
        supported: silent ? draft.confidence >= calibration.confident : score >= calibration.supported,
        score: silent ? draft.confidence : score,
        evidence: proofs,
      };
    });
  return {
    answer: draft.answer,
    confidence: draft.confidence,
    confident: draft.answer !== '' && draft.confidence >= calibration.confident && isSupported(draft),
    evidence,
    statements,
  };
}

function placed({ start, end, score, reason, why }: Proof, reel: Reel): Evidence {
  const { video, seconds } = reel.locate(start);
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
function isSupported({ evidence, absence }: Draft): boolean {
  if (evidence.length === 0) return absence === true;
  const sum = evidence.reduce((all, { score }) => all + score, 0);
  return sum / evidence.length >= calibration.supported;
}
