/** A video has a still every so many seconds (engine/indexing/analyse.ts), and is asked for the one nearest before a time. */
const between = 5;

/**
 * The time whose still shows a moment best: its middle, and of a short moment its end, since the still before the middle
 * may lie before the moment.
 */
export function pictureTime(start: number, end: number): number {
  const middle = (start + end) / 2;
  return middle - between >= start ? middle : Math.max(start, end - 0.01);
}
