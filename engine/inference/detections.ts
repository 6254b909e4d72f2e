import type { DetectedObject, Letterbox } from '../core/frames.ts';

/** What the detector says of one frame: `scores` [n], `classes` [n], `boxes` [n, 4] in pixels of the frame. */
export interface RawDetections {
  /** Best first, 0 to 1. */
  scores: ArrayLike<number>;
  classes: ArrayLike<number | bigint>;
  /** x1, y1, x2, y2. */
  boxes: ArrayLike<number>;
}

/**
 * Scores below this are noise. Measured on 3,977 named photographs: a class that is not there still scores 0.1 on
 * one photograph in 26, 0.2 on one in 130, 0.3 on one in 340.
 */
export const lowestScore = 0.1;

/** Two boxes of one class that overlap more than this are one thing, seen at two neighbouring peaks. */
const sameThing = 0.6;

/**
 * Turns raw detections into objects of the picture: boxes cut at the picture's edges and given as shares of it;
 * what is weak, lies mostly in the letterbox's bars, or repeats a better box of its class is left out.
 * @returns the objects, best first.
 */
export function toObjects(
  raw: RawDetections,
  labels: readonly string[],
  letterbox: Letterbox,
  minScore = lowestScore,
): DetectedObject[] {
  const kept: DetectedObject[] = [];
  for (let i = 0; i < raw.scores.length; i++) {
    const score = raw.scores[i];
    const label = labels[Number(raw.classes[i])];
    if (!(score >= minScore) || label === undefined) continue;
    const box = inPicture([0, 1, 2, 3].map((side) => raw.boxes[i * 4 + side]) as Box, letterbox);
    if (!box) continue;
    if (kept.some((better) => better.label === label && overlap(better.box, box) > sameThing)) continue;
    kept.push({ label, score, box });
  }
  return kept;
}

type Box = [number, number, number, number];

/** A box of the frame as shares of the picture inside it; undefined when less than half of it is picture. */
function inPicture([x1, y1, x2, y2]: Box, letterbox: Letterbox): Box | undefined {
  const box: Box = [
    share(x1 - letterbox.x, letterbox.width),
    share(y1 - letterbox.y, letterbox.height),
    share(x2 - letterbox.x, letterbox.width),
    share(y2 - letterbox.y, letterbox.height),
  ];
  const whole = ((x2 - x1) * (y2 - y1)) / (letterbox.width * letterbox.height);
  return box[2] > box[0] && box[3] > box[1] && area(box) >= whole / 2 ? box : undefined;
}

function share(position: number, length: number): number {
  return Math.min(1, Math.max(0, position / length));
}

function area([x1, y1, x2, y2]: Box): number {
  return (x2 - x1) * (y2 - y1);
}

/** Intersection over union. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const common = width * height;
  return common / (area(a) + area(b) - common);
}
