import type { Relevance } from '../../../engine/protocol/view.ts';

/** Points that the strip is drawn with; more can't be told apart. */
const points = 500;

/**
 * The relevance strip as an SVG path in a box of 1000 x 40: the best score of what each point covers, so that a short
 * moment in a long video still stands out.
 */
export function reliefPath({ starts, scores }: Relevance, duration: number): string {
  if (starts.length === 0 || duration <= 0) return '';
  const heights = new Float64Array(points);
  for (const [index, start] of starts.entries()) {
    const from = Math.min(points - 1, Math.floor((start / duration) * points));
    const next = starts[index + 1] ?? duration;
    const to = Math.min(points - 1, Math.max(from, Math.ceil((next / duration) * points) - 1));
    for (let point = from; point <= to; point++)
      heights[point] = Math.max(heights[point], scores[index] ?? 0);
  }
  const tops = Array.from(heights, (height, point) => {
    const y = (40 - 40 * height).toFixed(1);
    return `L${((point * 1000) / points).toFixed(1)} ${y}L${(((point + 1) * 1000) / points).toFixed(1)} ${y}`;
  });
  return `M0 40${tops.join('')}L1000 40Z`;
}
