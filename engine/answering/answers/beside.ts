import { absent } from './occurrences.ts';
import { answerOpen } from './sequence.ts';
import { isBorneOut } from '../borne-out.ts';
import { calibration, logistic, objectLogOdds } from '../../search/calibration.ts';
import {
  confirm,
  evidenceOf,
  sureOf,
  statedTogether,
  type Asking,
  type RawAnswer,
  type Stated,
} from '../asking.ts';
import { decoderPrompt, noName } from '../../language/prompts.ts';
import type { ParsedQuery } from '../../language/parsed-query.ts';
import type { Hit } from '../../search/hit.ts';

/** How many of the best moments are looked at again. */
const looked = 3;

interface Seen extends Stated {
  confidence: number;
}

/**
 * "What is next to the dog?": at the best moment that shows it, what else the detector sees there, and what the decoder
 * names.
 */
export async function answerBeside(asking: Asking, subject: ParsedQuery): Promise<RawAnswer> {
  const [anchor] = await confirm(asking, await asking.lookFor(subject, looked), subject);
  if (!anchor || anchor.confidence < calibration.confident) return absent(asking, subject, anchor);
  const seen = othersSeen(asking, anchor, subject);
  if (seen.length === 0 && !asking.session.fewWords) return answerOpen(asking);
  const evidence = evidenceOf([anchor], subject);
  if (seen.length === 0 && !asking.session.judges(subject))
    return { answer: 'can’t tell what is beside it', confidence: 0, evidence };
  const named = seen.length > 0 ? undefined : await otherNamed(asking, anchor, subject);
  const others = named ? [named] : seen;
  if (others.length === 0) return { answer: noName.nothing, confidence: anchor.confidence / 2, evidence };
  const confidence = Math.min(anchor.confidence, Math.max(...others.map((one) => one.confidence)));
  return { ...statedTogether(others), confidence };
}

/** What the detector saw beside it at its peak, another of its kind too, the surest first. */
function othersSeen({ timeline, numbers }: Asking, hit: Hit, subject: ParsedQuery): Seen[] {
  const own = new Set(subject.wanted.objects.flatMap(({ labels }) => labels));
  const best = new Map<string, number>();
  const ofFrame = Map.groupBy(timeline.seenIn({ first: hit.peak, past: hit.peak + 1 }), ({ frame }) => frame);
  for (const seen of ofFrame.values()) {
    const asked = seen.filter(({ label }) => own.has(label));
    const it = asked.length > 0 ? asked.reduce((a, b) => (b.score > a.score ? b : a)) : undefined;
    for (const one of seen)
      if (one !== it) best.set(one.label, Math.max(one.score, best.get(one.label) ?? 0));
  }
  return [...best]
    .filter(([, score]) => score >= numbers.object.middle)
    .sort(([, a], [, b]) => b - a)
    .map(([label, score]) => {
      const confidence = logistic(objectLogOdds(numbers, score));
      const why = [{ code: 'saw' as const, label, frames: 1, ofFrames: 2, most: 1, score }];
      const reason = `${label}: seen with the ${subject.text}`;
      return {
        text: label,
        confidence,
        proof: { start: hit.start, end: hit.end, score: confidence, reason, why },
      };
    });
}

async function otherNamed(asking: Asking, hit: Hit, subject: ParsedQuery): Promise<Seen | undefined> {
  const question = decoderPrompt({ kind: 'beside', subject: subject.text }, asking.question.text);
  const { text, confidence } = await asking.session.answer([hit.peak], question);
  if (text === '' || text === noName.nothing || text === noName.absent) return undefined;
  const stretch = { first: hit.peak, past: hit.peak + 1 };
  const found = await sureOf(asking, stretch, text, confidence);
  const sure = (await isBorneOut(asking, stretch, text)) ? found : Math.min(found, calibration.unconfirmed);
  const reason = `${text}: named by the decoder`;
  return { text, confidence: sure, proof: { start: hit.start, end: hit.end, score: sure, reason } };
}
