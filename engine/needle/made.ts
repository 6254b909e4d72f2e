import type { RgbFrame } from '../core/frames.ts';

type Colour = readonly [number, number, number];
/** The colour at (u, v), each -1 to 1 from left to right and from top to bottom, or nothing of the drawing there. */
type Drawing = (u: number, v: number) => Colour | undefined;

const [red, white, black, yellow, grey]: Colour[] = [
  [205, 32, 38],
  [245, 245, 240],
  [24, 24, 26],
  [250, 200, 40],
  [120, 124, 130],
];
const inside = (u: number, v: number, x: number, y: number, r: number) => (u - x) ** 2 + (v - y) ** 2 < r * r;

/**
 * Drawings of things that have one look and one name, which the built-in model's frame encoder tells apart: a needle
 * in a haystack is about how far a model reads, not about what it recognises.
 */
export const drawings: Readonly<Record<string, Drawing>> = {
  'a stop sign': (u, v) => {
    const edge = Math.max(Math.abs(u), Math.abs(v), (Math.abs(u) + Math.abs(v)) / Math.SQRT2);
    if (edge > 0.9) return undefined;
    if (edge > 0.82) return white;
    return Math.abs(v) < 0.2 && Math.abs(u) < 0.62 && Math.floor((u + 0.62) / 0.155) % 2 === 0 ? white : red;
  },
  'a yin yang': (u, v) => {
    if (!inside(u, v, 0, 0, 0.9)) return undefined;
    if (!inside(u, v, 0, 0, 0.86)) return black;
    if (inside(u, v, 0, -0.43, 0.13)) return black;
    if (inside(u, v, 0, 0.43, 0.13)) return white;
    if (inside(u, v, 0, -0.43, 0.43)) return white;
    if (inside(u, v, 0, 0.43, 0.43)) return black;
    return u < 0 ? white : black;
  },
  'a heart': (u, v) => {
    const [x, y] = [u * 1.25, -v * 1.25 + 0.15];
    return (x * x + y * y - 1) ** 3 - x * x * y ** 3 < 0 ? red : undefined;
  },
  'a star': (u, v) => {
    const [tip, dent, half] = [0.95, 0.4, Math.PI / 5];
    const round = (Math.atan2(u, -v) + 4 * half) % (2 * half);
    // Angle from the nearest tip; the edge is the line from that tip to the next dent.
    const off = Math.min(round, 2 * half - round);
    const reach = (tip * dent * Math.sin(half)) / (dent * Math.sin(half - off) + tip * Math.sin(off));
    return Math.hypot(u, v) < reach ? yellow : undefined;
  },
  'a snowman': (u, v) => {
    if (inside(u, v, -0.09, -0.6, 0.045) || inside(u, v, 0.09, -0.6, 0.045)) return black;
    if (inside(u, v, 0, -0.02, 0.045) || inside(u, v, 0, 0.4, 0.05)) return black;
    if (Math.abs(v + 0.5) < 0.04 - (u - 0.02) * 0.15 && u > 0.02 && u < 0.24) return [240, 120, 30];
    const body = inside(u, v, 0, -0.55, 0.27) || inside(u, v, 0, -0.02, 0.36) || inside(u, v, 0, 0.5, 0.45);
    if (v < -0.75 && v > -0.8 && Math.abs(u) < 0.32) return black;
    if (v < -0.78 && v > -1 && Math.abs(u) < 0.2) return black;
    return body ? white : undefined;
  },
  'a sun': (u, v) => {
    const radius = Math.hypot(u, v);
    if (radius < 0.5) return yellow;
    return radius < 0.9 && radius > 0.58 && Math.cos(Math.atan2(v, u) * 12) > 0.35
      ? [250, 160, 30]
      : undefined;
  },
  'a soccer ball': (u, v) => {
    const radius = Math.hypot(u, v);
    if (radius > 0.88) return undefined;
    if (radius > 0.84 || radius < 0.26) return black;
    const angle = (Math.atan2(u, -v) + 2 * Math.PI) % ((2 * Math.PI) / 5);
    const off = Math.abs(angle - Math.PI / 5);
    if (radius > 0.68 && off > 0.38) return black;
    return radius < 0.7 && radius * (Math.PI / 5 - off) < 0.025 ? grey : white;
  },
  'an umbrella': (u, v) => {
    if (v < 0.05 && inside(u, v, 0, 0.05, 0.9))
      return Math.floor((u + 0.9) / 0.45) % 2 === 0 ? [40, 90, 190] : red;
    if (Math.abs(u) < 0.035 && v >= 0.05 && v < 0.75) return black;
    return v >= 0.75 && inside(u, v, 0.13, 0.75, 0.165) && !inside(u, v, 0.13, 0.75, 0.095)
      ? black
      : undefined;
  },
};

/** Frames of a size, in pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** A picture of a drawing in the middle of a plain scene. */
export function drawPicture(drawing: Drawing, { width, height }: Size, scene = 0): RgbFrame {
  const frame = madeScene(scene, { width, height });
  const radius = Math.min(width, height) * 0.44;
  // Four samples a pixel soften the edges.
  const offsets = [0.25, 0.75];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      const sum = [0, 0, 0];
      for (const dy of offsets)
        for (const dx of offsets) {
          const colour = drawing((x + dx - width / 2) / radius, (y + dy - height / 2) / radius);
          for (let c = 0; c < 3; c++) sum[c] += colour?.[c] ?? frame.pixels[at + c];
        }
      for (let c = 0; c < 3; c++) frame.pixels[at + c] = sum[c] / 4;
    }
  }
  return frame;
}

/**
 * A made scene with nothing in it that has a name: a soft gradient of two colours with a few blurred temporal patches
 * of light. Scene n is always the same; neighbours differ.
 */
export function madeScene(scene: number, { width, height }: Size): RgbFrame {
  const random = generator(scene);
  const [from, to] = [0, 1].map(() => Array.from({ length: 3 }, () => 60 + 150 * random()));
  const angle = random() * Math.PI;
  const [dx, dy] = [Math.cos(angle) / width, Math.sin(angle) / height];
  const lights = Array.from({ length: 3 }, () => ({
    x: random() * width,
    y: random() * height,
    size: (0.15 + 0.25 * random()) * height,
    gain: (random() - 0.5) * 70,
  }));
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const share = Math.min(1, Math.max(0, 0.5 + dx * (x - width / 2) + dy * (y - height / 2)));
      let light = 0;
      for (const one of lights) {
        const far = ((x - one.x) ** 2 + (y - one.y) ** 2) / one.size ** 2;
        if (far < 4) light += one.gain * (1 - far / 4) ** 2;
      }
      const at = (y * width + x) * 3;
      for (let c = 0; c < 3; c++)
        pixels[at + c] = Math.min(255, Math.max(0, from[c] + (to[c] - from[c]) * share + light));
    }
  }
  return { time: scene, pixels };
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = (seed + 1) * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
