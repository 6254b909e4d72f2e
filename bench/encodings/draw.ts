import { allocateFrequencies, positionIds, type Axis } from '../../engine/hope/index.ts';
import type { Example } from './examples.ts';

const width = 760;
const left = 56;
const inner = width - left - 16;
const top = { pairs: 46, ids: 262 };
const tall = { pairs: 130, ids: 190 };
const height = top.ids + tall.ids + 44;
/** A colour and a letter for each row of ids, so that colour is not needed to tell them apart. */
const looks: Record<Axis, readonly [colour: string, letter: string]> = {
  t: ['#a03030', 't'],
  h: ['#2060b0', 'h'],
  w: ['#107040', 'w'],
  'h+w-t': ['#7040a0', 'x'],
};
const rows = ['t', 'h', 'w'] as const;

/** Draws an encoding: which row of ids turns each rotary pair and how fast, and the ids of a small layout. */
export function draw(example: Example): string {
  const { variant } = example;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="The encoding ${variant}: rotary pairs and position ids">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...drawPairs(example),
    ...drawIds(example),
    '</svg>',
    '',
  ].join('\n');
}

function drawPairs({ variant, geometry }: Example): string[] {
  const { axes, frequencies } = allocateFrequencies(geometry);
  const sizes = `heads of ${geometry.headDim}, sections ${geometry.sections.join(' + ')}, base ${geometry.theta.toLocaleString('en')}`;
  const lines = [
    text(left, 18, variant, { size: 15, weight: 600 }),
    text(left, 36, `pairs 0 to ${axes.length - 1} and the row of ids that turns each (${sizes})`, {}),
  ];
  const slowest = Math.log(geometry.theta) * 1.12;
  const y = (frequency: number) =>
    top.pairs + 8 + (tall.pairs - 8) * Math.min(1, -Math.log(frequency) / slowest);
  const base = top.pairs + tall.pairs;
  const step = inner / axes.length;
  const bars = Object.fromEntries(axes.map((axis) => [axis, { plain: '', turning: '' }]));
  for (const [pair, axis] of axes.entries()) {
    const [colour, letter] = looks[axis];
    const x = left + pair * step;
    const plain = y(geometry.theta ** (-pair / axes.length));
    const frequency = frequencies[pair];
    const bar = (from: number) =>
      `M${(x + 1).toFixed(1)},${base}V${from.toFixed(1)}h${(step - 2).toFixed(1)}V${base}z`;
    bars[axis].plain += bar(plain);
    if (frequency > 0) bars[axis].turning += bar(y(frequency));
    const label = frequency > 0 ? letter : '0';
    lines.push(text(x + step / 2, base + 11, label, { anchor: 'middle', size: 9, fill: colour }));
  }
  for (const [axis, { plain, turning }] of Object.entries(bars)) {
    const [colour] = looks[axis as Axis];
    lines.push(
      `<path d="${turning}" fill="${colour}" fill-opacity="0.75"/>`,
      `<path d="${plain}" fill="none" stroke="${colour}" stroke-width="0.6" stroke-dasharray="2 2"/>`,
    );
  }
  const caption =
    'Height: how fast a pair turns, on a logarithmic scale; dashed: theta^(-2i/R). 0: the pair doesn’t turn.';
  return [...lines, text(left, base + 28, caption, { size: 10, fill: '#555' })];
}

function drawIds({ positions, layout, geometry }: Example): string[] {
  const ids = positionIds(layout, positions);
  const tokens = ids.t.length;
  const fourth = allocateFrequencies(geometry).axes.includes('h+w-t');
  const shown = rows.map((row) => [row, [...ids[row]]] as [Axis, number[]]);
  if (fourth) shown.push(['h+w-t', shown[0][1].map((time, i) => ids.h[i] + ids.w[i] - time)]);
  const values = [...shown.flatMap(([, row]) => row), ids.next];
  const least = Math.min(...values);
  const most = Math.max(...values);
  const step = inner / (tokens + 1);
  const x = (token: number) => left + (token + 0.5) * step;
  const y = (id: number) => top.ids + tall.ids - ((id - least) / (most - least)) * tall.ids;
  const lines = [text(left, top.ids - 14, `position ids of ${described(layout, positions)}`, {})];
  for (const id of ticks(least, most))
    lines.push(
      `<line x1="${left}" y1="${y(id).toFixed(1)}" x2="${left + inner}" y2="${y(id).toFixed(1)}" stroke="#e4e4e4"/>`,
      text(left - 6, y(id) + 4, String(id), { anchor: 'end', size: 10 }),
    );
  lines.push(...shades(layout, step));
  for (const [index, [axis, row]] of shown.entries()) {
    const [colour, letter] = looks[axis];
    const points = row.map((id, token) => `${x(token).toFixed(1)},${y(id).toFixed(1)}`).join(' ');
    lines.push(
      `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="1" stroke-opacity="0.5"/>`,
    );
    const radius = 2.4 + 1.2 * (shown.length - 1 - index);
    const marks = row.map((id, token) => mark(index, x(token), y(id), radius)).join('');
    const at = left + 8 + index * 46;
    lines.push(
      `<path d="${marks}${mark(index, at, top.ids + 10, 3.4)}" fill="none" stroke="${colour}" stroke-width="1.3"/>`,
      text(at + 8, top.ids + 14, letter, { size: 11, fill: colour }),
    );
  }
  lines.push(
    `<circle cx="${x(tokens).toFixed(1)}" cy="${y(ids.next).toFixed(1)}" r="3.4" fill="#111"/>`,
    text(x(tokens) - 8, y(ids.next) + 4, `next ${ids.next}`, { anchor: 'end', size: 10 }),
  );
  const caption =
    'Across: tokens, visual ones on grey. t, h, w: the rows of ids (x: h + w − t); where they lie on each other the ids are equal.';
  lines.push(text(left, top.ids + tall.ids + 26, caption, { size: 10, fill: '#555' }));
  return lines;
}

function shades(layout: Example['layout'], step: number): string[] {
  const lines: string[] = [];
  let at = 0;
  for (const [kind, ...sizes] of layout) {
    const tokens = sizes.reduce((product, size) => product * size, 1);
    if (kind === 'video')
      lines.push(
        `<rect x="${(left + at * step).toFixed(1)}" y="${top.ids - 6}" width="${(tokens * step).toFixed(1)}" height="${tall.ids + 12}" fill="#888" fill-opacity="0.1"/>`,
      );
    at += tokens;
  }
  return lines;
}

/** The path of a mark, of a shape of its own for each row: circle, square, triangle, cross. */
function mark(index: number, x: number, y: number, r: number): string {
  const at = (dx: number, dy: number) => `${(x + dx).toFixed(1)},${(y + dy).toFixed(1)}`;
  const [d, size] = [(2 * r).toFixed(1), r.toFixed(1)];
  return [
    `M${at(-r, 0)}a${size},${size} 0 1,0 ${d},0a${size},${size} 0 1,0 -${d},0`,
    `M${at(-r, -r)}h${d}v${d}h-${d}z`,
    `M${at(0, -r)}L${at(r, r)}L${at(-r, r)}z`,
    `M${at(-r, -r)}L${at(r, r)}M${at(-r, r)}L${at(r, -r)}`,
  ][index];
}

function described(
  layout: Example['layout'],
  { variant: _, gamma, ...options }: Example['positions'],
): string {
  const parts = layout.map(([kind, ...sizes]) => (kind === 'text' ? `${sizes[0]} words` : sizes.join(' x ')));
  const given = Object.entries({ ...(gamma === 1 ? {} : { gamma }), ...options });
  const suffix = given.map(([name, value]) => `${name} ${String(value)}`).join(', ');
  return `${parts.join(', ')}${suffix === '' ? '' : `, with ${suffix}`}`;
}

function ticks(least: number, most: number): number[] {
  const step = [1, 2, 5, 10, 20, 50].find((size) => (most - least) / size <= 7) ?? 100;
  const first = Math.ceil(least / step) * step;
  return Array.from({ length: Math.floor((most - first) / step) + 1 }, (_, i) => first + i * step);
}

function text(
  x: number,
  y: number,
  content: string,
  look: { anchor?: 'middle' | 'end'; size?: number; fill?: string; weight?: number },
): string {
  const { anchor, size, fill, weight } = look;
  const attributes = { 'font-size': size, 'font-weight': weight, 'text-anchor': anchor, fill };
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const all = given.map(([name, value]) => ` ${name}="${value}"`).join('');
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${all}>${content}</text>`;
}
