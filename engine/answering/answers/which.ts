import { occurrences, absent } from './occurrences.ts';
import { cannotTell } from '../cannot.ts';
import { calibration } from '../../search/calibration.ts';
import { evidenceOf, nameOf, statedTogether, type Asking, type RawAnswer, type Stated } from '../asking.ts';
import type { Hit } from '../../search/hit.ts';
import type { ParsedQuery } from '../../language/parsed-query.ts';

/** So many moments are named. */
const named = 16;

interface Named extends Stated {
  confidence: number;
}

/**
 * "Which animals are there?": the moments that show one of the kind, each with its name by the decoder, or by the detector
 * where the decoder isn't sure.
 */
export async function answerWhich(asking: Asking, kind: ParsedQuery): Promise<RawAnswer> {
  const { sure, nearest } = await occurrences(asking, kind);
  if (sure.length === 0) return absent(asking, kind, nearest);
  const found: Named[] = [];
  for (const hit of sure.slice(0, named)) {
    const one = await nameIn(asking, hit, kind);
    if (one.text !== '') found.push(one);
  }
  if (found.length === 0)
    return cannotTell({ code: 'unclear-footage', thing: kind.thing }, sure.slice(0, 1), kind);
  const confidence = found.reduce((sum, one) => sum + one.confidence, 0) / Math.max(1, found.length);
  return { ...statedTogether(found), confidence };
}

async function nameIn(asking: Asking, hit: Hit, kind: ParsedQuery): Promise<Named> {
  const { name, confidence, evidence } = await nameOf(asking, hit);
  const ofKind = kind.wanted.objects.flatMap(({ labels }) => labels);
  const known = new Set(asking.timeline.seenIn(hit).map(({ label }) => label));
  // What the detector knows by name and isn't of the kind was seen beside it.
  if (known.has(name) && !ofKind.includes(name)) return { text: '', confidence: 0, proof: evidence };
  const saw = hit.explanations.find((one) => one.code === 'saw');
  if (confidence < calibration.confident && hit.source === 'object' && saw) {
    // The decoder isn't sure, or calls it something else: the detector's word for one of a kind is a guess at it.
    const agrees = asking.parser.thing(name).wanted.objects.some(({ labels }) => labels.includes(saw.label));
    const sure =
      agrees || !asking.session.fewWords ? hit.confidence : Math.min(hit.confidence, calibration.unconfirmed);
    return { text: saw.label, confidence: sure, proof: evidenceOf([hit], kind)[0] };
  }
  return { text: name, confidence, proof: { ...evidence, start: hit.start, end: hit.end } };
}
