import { knownThing, proofOfVisit, visitsIn } from './followed.ts';
import { absent, occurrences } from './occurrences.ts';
import { answerOpen } from './sequence.ts';
import {
  evidenceOf,
  mostStated,
  patchesToSee,
  surest,
  statedTogether,
  type Asking,
  type RawAnswer,
  type Stated,
} from '../asking.ts';
import { decoderPrompt, sides, sidesWritten, type Side } from '../../language/prompts.ts';
import type { Hit } from '../../search/hit.ts';
import type { Visit } from '../visits.ts';
import type { ParsedQuery } from '../../language/parsed-query.ts';

/** Whose middle is left of the first, or right of the second, is at that side: as the decoder was taught (sights.py). */
const edges = [0.42, 0.58] as const;

interface Placed extends Stated {
  confidence: number;
}

/**
 * "Where in the picture is the car?": of what the detector followed by its boxes, of anything else as the decoder sees it,
 * for each moment that shows it.
 */
export async function answerWhere(asking: Asking, subject: ParsedQuery): Promise<RawAnswer> {
  const followed = followedOf(asking, subject);
  if (followed.length > 0) return together(followed);
  if (!asking.session.fewWords) return answerOpen(asking);
  const { sure, nearest } = await occurrences(asking, subject);
  if (sure.length === 0) return absent(asking, subject, nearest);
  if (!asking.session.judges(subject))
    return { answer: 'can’t tell where', confidence: 0, evidence: evidenceOf(sure, subject) };
  const read: Placed[] = [];
  for (const hit of sure.slice(0, mostStated)) read.push(await placeOf(asking, hit, subject));
  return together(read);
}

/** Where the decoder sees it, from the beginning of a moment to its end. */
async function placeOf(asking: Asking, hit: Hit, subject: ParsedQuery): Promise<Placed> {
  const question = decoderPrompt({ kind: 'where', subject: subject.text }, asking.question.text);
  const seen: { side: Side; chance: number }[] = [];
  for (const patch of patchesToSee(hit)) {
    const chances = await asking.session.choose([patch], question, sidesWritten);
    const chance = Math.max(...chances);
    seen.push({ side: sides[chances.indexOf(chance)], chance });
  }
  const [from, to] = [seen[0], seen.at(-1)!];
  const [proof] = evidenceOf([hit], subject);
  const confidence = hit.confidence * Math.min(from.chance, to.chance);
  return { text: pathText(from.side, to.side), confidence, proof };
}

function together(placed: readonly Placed[]): RawAnswer {
  return { ...statedTogether(placed), confidence: Math.max(...placed.map(({ confidence }) => confidence)) };
}

function followedOf(asking: Asking, subject: ParsedQuery): Placed[] {
  const thing = knownThing(subject);
  const visits = thing ? visitsIn(asking, thing, { least: 1, returns: 0 }) : [];
  return surest(visits).map((visit) => {
    const text = pathOf(visit);
    return { text, confidence: visit.confidence, proof: proofOfVisit(visit, `${subject.text}: ${text}`) };
  });
}

/** Where a visit's boxes are in its first third and in its last. */
function pathOf({ middles }: Visit): string {
  const third = Math.ceil(middles.length / 3);
  return pathText(sideOf(middles.slice(0, third)), sideOf(middles.slice(-third)));
}

/** "left", or "left to right" of what is at another side in the end. */
function pathText(from: Side, to: Side): string {
  return from === to ? from : `${from} to ${to}`;
}

function sideOf(middles: readonly number[]): Side {
  const mean = middles.reduce((sum, x) => sum + x, 0) / middles.length;
  return mean < edges[0] ? 'left' : mean > edges[1] ? 'right' : 'middle';
}
