import { isFull } from '../search/clutter.ts';
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
  let cluttered = known.get(timeline);
  if (cluttered === undefined) {
    cluttered = isFull(timeline.objects(), timeline.table.starts.length, numbers);
    known.set(timeline, cluttered);
  }
  return cluttered;
}
