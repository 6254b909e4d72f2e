import { areaOf, boxOverlap } from '../core/boxes.ts';
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
    const box = inPicture([0, 1, 2, 3].map((side) => raw.boxes[i * 4 + side]) as Corners, letterbox);
    if (!box) continue;
    if (kept.some((better) => better.label === label && boxOverlap(better.box, box) > sameThing)) continue;
    kept.push({ label, score, box });
  }
  return kept;
}

type Corners = [number, number, number, number];

/** A box of the frame as shares of the picture inside it; undefined when less than half of it is picture. */
function inPicture([x1, y1, x2, y2]: Corners, letterbox: Letterbox): Corners | undefined {
  const box: Corners = [
    share(x1 - letterbox.x, letterbox.width),
    share(y1 - letterbox.y, letterbox.height),
    share(x2 - letterbox.x, letterbox.width),
    share(y2 - letterbox.y, letterbox.height),
  ];
  const whole = ((x2 - x1) * (y2 - y1)) / (letterbox.width * letterbox.height);
  return box[2] > box[0] && box[3] > box[1] && areaOf(box) >= whole / 2 ? box : undefined;
}

function share(position: number, length: number): number {
  return Math.min(1, Math.max(0, position / length));
}
