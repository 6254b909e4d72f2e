import { calibration, logistic, objectLogOdds } from '../../search/calibration.ts';
import { reasonsText, type Why } from '../../protocol/reasons.ts';
import { confirm, evidenceOf, nameOf, type Asking, type Proof, type RawAnswer } from '../asking.ts';
import { decoderPrompt, noName } from '../../language/prompts.ts';
import { representative, type Segment } from '../../search/select.ts';
import { absent } from './occurrences.ts';
import type { ParsedQuery } from '../../language/parsed-query.ts';
import type { Hit } from '../../search/search.ts';

/** How many of the best moments are looked at again. */
const looked = 3;

/**
 * "What comes right after (before) the …?": search finds the thing, the decoder reads the shots around it in time
 * order and says what comes next, and looks at the neighbouring shot alone; where the two differ, the second counts,
 * since it has less to keep apart.
 */
export async function answerNeighbour(
  asking: Asking,
  side: 'after' | 'before',
  subject: ParsedQuery,
): Promise<RawAnswer> {
  const { timeline } = asking;
  const hits = await confirm(asking, await asking.lookFor(subject, looked), subject);
  const anchor = hits[0];
  if (!anchor || anchor.confidence < calibration.confident) return absent(asking, subject, anchor);

  const neighbour = neighbourOf(asking, anchor, hits, side);
  const evidence = evidenceOf([anchor], subject);
  if (!neighbour) return { answer: noName.nothing, confidence: anchor.confidence, evidence };

  const around = await asking.session.answer(
    window(asking, anchor, neighbour),
    decoderPrompt(asking.question.asks, asking.question.text),
  );
  const named = await nameOf(asking, neighbour);
  // What can't be named as a whole may still hold a thing that is surely seen.
  const alone = named.name === '' ? (surelySeen(asking, neighbour) ?? named) : named;
  if (alone.name === '')
    return {
      answer: `something that can’t be named for sure (${timeline.clock(alone.evidence.start, alone.evidence.end)})`,
      confidence: 0,
      evidence: [...evidence, alone.evidence],
    };
  const agree = around.text === alone.name;
  return {
    answer: alone.name,
    confidence: agree ? alone.confidence : alone.confidence * calibration.disagreement,
    evidence: [...evidence, alone.evidence],
    statements: [
      { text: `${subject.text} is shown`, proofs: [0] },
      { text: `${alone.name} comes ${side}`, proofs: [1] },
    ],
  };
}

/** The thing of a segment that the detector is surest of, with the temporal patch that shows it as the proof. */
function surelySeen(
  { timeline, numbers }: Asking,
  segment: Segment,
): { name: string; confidence: number; evidence: Proof } | undefined {
  const { starts, ends } = timeline.table;
  const [surest] = timeline
    .seenIn(segment)
    .map((seen) => ({ ...seen, confidence: logistic(objectLogOdds(numbers, seen.score)) }))
    .filter(({ confidence }) => confidence >= calibration.confident)
    .sort((a, b) => b.score - a.score || a.patch - b.patch);
  if (!surest) return undefined;
  const { label, patch, score, confidence } = surest;
  const why: Why = { code: 'saw', label, frames: 1, ofFrames: 1, most: 1, score };
  const reason = `${label}: ${reasonsText([why])}`;
  const proof = { start: starts[patch], end: ends[patch], score: confidence, reason, why: [why] };
  return { name: label, confidence, evidence: proof };
}

/** The nearest segment on that side that doesn't show the thing itself. */
export function neighbourOf(
  { segments, timeline }: Asking,
  anchor: Hit,
  hits: readonly Hit[],
  side: 'after' | 'before',
): Segment | undefined {
  const sure = hits.filter(({ confidence }) => confidence >= calibration.confident);
  const shows = ({ first, past }: Segment) => sure.some((hit) => hit.peak >= first && hit.peak < past);
  // The next recording is another story.
  const { first, past } = timeline.recordingOf(anchor.peak);
  const near = segments.filter((segment) => segment.first >= first && segment.past <= past);
  return side === 'after'
    ? near.find((segment) => segment.first > anchor.peak && !shows(segment))
    : near.findLast((segment) => segment.past <= anchor.peak && !shows(segment));
}

/** One temporal patch of each segment around the thing, as many as the model can be trusted with. */
function window({ segments: all, timeline, session }: Asking, anchor: Hit, neighbour: Segment): number[] {
  const { first, past: end } = timeline.recordingOf(anchor.peak);
  const segments = all.filter((segment) => segment.first >= first && segment.past <= end);
  const at = segments.findIndex(({ past }) => anchor.peak < past);
  const from = Math.max(0, Math.min(at - (session.budget >> 1), segments.length - session.budget));
  const patches = segments
    .slice(from, from + session.budget)
    .map((segment) =>
      anchor.peak >= segment.first && anchor.peak < segment.past
        ? anchor.peak
        : representative(segment, timeline.table),
    );
  return patches.includes(representative(neighbour, timeline.table))
    ? patches
    : [anchor.peak, representative(neighbour, timeline.table)].sort((a, b) => a - b);
}
