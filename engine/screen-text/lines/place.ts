import type { Sighting } from '../types.ts';

type Box = Sighting['box'];

/** How much of the smaller of two stretches both share, 0 to 1; negative where they lie apart. */
export function overlap(a1: number, a2: number, b1: number, b2: number): number {
  return (Math.min(a2, b2) - Math.max(a1, b1)) / Math.max(1e-6, Math.min(a2 - a1, b2 - b1));
}

/** Whether two boxes lie in one row: at one height, and about as high. */
export function sameRow(a: Box, b: Box): boolean {
  const [high, low] = [Math.max(a[3] - a[1], b[3] - b[1]), Math.min(a[3] - a[1], b[3] - b[1])];
  return overlap(a[1], a[3], b[1], b[3]) >= 0.6 && high <= 1.6 * low;
}

/** Whether two boxes lie at one place. */
export function samePlace(a: Box, b: Box): boolean {
  return sameRow(a, b) && overlap(a[0], a[2], b[0], b[2]) >= 0.7;
}
