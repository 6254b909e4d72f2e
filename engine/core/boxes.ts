/** A box by its corners: x1, y1, x2, y2, in pixels or shares of the picture. */
export type Box = readonly [number, number, number, number];

/** The area of a box. */
export function areaOf([x1, y1, x2, y2]: Box): number {
  return Math.max(0, x2 - x1) * Math.max(0, y2 - y1);
}

/** Intersection over union of two boxes, 0 to 1. */
export function boxOverlap(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const common = width * height;
  return common / (areaOf(a) + areaOf(b) - common);
}
