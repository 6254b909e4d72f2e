import { badArgument } from '../protocol/errors.ts';

/** One square of a heat map. */
interface Square {
  frames: number;
  depth: number;
  /** Share right, 0 to 1. */
  accuracy: number;
}

/** What is drawn. */
export interface HeatMapOptions {
  squares: readonly Square[];
  title: string;
  /** The training length: a dotted line stands after the last length within it. */
  trainedFrames?: number;
  /** What the horizontal axis counts. Default: "frames". */
  unit?: string;
}

const square = { width: 46, height: 30 } as const;
const margin = { left: 62, top: 44, right: 20, bottom: 56 } as const;
const font = 'font-family="system-ui, sans-serif"';

/**
 * V-NIAH's figure as an SVG: lengths across, depth down, each square coloured by accuracy and with its per cent, a
 * dotted line at the training length.
 * @throws LongviewError `bad-argument` for no squares or an accuracy outside 0 to 1.
 */
export function heatMap({ squares, title, trainedFrames, unit = 'frames' }: HeatMapOptions): string {
  if (squares.length === 0) throw badArgument('squares', 'at least one square', squares);
  const lengths = sorted(squares.map(({ frames }) => frames));
  const depths = sorted(squares.map(({ depth }) => depth));
  const width = margin.left + lengths.length * square.width + margin.right;
  const height = margin.top + depths.length * square.height + margin.bottom;
  const x = (index: number) => margin.left + index * square.width;
  const y = (index: number) => margin.top + index * square.height;
  const bottom = y(depths.length);
  const body = squares.map((one) =>
    drawSquare(one, x(lengths.indexOf(one.frames)), y(depths.indexOf(one.depth))),
  );
  for (const [index, length] of lengths.entries())
    body.push(text(x(index) + square.width / 2, bottom + 16, String(length), 'middle', 11));
  for (const [index, depth] of depths.entries())
    body.push(text(margin.left - 8, y(index) + square.height / 2 + 4, percent(depth), 'end', 11));
  body.push(text(margin.left, 20, title, 'start', 14));
  body.push(text(margin.left, bottom + 40, `${unit} across, depth down, per cent right`, 'start', 11));
  if (trainedFrames !== undefined) {
    const within = lengths.filter((length) => length <= trainedFrames).length;
    const at = x(within);
    const label = `trained on ${trainedFrames}`;
    const [anchor, place] =
      within > lengths.length / 2 ? (['end', at - 4] as const) : (['start', at + 4] as const);
    body.push(
      `<line x1="${at}" y1="${margin.top - 12}" x2="${at}" y2="${bottom + 4}" stroke="#111" stroke-width="2" stroke-dasharray="2 4"/>`,
      text(place, margin.top - 6, label, anchor, 11),
    );
  }
  const wide = Math.max(width, margin.left + title.length * 8);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${height}" width="${wide}" height="${height}" role="img" aria-label="${escape(title)}">`,
    `<rect width="${wide}" height="${height}" fill="#fff"/>`,
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

function drawSquare({ accuracy, frames, depth }: Square, x: number, y: number): string {
  if (!(accuracy >= 0 && accuracy <= 1)) throw badArgument('accuracy', 'a number from 0 to 1', accuracy);
  const label = text(
    x + square.width / 2,
    y + square.height / 2 + 4,
    String(Math.round(accuracy * 100)),
    'middle',
    11,
  );
  const hint = `<title>${frames}, depth ${percent(depth)}: ${(accuracy * 100).toFixed(1)} %</title>`;
  return `<g>${hint}<rect x="${x}" y="${y}" width="${square.width - 1}" height="${square.height - 1}" fill="${colour(accuracy)}"/>${label}</g>`;
}

/** From red over yellow to green, light enough for black figures; the figure is there for who can't tell them apart. */
function colour(accuracy: number): string {
  return `hsl(${Math.round(accuracy * 130)} 70% ${Math.round(72 - 10 * accuracy)}%)`;
}

function text(
  x: number,
  y: number,
  content: string,
  anchor: 'start' | 'middle' | 'end',
  size: number,
): string {
  return `<text x="${x}" y="${y}" ${font} font-size="${size}" text-anchor="${anchor}" fill="#111">${escape(content)}</text>`;
}

const sorted = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
const percent = (share: number) => `${Math.round(share * 100)} %`;
const escape = (value: string) =>
  value.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!);
