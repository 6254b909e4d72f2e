import { boundsOf } from '../reading/rectangle.ts';
import type { Rectangle } from '../types.ts';
import { tileColumns, tileRows } from './trace.ts';

/** Tiles of a picture, see `changedTiles`. */
export const tiles = tileColumns * tileRows;

/** The numbers of the tiles that a rectangle touches, in a picture of a size. */
export function tilesUnder(
  rectangle: Rectangle,
  { width, height }: { width: number; height: number },
): number[] {
  const at = (pixel: number, pixels: number, count: number) =>
    Math.min(count - 1, Math.max(0, Math.floor((pixel * count) / pixels)));
  const [x1, y1, x2, y2] = boundsOf(rectangle);
  const [left, right] = [at(x1, width, tileColumns), at(x2, width, tileColumns)];
  const [top, bottom] = [at(y1, height, tileRows), at(y2, height, tileRows)];
  const found: number[] = [];
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) found.push(row * tileColumns + column);
  return found;
}

/** Whether most of the second rectangle lies in the first one. */
export function covers(place: Rectangle, other: Rectangle): boolean {
  const [a, b] = [boundsOf(place), boundsOf(other)];
  const across = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const down = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return across > 0 && down > 0 && across * down >= 0.6 * (b[2] - b[0]) * (b[3] - b[1]);
}

/** Whether what a glance sees is a line that is known there: not much longer than it, as one that is being typed. */
export function explains(place: Rectangle, glimpsed: Rectangle): boolean {
  return covers(place, glimpsed) && glimpsed.width - place.width <= glimpsed.height;
}

/** Whether two rectangles at one place begin and end together, give or take half a letter. */
export function sameExtent(a: Rectangle, b: Rectangle): boolean {
  const slack = 0.6 * Math.min(a.height, b.height);
  const [p, q] = [boundsOf(a), boundsOf(b)];
  return p.every((side, i) => Math.abs(side - q[i]) <= slack);
}

/** Whether two rectangles are as long and as high as each other, at the same angle. */
export function sameSize(a: Rectangle, b: Rectangle): boolean {
  const near = (x: number, y: number, share: number) => Math.abs(x - y) <= share * Math.max(x, y);
  return near(a.width, b.width, 0.06) && near(a.height, b.height, 0.2) && Math.abs(a.angle - b.angle) < 0.05;
}
