import { knownThing, proofOfVisit, sawExplanation, visitsIn } from './followed.ts';
import { absent, occurrences } from './occurrences.ts';
import { answerOpen } from './sequence.ts';
import { evidenceOf, surest, statedTogether, type Asking, type RawAnswer, type Proof } from '../asking.ts';
import { calibration } from '../../search/calibration.ts';
import { isVivid } from '../../search/object-fit.ts';
import { colours, shareOf, type Colour } from '../../protocol/colours.ts';
import type { ParsedQuery } from '../../language/parsed-query.ts';
import type { Visit } from '../visits.ts';

/**
 * "What colour is the car?": that of each one that the detector followed, as measured in its boxes. What it doesn't know a
 * decoder is asked about, unless that was taught names only: then the moments are shown, and the user must look.
 */
export async function answerColour(asking: Asking, subject: ParsedQuery): Promise<RawAnswer> {
  return (
    (await measured(asking, subject)) ??
    (asking.session.fewWords ? untold(asking, subject) : answerOpen(asking))
  );
}

async function untold(asking: Asking, subject: ParsedQuery): Promise<RawAnswer> {
  const { sure, nearest } = await occurrences(asking, subject);
  if (sure.length === 0) return absent(asking, subject, nearest);
  return { answer: 'can’t tell the colour', confidence: 0, evidence: evidenceOf(sure, subject) };
}

async function measured(asking: Asking, subject: ParsedQuery): Promise<RawAnswer | undefined> {
  const thing = knownThing(subject);
  if (!thing) return undefined;
  const visits = visitsIn(asking, thing, { least: 1, returns: 0 });
  if (visits.length === 0) return absent(asking, subject, (await occurrences(asking, subject)).nearest);
  const stated = visits.flatMap((visit) => {
    const colour = colourOf(visit);
    if (!colour) return [];
    const confidence = visit.confidence * (colour.clear ? 1 : calibration.unjudged);
    return [{ text: colour.name, proof: proofOf(visit, subject.text, colour.name), confidence }];
  });
  if (stated.length === 0) return undefined;
  const those = surest(stated);
  const confidence = Math.max(...those.map((one) => one.confidence));
  return { ...statedTogether(those), confidence };
}

/**
 * The name that a thing's colour has, over all its sightings, and whether it has one that anybody would call it by; undefined
 * where none were measured.
 */
function colourOf(visit: Visit): { name: Colour; clear: boolean } | undefined {
  const known = visit.colours.filter((packed) => packed > 0);
  if (known.length === 0) return undefined;
  const shares = colours.map((colour) => ({
    colour,
    share: known.reduce((sum, packed) => sum + shareOf(packed, colour), 0) / known.length,
  }));
  const most = (some: typeof shares) => some.reduce((a, b) => (b.share > a.share ? b : a));
  const vivid = most(shares.filter(({ colour }) => isVivid(colour)));
  const { called, clear } = calibration.colour;
  if (vivid.share >= called) return { name: vivid.colour, clear: vivid.share >= clear.vivid };
  const { colour, share } = most(shares);
  return { name: colour, clear: share >= clear.plain && vivid.share < clear.beside };
}

function proofOf(visit: Visit, subject: string, colour: Colour): Proof {
  return {
    ...proofOfVisit(visit, `${subject}: ${colour}`),
    why: [{ ...sawExplanation(visit), colours: [colour] }],
  };
}
