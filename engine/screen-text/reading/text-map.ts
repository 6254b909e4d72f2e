import type { TextArea } from '../types.ts';
import { areaOf, grown, rectangleAround, type Point } from './rectangle.ts';

/** The detector's answer: how probable text is at each pixel of its input. */
export interface TextMap {
  width: number;
  height: number;
  /** [height, width], 0 to 1. */
  probabilities: Float32Array;
}

/** PP-OCR's own settings (PaddleOCR's DBPostProcess). */
const threshold = 0.3;
const leastScore = 0.6;
/** What the map shows is text shrunk by its area x 1.5 / circumference (Liao et al., "Real-time Scene Text Detection with Differentiable Binarization", 2020). */
const unclip = 1.5;
/** Areas that are less high than this in the map are specks. */
const leastHeight = 3;
/** More lines than any screen has: what a picture of leaves or gravel could give. */
const mostAreas = 300;

/**
 * The areas of text in a map, in pixels of the map, from top to bottom. Each is grown to what was shrunk, and by a
 * margin.
 * @param margin pixels of the map, on each side
 */
export function areasIn(map: TextMap, margin: number): TextArea[] {
  const found: TextArea[] = [];
  for (const { outline, mean } of components(map)) {
    if (mean < leastScore) continue;
    const shrunk = rectangleAround(outline);
    if (Math.min(shrunk.width, shrunk.height) < leastHeight) continue;
    const distance = (areaOf(shrunk) * unclip) / (2 * (shrunk.width + shrunk.height));
    found.push({ rectangle: grown(shrunk, distance + margin), score: mean });
  }
  found.sort((a, b) => areaOf(b.rectangle) - areaOf(a.rectangle));
  return found
    .slice(0, mostAreas)
    .sort((a, b) => a.rectangle.y - b.rectangle.y || a.rectangle.x - b.rectangle.x);
}

interface Component {
  /** Corners of the ends of each of its rows. */
  outline: Point[];
  mean: number;
}

/** Connected pixels (8 neighbours) above the threshold. */
function components({ width, height, probabilities }: TextMap): Component[] {
  const seen = new Uint8Array(width * height);
  const stack: number[] = [];
  const found: Component[] = [];
  for (let start = 0; start < seen.length; start++) {
    if (seen[start] || probabilities[start] <= threshold) continue;
    const rows = new Map<number, [first: number, last: number]>();
    let [sum, count] = [0, 0];
    seen[start] = 1;
    stack.push(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const y = Math.floor(at / width);
      const x = at - y * width;
      sum += probabilities[at];
      count++;
      const row = rows.get(y);
      if (!row) rows.set(y, [x, x]);
      else if (x < row[0]) row[0] = x;
      else if (x > row[1]) row[1] = x;
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++)
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const next = ny * width + nx;
          if (seen[next] || probabilities[next] <= threshold) continue;
          seen[next] = 1;
          stack.push(next);
        }
    }
    const outline = [...rows].flatMap(([y, [first, last]]): Point[] => [
      [first, y],
      [first, y + 1],
      [last + 1, y],
      [last + 1, y + 1],
    ]);
    found.push({ outline, mean: sum / count });
  }
  return found;
}
