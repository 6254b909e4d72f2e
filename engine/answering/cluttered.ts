import type { ModelNumbers } from '../search/calibration.ts';
import type { ConcatenatedTimeline } from './timeline.ts';

const known = new WeakMap<ConcatenatedTimeline, boolean>();

/** Whether the detector surely saw several things in much of the footage: then it is no plain shots of single things. */
export function isCluttered({
  timeline,
  numbers,
}: {
  timeline: ConcatenatedTimeline;
  numbers: Pick<ModelNumbers, 'cluttered'>;
}): boolean {
  if (!numbers.cluttered) return false;
  const { score, share } = numbers.cluttered;
  let cluttered = known.get(timeline);
  if (cluttered === undefined) {
    const seen = new Set(
      timeline
        .objects()
        .filter((one) => one.score >= score)
        .map(({ patch }) => patch),
    );
    cluttered = seen.size >= share * Math.max(1, timeline.table.starts.length);
    known.set(timeline, cluttered);
  }
  return cluttered;
}
