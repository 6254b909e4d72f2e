import { colours, packShares, type Colour } from '../protocol/colours.ts';
import type { Letterbox, RgbFrame } from '../core/frames.ts';

/** Bits of red, green and blue that decide on a colour's name. */
const bits = 5;
const levels = 1 << bits;
/** In a box a thing lies in the middle: what lies outside of an ellipse of this share of it is mostly background. */
const inner = 0.85;
/** At most so many pixels a side are looked at. */
const mostSamples = 24;

/** Light and camera are uncertain: a pixel counts for all names that it would have a little lighter, darker or turned. */
const otherLight = [-0.12, -0.06, 0, 0.06, 0.12];
const otherHue = [-8, 0, 8];

/** How much each of the 32,768 colours is called by each name, made at first use. [32768, 11] */
let names: Float32Array | undefined;

/** What is brightest in a picture, but for this share of it, is taken for white; no picture is lightened by more than this. */
const brighter = 0.03;
const mostGain = 1.8;
const white = 240;
/** Every so many pixels, in both directions, are looked at for that. */
const stride = 8;

/** Measures the colours of what is seen in one frame. */
export interface ColourMeter {
  /**
   * How much of the thing in a box has each of the basic colours.
   * @param box [x1, y1, x2, y2] as shares of the picture inside the letterbox
   * @returns packed shares, see packShares
   */
  (box: readonly [number, number, number, number]): number;
}

/**
 * A meter for a frame. Names of colours are meant as seen by somebody who has got used to the light: a picture that is
 * dark all over is lightened first.
 * @param width pixels of a row of the frame
 */
export function colourMeter({ pixels }: RgbFrame, width: number, letterbox: Letterbox): ColourMeter {
  const gain = gainOf(pixels, width, letterbox);
  return (box) => measure(pixels, width, letterbox, box, gain);
}

function gainOf(pixels: Uint8Array, width: number, { x, y, width: across, height }: Letterbox): number {
  const counts = new Uint32Array(256);
  let all = 0;
  for (let row = Math.ceil(y); row < y + height - 1; row += stride)
    for (let column = Math.ceil(x); column < x + across - 1; column += stride) {
      const at = (row * width + column) * 3;
      counts[Math.max(pixels[at], pixels[at + 1], pixels[at + 2])]++;
      all++;
    }
  let level = 255;
  for (let above = counts[255]; level > 1 && above < brighter * all; above += counts[level]) level--;
  return Math.min(mostGain, Math.max(1, white / level));
}

function measure(
  pixels: Uint8Array,
  width: number,
  letterbox: Letterbox,
  box: readonly [number, number, number, number],
  gain: number,
): number {
  const left = letterbox.x + box[0] * letterbox.width;
  const top = letterbox.y + box[1] * letterbox.height;
  const across = (box[2] - box[0]) * letterbox.width;
  const down = (box[3] - box[1]) * letterbox.height;
  const columns = Math.max(1, Math.min(mostSamples, Math.round(across)));
  const rows = Math.max(1, Math.min(mostSamples, Math.round(down)));
  names ??= nameAll();
  const counts = new Float64Array(colours.length);
  let all = 0;
  for (let row = 0; row < rows; row++) {
    const v = (row + 0.5) / rows;
    for (let column = 0; column < columns; column++) {
      const u = (column + 0.5) / columns;
      if ((2 * u - 1) ** 2 + (2 * v - 1) ** 2 > inner ** 2) continue;
      const at = (Math.floor(top + v * down) * width + Math.floor(left + u * across)) * 3;
      const lit = (channel: number) => Math.min(255, pixels[at + channel] * gain);
      const own = indexOf(lit(0), lit(1), lit(2)) * colours.length;
      for (let name = 0; name < colours.length; name++) counts[name] += names[own + name];
      all++;
    }
  }
  return packShares(withoutReflections(counts).map((count) => count / all));
}

/** What shines is paler, and what lies in shadow browner, in parts: they belong to the colour that is seen beside them. */
function withoutReflections(counts: Float64Array): Float64Array {
  const [red, orange, yellow, pink, brown] = (['red', 'orange', 'yellow', 'pink', 'brown'] as const).map(
    (name) => colours.indexOf(name),
  );
  if (counts[red] >= counts[pink] / 3) {
    counts[red] += counts[pink];
    counts[pink] = 0;
  }
  if (counts[orange] + counts[yellow] >= counts[brown] / 2) {
    counts[orange] += counts[brown];
    counts[brown] = 0;
  }
  return counts;
}

/** The basic colour that a pixel would be called, by red, green and blue from 0 to 255. */
export function colourOf(red: number, green: number, blue: number): Colour {
  return nameOf(...lightnessChromaHue(red / 255, green / 255, blue / 255));
}

function indexOf(red: number, green: number, blue: number): number {
  const shift = 8 - bits;
  return ((red >> shift) * levels + (green >> shift)) * levels + (blue >> shift);
}

function nameAll(): Float32Array {
  const table = new Float32Array(levels ** 3 * colours.length);
  const value = (level: number) => (level + 0.5) / levels;
  const part = 1 / (otherLight.length * otherHue.length);
  for (let r = 0, at = 0; r < levels; r++)
    for (let g = 0; g < levels; g++)
      for (let b = 0; b < levels; b++, at += colours.length) {
        const [lightness, chroma, hue] = lightnessChromaHue(value(r), value(g), value(b));
        for (const more of otherLight)
          for (const turn of otherHue) {
            const lit = Math.min(1, Math.max(0, lightness + more));
            const name = nameOf(
              lit,
              lightness > 0 ? (chroma * lit) / lightness : 0,
              (hue + turn + 360) % 360,
            );
            table[at + colours.indexOf(name)] += part;
          }
      }
  return table;
}

/**
 * The name of a colour by its lightness, chroma and hue (degrees) in OKLCh. The bounds were set on charts of web
 * colours and on footage: a camera's greys have a chroma of up to 0.04, its shadows more.
 */
function nameOf(lightness: number, chroma: number, hue: number): Colour {
  if (lightness < 0.23 || (lightness < 0.34 && chroma < 0.05)) return 'black';
  const faint = lightness > 0.8 ? 0.035 : 0.045;
  if (chroma < faint) return lightness > 0.84 ? 'white' : lightness < 0.34 ? 'black' : 'grey';
  if (hue >= 342) return lightness > 0.6 || chroma < 0.12 ? 'pink' : 'red';
  if (hue < 12) return lightness > 0.74 || chroma < 0.1 ? 'pink' : 'red';
  if (hue < 39) return lightness > 0.74 ? 'pink' : chroma < 0.11 ? 'brown' : 'red';
  if (hue < 77) return lightness < 0.58 || chroma < 0.105 ? 'brown' : 'orange';
  if (hue < 113) return lightness < 0.55 ? 'brown' : chroma < 0.07 ? 'grey' : 'yellow';
  if (hue < 190) return 'green';
  if (hue < 283) return 'blue';
  if (hue < 325) return 'purple';
  return lightness > 0.6 ? 'pink' : 'purple';
}

/** sRGB from 0 to 1 -> OKLCh (B. Ottosson, "A perceptual color space for image processing", 2020). */
function lightnessChromaHue(red: number, green: number, blue: number): [number, number, number] {
  const [r, g, b] = [red, green, blue].map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const lightness = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const yellow = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  const hue = (Math.atan2(yellow, a) * 180) / Math.PI;
  return [lightness, Math.hypot(a, yellow), hue < 0 ? hue + 360 : hue];
}
