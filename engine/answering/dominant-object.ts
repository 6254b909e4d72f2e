import { isCluttered } from './cluttered.ts';
import { logistic, objectLogOdds, type ModelNumbers } from '../search/calibration.ts';
import type { Why } from '../protocol/reasons.ts';
import type { DecoderSession } from '../search/decoder-session.ts';
import type { ConcatenatedTimeline } from './timeline.ts';
import type { QueryParser } from '../language/parsed-query.ts';
import type { SeenObject } from '../core/frames.ts';
import type { Segment } from '../search/select.ts';

/** The largest of the things that the detector is very sure of. */
export interface DominantObject {
  label: string;
  /** How sure it is, 0 to 1. */
  confidence: number;
  why: Why;
}

/** What the detector is sure of throughout a stretch of temporal patches, if that is of some size. */
export function dominantObject(
  seen: readonly SeenObject[],
  { first, past }: Segment,
  numbers: Pick<ModelNumbers, 'dominant' | 'object'>,
): DominantObject | undefined {
  const { score: surely, area: least } = numbers.dominant;
  const frames = 2 * (past - first);
  const byLabel = new Map<string, Map<number, { score: number; area: number }>>();
  for (const { patch, frame, label, score, box } of seen) {
    const best = byLabel.get(label) ?? new Map<number, { score: number; area: number }>();
    byLabel.set(label, best);
    const at = 2 * patch + frame;
    if (score > (best.get(at)?.score ?? 0))
      best.set(at, { score, area: (box[2] - box[0]) * (box[3] - box[1]) });
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / frames;
  return [...byLabel]
    .map(([label, best]) => {
      const those = [...best.values()];
      const scores = those.map(({ score }) => score);
      return {
        ...{ label, score: mean(scores), area: mean(those.map(({ area }) => area)) },
        ...{ count: those.length, best: Math.max(...scores) },
      };
    })
    .filter(({ score, area }) => score >= surely && area >= least)
    .sort((a, b) => b.area - a.area)
    .map(({ score, label, count, best }) => ({
      label,
      confidence: logistic(objectLogOdds(numbers, score)),
      why: { code: 'saw' as const, label, frames: count, ofFrames: frames, most: 1, score: best },
    }))[0];
}

/** What the detector says against a name that a decoder of few words gave a stretch. */
export interface Contradiction extends DominantObject {
  /** True: the detector is so sure that its word stands; else nobody knows which of the two it is. */
  overrules: boolean;
}

/**
 * The dominant object of a stretch, where the name that a decoder of few words gave it says something else: "buddha"
 * for a person. A narrower name, "dalmatian" for a dog, stands.
 */
export function contradicting(
  {
    parser,
    timeline,
    session,
    numbers,
  }: { parser: QueryParser; timeline: ConcatenatedTimeline; session: DecoderSession; numbers: ModelNumbers },
  stretch: Segment,
  name: string,
): Contradiction | undefined {
  if (!session.fewWords) return undefined;
  const seen = timeline.seenIn(stretch);
  const { area } = numbers.dominant;
  const unlike = (thing: DominantObject | undefined) =>
    thing && !parser.thing(name).wanted.objects.some(({ labels }) => labels.includes(thing.label))
      ? thing
      : undefined;
  const surely = dominantObject(seen, stretch, numbers);
  if (surely) return unlike(surely) && { ...surely, overrules: true };
  // Among many things none fills the picture: what is seen most of the time is what can be told.
  const cluttered = isCluttered({ timeline, numbers });
  const less = { score: numbers.object.middle, area: cluttered ? 0 : area };
  const rather = unlike(dominantObject(seen, stretch, { ...numbers, dominant: less }));
  if (!rather) return undefined;
  // Of kinds that look alike a detector has one for whatever comes: a panda is a dog to it.
  const overrules = cluttered && !isOneOfMany(parser, rather.label);
  return { ...rather, overrules };
}

/** Whether a class is one of a kind that has far more members than the detector has classes. */
function isOneOfMany(parser: QueryParser, label: string): boolean {
  return manyKinds.some((kind) =>
    parser.thing(kind).wanted.objects.some(({ labels }) => labels.includes(label)),
  );
}

const manyKinds = ['animal', 'food'];
