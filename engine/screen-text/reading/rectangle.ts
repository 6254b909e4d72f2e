import type { Rectangle } from '../types.ts';

/** A point in pixels. */
export type Point = readonly [x: number, y: number];

/** A rectangle that is upright unless it is this share larger than the smallest at any angle: letters are no boxes. */
const uprightUnless = 1.2;

/**
 * The rectangle of least area around points, upright where that is nearly as small. The line of text is taken to run
 * along its longer side.
 */
export function rectangleAround(points: readonly Point[]): Rectangle {
  const hull = convexHull(points);
  const upright = rectangleAt(hull, 0);
  let best = upright;
  for (let i = 0; i < hull.length; i++) {
    const [x1, y1] = hull[i];
    const [x2, y2] = hull[(i + 1) % hull.length];
    const rectangle = rectangleAt(hull, Math.atan2(y2 - y1, x2 - x1));
    if (areaOf(rectangle) < areaOf(best)) best = rectangle;
  }
  return alongTheLine(areaOf(upright) <= areaOf(best) * uprightUnless ? upright : best);
}

/** How large a rectangle is, in square pixels. */
export function areaOf({ width, height }: Rectangle): number {
  return width * height;
}

/** The rectangle made larger by so many pixels on each side along the line and across it. */
export function grown(rectangle: Rectangle, along: number, across = along): Rectangle {
  return { ...rectangle, width: rectangle.width + 2 * along, height: rectangle.height + 2 * across };
}

/** The upright box around a rectangle: [x1, y1, x2, y2], in pixels. */
export function boundsOf({ x, y, width, height, angle }: Rectangle): [number, number, number, number] {
  const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
  const [across, down] = [(width * cos + height * sin) / 2, (width * sin + height * cos) / 2];
  return [x - across, y - down, x + across, y + down];
}

/** The smallest rectangle around a hull whose sides have an angle. */
function rectangleAt(hull: readonly Point[], angle: number): Rectangle {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [x, y] of hull) {
    const along = x * cos + y * sin;
    const across = y * cos - x * sin;
    left = Math.min(left, along);
    right = Math.max(right, along);
    top = Math.min(top, across);
    bottom = Math.max(bottom, across);
  }
  const [along, across] = [(left + right) / 2, (top + bottom) / 2];
  return {
    x: along * cos - across * sin,
    y: along * sin + across * cos,
    width: right - left,
    height: bottom - top,
    angle,
  };
}

/** The same rectangle, described along its longer side; one that is about square, along the side nearer to level. */
function alongTheLine(rectangle: Rectangle): Rectangle {
  let { width, height, angle } = rectangle;
  const quarter = Math.PI / 2;
  const turn = () => {
    [width, height] = [height, width];
    angle += quarter;
  };
  while (angle <= -quarter) angle += Math.PI;
  while (angle > quarter) angle -= Math.PI;
  if (height > width * 1.5) turn();
  else if (width <= height * 1.5 && Math.abs(angle) > Math.PI / 4) turn();
  if (angle > quarter + 1e-9) angle -= Math.PI;
  return { ...rectangle, width, height, angle };
}

/** A. M. Andrew's monotone chain (1979): the corners, one after the other around them. */
function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) return sorted;
  const half = (ordered: readonly Point[]) => {
    const chain: Point[] = [];
    for (const point of ordered) {
      while (chain.length >= 2 && turns(chain[chain.length - 2], chain[chain.length - 1], point) <= 0)
        chain.pop();
      chain.push(point);
    }
    chain.pop();
    return chain;
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

function turns(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}
