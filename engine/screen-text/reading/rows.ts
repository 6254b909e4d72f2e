import type { Rectangle, TextArea } from '../types.ts';
import { boundsOf } from './rectangle.ts';

/** Pieces of one line are at most this far apart, in heights of the line: wider gaps part columns. */
const widestGap = 1.2;
/** Two pieces of one line may differ in height by this factor, and in angle by so many radians. */
const heights = 1.5;
const angles = 0.05;
/** And lie out of line by this share of their height. */
const outOfLine = 0.3;

/** Joins areas that follow each other in one line, where the detector took a wide space for its end. */
export function joinRows(areas: readonly TextArea[]): TextArea[] {
  const left = [...areas].sort((a, b) => startOf(a.rectangle) - startOf(b.rectangle));
  const rows: TextArea[] = [];
  for (const area of left) {
    const at = rows.findIndex((row) => follows(row.rectangle, area.rectangle));
    if (at < 0) rows.push(area);
    else rows[at] = joined(rows[at], area);
  }
  return inReadingOrder(rows);
}

/** From top to bottom, and in each row from left to right. */
function inReadingOrder(areas: readonly TextArea[]): TextArea[] {
  const byHeight = [...areas].sort((a, b) => a.rectangle.y - b.rectangle.y);
  const ordered: TextArea[] = [];
  for (let from = 0; from < byHeight.length;) {
    const first = boundsOf(byHeight[from].rectangle);
    const middle = (first[1] + first[3]) / 2;
    let to = from + 1;
    while (to < byHeight.length && boundsOf(byHeight[to].rectangle)[1] < middle) to++;
    ordered.push(...byHeight.slice(from, to).sort((a, b) => a.rectangle.x - b.rectangle.x));
    from = to;
  }
  return ordered;
}

function startOf({ x, y, width, angle }: Rectangle): number {
  return x * Math.cos(angle) + y * Math.sin(angle) - width / 2;
}

function follows(row: Rectangle, next: Rectangle): boolean {
  if (Math.abs(row.angle - next.angle) > angles) return false;
  const [least, most] = [Math.min(row.height, next.height), Math.max(row.height, next.height)];
  if (most > least * heights) return false;
  const [cos, sin] = [Math.cos(row.angle), Math.sin(row.angle)];
  const [dx, dy] = [next.x - row.x, next.y - row.y];
  const along = dx * cos + dy * sin;
  const across = dy * cos - dx * sin;
  const gap = along - (row.width + next.width) / 2;
  return Math.abs(across) <= outOfLine * least && gap <= widestGap * least && gap >= -least;
}

function joined(row: TextArea, next: TextArea): TextArea {
  const { rectangle: a } = row;
  const { rectangle: b } = next;
  const [cos, sin] = [Math.cos(a.angle), Math.sin(a.angle)];
  const along = (b.x - a.x) * cos + (b.y - a.y) * sin;
  const across = (b.y - a.y) * cos - (b.x - a.x) * sin;
  const [left, right] = [
    Math.min(-a.width / 2, along - b.width / 2),
    Math.max(a.width / 2, along + b.width / 2),
  ];
  const [top, bottom] = [
    Math.min(-a.height / 2, across - b.height / 2),
    Math.max(a.height / 2, across + b.height / 2),
  ];
  const [middleAlong, middleAcross] = [(left + right) / 2, (top + bottom) / 2];
  const rectangle = {
    x: a.x + middleAlong * cos - middleAcross * sin,
    y: a.y + middleAlong * sin + middleAcross * cos,
    width: right - left,
    height: bottom - top,
    angle: a.angle,
  };
  const weight = a.width / (a.width + b.width);
  return { rectangle, score: row.score * weight + next.score * (1 - weight) };
}
