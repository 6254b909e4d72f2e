import type { ModelNumbers } from './calibration.ts';
import type { SeenObject } from '../core/frames.ts';

/** Whether the detector surely saw something in much of some footage: then it is no film of single things. */
export function isFull(
  seen: readonly SeenObject[],
  patches: number,
  { cluttered }: Pick<ModelNumbers, 'cluttered'>,
): boolean {
  if (!cluttered) return false;
  const full = new Set(seen.filter(({ score }) => score >= cluttered.score).map(({ patch }) => patch));
  return full.size >= cluttered.share * Math.max(1, patches);
}
