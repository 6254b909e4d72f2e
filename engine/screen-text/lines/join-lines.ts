import type { Sighting } from '../types.ts';
import { overlap, samePlace, sameRow } from './place.ts';
import { comparable, grows, sameText } from './similarity.ts';
import { joinTicker } from './ticker.ts';

/** A line, and whether it moved. */
export interface JoinedLine extends Sighting {
  moving: boolean;
}

/** A line that isn't seen for so many seconds was overlooked, or something passed in front of it. */
const overlooked = 3;
/** Scrolling lines are read now and then only. */
const unseenWhileMoving = 12;
/** And stand for no longer than this at one place. */
const passing = 4;
/** A line moved when its place differs by this share of the picture's height. */
const moved = 0.03;

/**
 * Joins sightings into lines: the same text at the same place, again and again; the same text somewhere else right
 * after, which scrolled there; and what a ticker showed piece by piece.
 * @param sightings in any order
 * @returns lines by start
 */
export function joinLines(sightings: readonly Sighting[]): JoinedLine[] {
  const byStart = [...sightings].sort(
    (a, b) => a.start - b.start || a.box[1] - b.box[1] || a.box[0] - b.box[0],
  );
  const lines: JoinedLine[] = [];
  let open: JoinedLine[] = [];
  for (const sighting of byStart) {
    open = open.filter((line) => sighting.start - line.end <= unseenWhileMoving);
    const same = open.filter((line) => continues(line, sighting)).sort((a, b) => b.end - a.end)[0];
    if (same) absorb(same, sighting);
    else {
      const line = { ...sighting, moving: false };
      lines.push(line);
      open.push(line);
    }
  }
  return joinTickers(lines);
}

function continues(line: JoinedLine, next: Sighting): boolean {
  if (comparable(line.text) === '' ? line.text !== next.text : !sameText(line.text, next.text)) return false;
  const gap = next.start - line.end;
  if (samePlace(line.box, next.box)) return gap <= overlooked;
  // The same words twice in one picture are two lines: one that moved is seen at one place at a time.
  const passes = next.end - next.start <= passing && (line.moving || line.end - line.start <= passing);
  return passes && gap >= -0.05 && gap <= unseenWhileMoving && scrolledTo(line, next);
}

function scrolledTo(line: JoinedLine, next: Sighting): boolean {
  const [high, low] = [line.box[3] - line.box[1], next.box[3] - next.box[1]];
  if (Math.max(high, low) > 1.6 * Math.min(high, low)) return false;
  const level = overlap(line.box[0], line.box[2], next.box[0], next.box[2]) >= 0.7;
  return level || sameRow(line.box, next.box);
}

function absorb(line: JoinedLine, next: Sighting): void {
  const distance = Math.hypot(next.box[0] - line.box[0], next.box[1] - line.box[1]);
  line.moving ||= distance > moved && !samePlace(line.box, next.box);
  line.end = Math.max(line.end, next.end);
  if (next.confidence <= line.confidence) return;
  line.text = next.text;
  line.confidence = next.confidence;
  line.box = next.box;
  line.angle = next.angle;
}

/** Joins lines in one row whose texts run on: each begins with the end of the one before. */
function joinTickers(lines: readonly JoinedLine[]): JoinedLine[] {
  const joined: JoinedLine[] = [];
  for (const line of lines) {
    const before = joined.findLast(
      (other) =>
        line.start - other.end <= unseenWhileMoving &&
        line.start >= other.start &&
        sameRow(other.box, line.box),
    );
    const text = before && (comesIn(before, line) ? line.text : joinTicker(before.text, line.text));
    if (!before || text === undefined) {
      joined.push(line);
      continue;
    }
    before.text = text;
    before.end = Math.max(before.end, line.end);
    before.box = [
      Math.min(before.box[0], line.box[0]),
      Math.min(before.box[1], line.box[1]),
      Math.max(before.box[2], line.box[2]),
      Math.max(before.box[3], line.box[3]),
    ];
    before.confidence = Math.min(before.confidence, line.confidence);
    before.moving = true;
  }
  return joined;
}

/** Letters at the picture's edge may be cut through. */
const cutThrough = 2;

/** Whether two sightings are a line on its way in from the picture's right edge, and the same one further in. */
function comesIn(before: Sighting, line: Sighting): boolean {
  if (before.box[2] < 0.97 || line.box[0] > before.box[0] - moved) return false;
  const whole = before.text.slice(0, Math.max(cutThrough, before.text.length - cutThrough));
  return grows(whole, line.text);
}
