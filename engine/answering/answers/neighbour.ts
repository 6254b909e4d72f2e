import { calibration } from '../../search/calibration.ts';
import { confirm, evidenceOf, nameOf, type Asking, type Proof, type RawAnswer } from '../asking.ts';
import { decoderPrompt, noName } from '../../language/prompts.ts';
import { representative, type Segment } from '../../search/select.ts';
import { absent } from './occurrences.ts';
import type { ParsedQuery } from '../../language/parsed-query.ts';
import type { Hit } from '../../search/hit.ts';

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
  const next = neighboursOf(asking, anchor, hits, side).slice(0, mostLookedInto);
  const alone = named.name === '' ? ((await firstSeen(asking, next)) ?? named) : named;
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

/** So many segments on are looked into for something that can be named. */
const mostLookedInto = 3;
/** From here on a thing is named without looking further. */
const surelyNamed = 0.9;

/** The thing of the first segment that surely shows one, else the one that is surest of all. */
async function firstSeen(asking: Asking, segments: readonly Segment[]) {
  let best: Awaited<ReturnType<typeof surelySeen>>;
  for (const segment of segments) {
    const seen = await surelySeen(asking, segment);
    if (seen && seen.confidence > (best?.confidence ?? 0)) best = seen;
    if (seen && seen.confidence >= surelyNamed) break;
  }
  return best;
}

/** How many of the things that the detector saw are looked for. */
const mostTried = 6;

/** The thing that the detector saw in a segment and a search is surest of there, with that moment as the proof. */
async function surelySeen(
  asking: Asking,
  segment: Segment,
): Promise<{ name: string; confidence: number; evidence: Proof } | undefined> {
  const seen = asking.timeline.seenIn(segment);
  const clearest = (some: typeof seen) => Math.max(...some.map(({ score }) => score));
  const labels = [...Map.groupBy(seen, ({ label }) => label)]
    .toSorted(([, a], [, b]) => clearest(b) - clearest(a))
    .slice(0, mostTried);
  let best: { name: string; confidence: number; evidence: Proof } | undefined;
  for (const [name] of labels) {
    const thing = asking.parser.thing(name);
    const hits = await confirm(asking, await asking.lookFor(thing, looked), thing);
    const here = hits.find((hit) => hit.first < segment.past && hit.past > segment.first);
    if (!here || here.confidence < Math.max(calibration.confident, best?.confidence ?? 0)) continue;
    const { confidence } = here;
    best = { name, confidence, evidence: evidenceOf([here], thing)[0] };
  }
  return best;
}

/** The nearest segment on that side that doesn't show the thing itself. */
export function neighbourOf(...args: Parameters<typeof neighboursOf>): Segment | undefined {
  return neighboursOf(...args)[0];
}

/** All segments on that side that don't show the thing itself, the nearest first. */
function neighboursOf(
  { segments, timeline }: Asking,
  anchor: Hit,
  hits: readonly Hit[],
  side: 'after' | 'before',
): Segment[] {
  const sure = hits.filter(({ confidence }) => confidence >= calibration.confident);
  const shows = ({ first, past }: Segment) => sure.some((hit) => hit.peak >= first && hit.peak < past);
  // The next recording is another story.
  const { first, past } = timeline.recordingOf(anchor.peak);
  const near = segments.filter((segment) => segment.first >= first && segment.past <= past);
  return side === 'after'
    ? near.filter((segment) => segment.first > anchor.peak && !shows(segment))
    : near.filter((segment) => segment.past <= anchor.peak && !shows(segment)).reverse();
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
