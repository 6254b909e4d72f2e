import type { GeometryName, VariantPreference } from './measure.ts';

const panel = { width: 520, height: 240, left: 56, top: 40, gap: 70 } as const;
const font = 'font-family="system-ui, sans-serif"';
/** A colour and a dash for each variant, so that colour is not needed to tell them apart. */
const looks: Record<string, readonly [string, string]> = {
  rope: ['#a03030', '2 3'],
  'tad-rope': ['#b07020', '7 3'],
  'm-rope': ['#7040a0', '10 3 2 3'],
  videorope: ['#2060b0', '4 2'],
  hope: ['#107040', ''],
  'm-rope-time': ['#7040a0', '1 3'],
  'm-rope-interleaved': ['#b03080', '6 2 1 2'],
  cope: ['#806010', '3 3'],
  'cope-hard': ['#806010', '9 2'],
  'soft-hope': ['#30a070', '8 2 2 2'],
  'videorope++': ['#2060b0', '10 2'],
  v2pe: ['#606060', '2 2'],
  vrope: ['#206080', '5 5'],
};

/** The temporal sum as a share of its pairs, over the distance, one panel a geometry: thin as it is, bold the least so far. */
export function plot(measured: readonly VariantPreference[], limit: number): string {
  const names = [...new Set(measured.map(({ geometry }) => geometry))];
  const height = panel.top + names.length * (panel.height + panel.gap);
  const width = panel.left + panel.width + 110;
  const body = names.flatMap((name, index) =>
    drawPanel(
      name,
      measured.filter(({ geometry }) => geometry === name),
      panel.top + index * (panel.height + panel.gap),
      limit,
    ),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Semantic preference over distance">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

function drawPanel(name: GeometryName, variants: VariantPreference[], top: number, limit: number): string[] {
  const x = (distance: number) => panel.left + (panel.width * Math.log(distance)) / Math.log(limit);
  const y = (share: number) => top + (panel.height * (1 - share)) / 2;
  const lines = [text(panel.left, top - 12, `${name}: temporal sum as a share of its pairs`, 'start', 13)];
  for (const share of [1, 0.5, 0, -0.5, -1])
    lines.push(
      `<line x1="${panel.left}" y1="${y(share)}" x2="${panel.left + panel.width}" y2="${y(share)}" stroke="${share === 0 ? '#111' : '#ddd'}"/>`,
      text(panel.left - 6, y(share) + 4, String(share), 'end', 11),
    );
  for (let power = 0; 10 ** power <= limit; power++)
    lines.push(
      text(x(10 ** power), top + panel.height + 18, (10 ** power).toLocaleString('en'), 'middle', 11),
    );
  lines.push(text(panel.left, top + panel.height + 36, 'distance in position ids', 'start', 11));
  for (const [index, { variant, curve }] of variants.entries()) {
    const [colour, dash] = looks[variant];
    const path = (pick: (point: (typeof curve)[number]) => number) =>
      curve.map((point) => `${x(point.distance).toFixed(1)},${y(pick(point)).toFixed(1)}`).join(' ');
    const line = (points: string, stroke: number, opacity: number) =>
      `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="${stroke}" stroke-opacity="${opacity}" stroke-dasharray="${dash}"/>`;
    lines.push(
      line(
        path(({ share }) => share),
        0.6,
        0.45,
      ),
      line(
        path(({ leastShare }) => leastShare),
        2,
        1,
      ),
    );
    const at = panel.left + panel.width + 14;
    const key = top + 12 + index * 17;
    lines.push(
      `<line x1="${at}" y1="${key - 4}" x2="${at + 24}" y2="${key - 4}" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>`,
      text(at + 30, key, variant, 'start', 11),
    );
  }
  return lines;
}

function text(
  x: number,
  y: number,
  content: string,
  anchor: 'start' | 'middle' | 'end',
  size: number,
): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${font} font-size="${size}" text-anchor="${anchor}" fill="#111">${content}</text>`;
}
