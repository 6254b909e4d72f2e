import { reliability } from './measures.ts';
import type { Outcome } from './judge.ts';

const panel = { side: 240, left: 56, top: 44, gap: 84 } as const;
const font = 'font-family="system-ui, sans-serif"';

/** Reliability diagrams side by side: how often claims of a confidence are right; a dot's area is how many there are. */
export function reliabilityDiagram(
  panels: readonly { title: string; outcomes: readonly Outcome[] }[],
): string {
  const width = panel.left + panels.length * (panel.side + panel.gap);
  const height = panel.top + panel.side + 56;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="How often claims of a confidence are right">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...panels.flatMap(({ title, outcomes }, i) =>
      drawn(title, outcomes, panel.left + i * (panel.side + panel.gap)),
    ),
    '</svg>',
    '',
  ].join('\n');
}

function drawn(title: string, outcomes: readonly Outcome[], left: number): string[] {
  const { side, top } = panel;
  const x = (share: number) => (left + share * side).toFixed(1);
  const y = (share: number) => (top + (1 - share) * side).toFixed(1);
  const lines = [text(left, top - 16, title, 'start', 13)];
  for (const share of [0, 0.25, 0.5, 0.75, 1])
    lines.push(
      `<line x1="${x(0)}" y1="${y(share)}" x2="${x(1)}" y2="${y(share)}" stroke="#ddd"/>`,
      text(left - 8, top + (1 - share) * side + 4, `${100 * share}`, 'end', 11),
      text(left + share * side, top + side + 18, `${100 * share}`, 'middle', 11),
    );
  lines.push(
    `<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="#888" stroke-dasharray="4 3"/>`,
    text(left, top + side + 38, 'confidence, % · share that is right, %', 'start', 11),
  );
  const known = reliability(outcomes).filter(({ n }) => n > 0);
  const path = known.map(({ confidence, right }) => `${x(confidence)},${y(right)}`).join(' ');
  lines.push(`<polyline points="${path}" fill="none" stroke="#2060b0" stroke-width="1.5"/>`);
  for (const { confidence, right, n } of known)
    lines.push(
      `<circle cx="${x(confidence)}" cy="${y(right)}" r="${(1.5 + Math.sqrt(n)).toFixed(1)}" fill="#2060b0" fill-opacity="0.7"><title>${n} claims</title></circle>`,
    );
  return lines;
}

function text(x: number, y: number, words: string, anchor: string, size: number): string {
  return `<text x="${x}" y="${y}" ${font} font-size="${size}" text-anchor="${anchor}">${words}</text>`;
}
