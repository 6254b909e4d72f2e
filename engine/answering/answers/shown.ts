import { calibration, logistic, logOdds } from '../../search/calibration.ts';
import { cannotTell, classOnly, silenceMeansNothing } from '../cannot.ts';
import { confirm, evidenceOf, patchesToRead, peaksOf, type Asking, type RawAnswer } from '../asking.ts';
import { isThere, yesNo } from '../../language/prompts.ts';
import type { ParsedQuery } from '../../language/parsed-query.ts';

/** How many of the best moments are looked at again. */
const looked = 3;

/** "A dog and a cat", "animals or vehicles": "black and white" is one thing. */
const both = / and (?:an?|the|any|some) /u;
const either = / or (?:(?:an?|the|any|some) )?/u;

/** "Is there a …?", of one thing or of several, all or any of which must be there. */
export async function answerShown(asking: Asking, subject: ParsedQuery): Promise<RawAnswer> {
  const all = subject.text.split(both);
  const things = all.length > 1 ? all : subject.text.split(either);
  if (things.length === 1) return answerOne(asking, subject);
  const answers: { thing: string; raw: RawAnswer }[] = [];
  for (const thing of things)
    answers.push({ thing, raw: await answerOne(asking, asking.parser.thing(thing)) });
  const yes = (raw: RawAnswer) => raw.answer === 'yes';
  // One that can't be told leaves the whole open, unless the others decide it.
  const open = answers.find(({ raw }) => raw.cannot);
  const decided = answers.some(({ raw }) => (all.length > 1 ? raw.answer === 'no' : yes(raw)));
  if (open && !decided) return open.raw;
  const there = answers.filter(({ raw }) => yes(raw));
  const is = all.length > 1 ? there.length === answers.length : there.length > 0;
  // Those that decide it: all where all are, or none is; else those that are (any), or aren't (all).
  const deciding = answers.filter(({ raw }) => yes(raw) === is);
  const evidence = there.flatMap(({ raw }) => raw.evidence);
  const confidences = deciding.map(({ raw }) => raw.confidence);
  return {
    answer: is ? 'yes' : 'no',
    confidence: is === all.length > 1 ? Math.min(...confidences) : Math.max(...confidences),
    evidence,
    statements: answers.map(({ thing, raw }) => ({
      text: `${thing}: ${raw.cannot ? 'can’t tell' : raw.answer}`,
      proofs: yes(raw) ? raw.evidence.map((proof) => evidence.indexOf(proof)) : [],
    })),
    ...(!is && { absence: true }),
  };
}

/**
 * "Is there a …?": the decoder reads the likeliest moments together with the rest of the video, then the likeliest
 * alone; both and the search's own evidence make one probability.
 */
async function answerOne(asking: Asking, subject: ParsedQuery): Promise<RawAnswer> {
  const { session } = asking;
  const hits = await asking.lookFor(subject, looked);
  const list = patchesToRead(asking, peaksOf(hits));
  const [whole] = session.judges(subject)
    ? await session.choose(list, isThere(subject.text), yesNo)
    : [undefined];
  const checked = await confirm(asking, hits, subject);
  const best = checked[0]?.confidence ?? 0;
  const narrower = classOnly(asking, subject, checked[0]);
  if (narrower && best < calibration.confident) return cannotTell(narrower, checked.slice(0, 1), subject);
  const weights = calibration.shown;
  const reads = session.numbers.reading[checked[0]?.source ?? 'scene'];
  const yes = whole === undefined ? best : logistic(reads * logOdds(whole) + weights.moment * logOdds(best));
  // The search alone must be as sure as for a find.
  const enough = whole === undefined ? calibration.confident : 0.5;
  if (yes < enough) {
    const cannot = silenceMeansNothing(asking, subject);
    if (cannot) return cannotTell(cannot, checked.slice(0, 1), subject);
    return { answer: 'no', confidence: 1 - yes, evidence: [], absence: true };
  }
  const proofs = checked.filter((hit, i) => i === 0 || hit.confidence >= 0.5);
  return { answer: 'yes', confidence: yes, evidence: evidenceOf(proofs, subject) };
}
