import { createCanvas, type Canvas, type SKRSContext2D } from '@napi-rs/canvas';
import type { Random } from '../random.ts';
import type { Light, Place } from '../types.ts';

/** A layer that glides over the picture at its own speed. */
export interface Layer {
  canvas: Canvas;
  y: number;
  /** Pixels to the left per second while the camera is still. */
  speed: number;
}

/** A painted background and what belongs to it. */
export interface Backdrop {
  canvas: Canvas;
  /** Heights in the picture: of things' feet, and of the centre for "sky". */
  places: Partial<Record<Place, number>>;
  /** Behind the objects: clouds, fish swarms. */
  drift?: Layer;
  /** Before the objects: waves, grass. */
  front?: Layer;
}

/** What a painter works with. */
export interface Brush {
  context: SKRSContext2D;
  canvas: Canvas;
  width: number;
  height: number;
  light: Light;
  random: Random;
}

/** Paints one background, at least as large as the picture. */
export type Painter = (brush: Brush) => Omit<Backdrop, 'canvas'>;

/** A colour (#rrggbb) as it looks in a light. */
export function lit(colour: string, light: Light): string {
  if (light === 'day') return colour;
  const [factors, add] =
    light === 'night' ? [[0.3, 0.36, 0.55], [4, 8, 26]] : [[0.95, 0.78, 0.68], [14, 4, 10]];
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `rgb(${parts.map((part, index) => Math.min(255, Math.round(part * factors[index] + add[index]))).join(',')})`;
}

/** A transparent canvas to paint a layer on. */
export function blank(width: number, height: number): { canvas: Canvas; context: SKRSContext2D } {
  const canvas = createCanvas(Math.ceil(width), Math.ceil(height));
  return { canvas, context: canvas.getContext('2d') };
}

/** Fills a rectangle with a vertical gradient. */
export function gradient(
  context: SKRSContext2D,
  box: readonly [number, number, number, number],
  colours: readonly string[],
): void {
  const [x, y, width, height] = box;
  const fill = context.createLinearGradient(0, y, 0, y + height);
  colours.forEach((colour, index) => fill.addColorStop(index / (colours.length - 1), colour));
  context.fillStyle = fill;
  context.fillRect(x, y, width, height);
}

const skies: Record<Light, readonly string[]> = {
  day: ['#4fa3ea', '#9fd2fa', '#e6f5ff'],
  sunset: ['#43397f', '#b25c86', '#f79a66', '#ffd597'],
  night: ['#060a22', '#131d4b', '#2b3a76'],
};

/** The sky down to a horizon (and its lowest colour below), with a sun or a moon and stars. */
export function sky({ context, width, height, light, random }: Brush, horizon: number): void {
  context.fillStyle = skies[light].at(-1)!;
  context.fillRect(0, 0, width, height);
  gradient(context, [0, 0, width, horizon], skies[light]);
  if (light === 'night') stars({ context, width, random }, horizon, 160);
  const x = random.between(0.12, 0.88) * Math.min(width, 1280);
  const y = light === 'sunset' ? horizon - random.between(30, 90) : random.between(80, 150);
  glow(context, x, y, light === 'night' ? 150 : 230, light === 'night' ? '#8fa4ff' : '#fff3b8');
  disc(context, x, y, light === 'sunset' ? 62 : 46, light === 'night' ? '#f4f1de' : '#fff6cf');
  if (light === 'night') {
    disc(context, x - 12, y - 8, 9, '#dcd8c2');
    disc(context, x + 14, y + 12, 6, '#dcd8c2');
  }
}

/** Stars of different size and brightness above a height. */
export function stars(
  { context, width, random }: Pick<Brush, 'context' | 'width' | 'random'>,
  below: number,
  count: number,
): void {
  for (let index = 0; index < count; index++) {
    context.globalAlpha = random.between(0.3, 1);
    disc(context, random.between(0, width), random.between(0, below), random.between(0.8, 2.4), '#ffffff');
  }
  context.globalAlpha = 1;
}

/** A filled circle. */
export function disc(context: SKRSContext2D, x: number, y: number, radius: number, colour: string): void {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** A soft light that fades outwards. */
export function glow(context: SKRSContext2D, x: number, y: number, radius: number, colour: string): void {
  const fill = context.createRadialGradient(x, y, 0, x, y, radius);
  fill.addColorStop(0, `${colour}aa`);
  fill.addColorStop(1, `${colour}00`);
  context.fillStyle = fill;
  context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
}

/** A line of hills, filled down to the bottom. */
export function hills(
  { context, width, height, random }: Brush,
  base: number,
  swing: number,
  colours: readonly [string, string],
): void {
  const waves = [1, 2.3, 4.1].map((rate) => ({
    rate: (rate * random.between(0.8, 1.2) * 2 * Math.PI) / 1400,
    phase: random.between(0, 7),
    size: swing / rate,
  }));
  context.beginPath();
  context.moveTo(0, height);
  for (let x = 0; x <= width + 12; x += 12)
    context.lineTo(x, base - waves.reduce((sum, wave) => sum + wave.size * Math.sin(x * wave.rate + wave.phase), 0));
  context.lineTo(width + 12, height);
  const fill = context.createLinearGradient(0, base - swing, 0, height);
  fill.addColorStop(0, colours[0]);
  fill.addColorStop(1, colours[1]);
  context.fillStyle = fill;
  context.fill();
}

/** A jagged line of mountains, filled down to the bottom, with snow on the tops where a colour for it is given. */
export function mountains(
  { context, width, height, random }: Brush,
  base: number,
  top: number,
  colour: string,
  snow?: string,
): void {
  for (let x = -120; x < width + 120; x += random.between(130, 240)) {
    const rise = random.between(0.5, 1) * (base - top);
    const half = rise * random.between(0.8, 1.2);
    const triangle = (share: number, fill: string) => {
      context.fillStyle = fill;
      context.beginPath();
      context.moveTo(x, base - rise);
      context.lineTo(x + half * share, base - rise * (1 - share));
      context.lineTo(x + half * share * 0.3, base - rise * (1 - share * 0.8));
      context.lineTo(x - half * share * 0.2, base - rise * (1 - share * 1.05));
      context.lineTo(x - half * share, base - rise * (1 - share));
      context.fill();
    };
    triangle(1, colour);
    if (snow) triangle(0.3, snow);
  }
  context.fillStyle = colour;
  context.fillRect(0, base - 2, width, height - base + 2);
}

/** A layer of clouds that drifts. */
export function clouds({ width, light, random }: Brush, y: number, count: number): Layer {
  const layer = blank(width + 400, 190);
  const colour = { day: '#ffffff', sunset: '#ffc9b0', night: '#41508c' }[light];
  for (let index = 0; index < count; index++) {
    const x = ((index + random.between(0.2, 0.8)) / count) * (width + 300) + 40;
    const size = random.between(26, 44);
    layer.context.globalAlpha = light === 'night' ? 0.45 : 0.85;
    const puffs = blank(size * 7, 150);
    for (const [dx, dy, share] of [[1.4, 2.3, 0.8], [2.4, 1.8, 1.1], [3.6, 1.7, 1.25], [4.8, 2.2, 0.9]] as const)
      disc(puffs.context, dx * size, dy * size, share * size, colour);
    puffs.context.clearRect(0, 2.75 * size, size * 7, 150);
    layer.context.drawImage(puffs.canvas, x - size * 3, random.between(0, 60));
  }
  return { canvas: layer.canvas, y, speed: random.between(8, 16) };
}

/** Scatters something over a strip, far things (higher up) smaller. */
export function scatter(
  { width, random }: Brush,
  count: number,
  [top, bottom]: readonly [number, number],
  draw: (x: number, y: number, scale: number) => void,
): void {
  const places = Array.from({ length: count }, () => ({ x: random.between(0, width), depth: random.next() }));
  for (const { x, depth } of places.sort((a, b) => a.depth - b.depth))
    draw(x, top + (bottom - top) * depth, 0.45 + 0.55 * depth);
}

/** A tuft of grass. */
export function tuft(context: SKRSContext2D, x: number, y: number, size: number, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1.5, size / 7);
  context.lineCap = 'round';
  for (const lean of [-0.7, -0.25, 0.2, 0.65]) {
    context.beginPath();
    context.moveTo(x + lean * size * 0.3, y);
    context.quadraticCurveTo(x + lean * size * 0.4, y - size * 0.6, x + lean * size, y - size);
    context.stroke();
  }
}

/** A round broad-leaved tree. */
export function roundTree(context: SKRSContext2D, x: number, y: number, size: number, leaf: string, trunk: string): void {
  context.fillStyle = trunk;
  context.fillRect(x - size * 0.06, y - size * 0.5, size * 0.12, size * 0.5);
  for (const [dx, dy, radius] of [[-0.2, 0.58, 0.2], [0.2, 0.58, 0.2], [0, 0.78, 0.24], [0, 0.55, 0.24]] as const)
    disc(context, x + dx * size, y - dy * size, radius * size, leaf);
}

/** A fir. */
export function fir(context: SKRSContext2D, x: number, y: number, size: number, leaf: string, trunk: string): void {
  context.fillStyle = trunk;
  context.fillRect(x - size * 0.04, y - size * 0.2, size * 0.08, size * 0.2);
  context.fillStyle = leaf;
  for (const [low, high, half] of [[0.12, 0.56, 0.26], [0.34, 0.78, 0.2], [0.56, 1, 0.14]] as const) {
    context.beginPath();
    context.moveTo(x - half * size, y - low * size);
    context.lineTo(x, y - high * size);
    context.lineTo(x + half * size, y - low * size);
    context.fill();
  }
}
