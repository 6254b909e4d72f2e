import { calibration, logistic, logOdds } from '../calibration.ts';
import { confirm, evidenceOf, patchesToRead, peaksOf, type Asking, type Draft } from '../asking.ts';
import { decoderPrompt, yesNo } from '../prompts.ts';

/** How many of the best moments are looked at again. */
const looked = 3;

/**
 * "Is there a …?": the decoder reads the likeliest moments together with the rest of the video, then the likeliest
 * alone; both and the search's own evidence make one probability.
 */
export async function answerShown(asking: Asking, subject: string): Promise<Draft> {
  const { reading, question, asked } = asking;
  const hits = await asking.lookFor(subject, looked);
  const list = patchesToRead(asking, peaksOf(hits));
  const [whole] = reading.judges(subject)
    ? await reading.choose(list, decoderPrompt(question, asked), yesNo)
    : [undefined];
  const checked = await confirm(asking, hits, subject);
  const best = checked[0]?.confidence ?? 0;
  const weights = calibration.shown;
  const reads = weights.reading[checked[0]?.source ?? 'scene'];
  const yes = whole === undefined ? best : logistic(reads * logOdds(whole) + weights.moment * logOdds(best));
  // The search alone must be as sure as for a find.
  const enough = whole === undefined ? calibration.confident : 0.5;
  if (yes < enough) return { answer: 'no', confidence: 1 - yes, evidence: [], absence: true };
  const proofs = checked.filter((hit, i) => i === 0 || hit.confidence >= 0.5);
  return { answer: 'yes', confidence: yes, evidence: evidenceOf(proofs, subject) };
}
