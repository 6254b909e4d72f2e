import { calibration, logistic, logOdds } from '../../search/calibration.ts';
import { confirm, evidenceOf, patchesToRead, peaksOf, type Asking, type Draft } from '../asking.ts';
import { isThere, yesNo } from '../../language/prompts.ts';

/** How many of the best moments are looked at again. */
const looked = 3;

/** "A dog and a cat", "animals or vehicles": "black and white" is one thing. */
const both = / and (?:an?|the|any|some) /u;
const either = / or (?:(?:an?|the|any|some) )?/u;

/** "Is there a …?", of one thing or of several, all or any of which must be there. */
export async function answerShown(asking: Asking, subject: string): Promise<Draft> {
  const all = subject.split(both);
  const things = all.length > 1 ? all : subject.split(either);
  if (things.length === 1) return answerOne(asking, subject);
  const drafts: { thing: string; draft: Draft }[] = [];
  for (const thing of things) drafts.push({ thing, draft: await answerOne(asking, thing) });
  const yes = (draft: Draft) => draft.answer === 'yes';
  const there = drafts.filter(({ draft }) => yes(draft));
  const is = all.length > 1 ? there.length === drafts.length : there.length > 0;
  // Those that decide it: all where all are, or none is; else those that are (any), or aren't (all).
  const deciding = drafts.filter(({ draft }) => yes(draft) === is);
  const evidence = there.flatMap(({ draft }) => draft.evidence);
  const confidences = deciding.map(({ draft }) => draft.confidence);
  return {
    answer: is ? 'yes' : 'no',
    confidence: is === all.length > 1 ? Math.min(...confidences) : Math.max(...confidences),
    evidence,
    statements: drafts.map(({ thing, draft }) => ({
      text: `${thing}: ${draft.answer}`,
      proofs: yes(draft) ? draft.evidence.map((proof) => evidence.indexOf(proof)) : [],
    })),
    ...(!is && { absence: true }),
  };
}

/**
 * "Is there a …?": the decoder reads the likeliest moments together with the rest of the video, then the likeliest
 * alone; both and the search's own evidence make one probability.
 */
async function answerOne(asking: Asking, subject: string): Promise<Draft> {
  const { reading } = asking;
  const hits = await asking.lookFor(subject, looked);
  const list = patchesToRead(asking, peaksOf(hits));
  const [whole] = reading.judges(subject) ? await reading.choose(list, isThere(subject), yesNo) : [undefined];
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
