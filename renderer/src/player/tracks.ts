import type { ObjectsResult } from '../../../engine/protocol/view.ts';

/** Where one kind of thing is seen. */
export interface Track {
  label: string;
  spans: { start: number; end: number }[];
}

/** Beneath this the detector mostly guesses. */
const least = 0.3;
/** A thing that is out of sight no longer than this is still the same sight of it. */
const gapSec = 2;

/** The frames in which things of each kind were seen, as stretches. */
export function tracksOf({ frames }: ObjectsResult, labels: readonly string[]): Track[] {
  return labels
    .map((label) => {
      const spans: Track['spans'] = [];
      for (const { time, objects } of frames) {
        if (!objects.some((object) => object.label === label && object.score >= least)) continue;
        const last = spans.at(-1);
        if (last && time - last.end <= gapSec) last.end = time;
        else spans.push({ start: time, end: time });
      }
      return { label, spans };
    })
    .filter(({ spans }) => spans.length > 0);
}
