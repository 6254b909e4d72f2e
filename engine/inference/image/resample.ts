import { badArgument } from '../../protocol/errors.ts';

/** A picture: RGB, 8 bits, [height, width, 3]. */
export interface Picture {
  width: number;
  height: number;
  pixels: Uint8Array;
}

/** Resampling filters by their names in preprocessor_config.json's world (Pillow). */
export type Filter = 'nearest' | 'bilinear' | 'bicubic' | 'lanczos';

/** @throws LongviewError `bad-argument` for a picture whose bytes aren't width x height x 3. */
export function checkPicture(picture: Picture): Picture {
  const { width, height, pixels } = picture;
  if (!Number.isSafeInteger(width) || !Number.isSafeInteger(height) || width < 1 || height < 1) {
    throw badArgument('picture', 'a width and a height of at least 1', [width, height]);
  }
  if (pixels.length !== width * height * 3) {
    throw badArgument('picture', `${width} x ${height} x 3 bytes`, pixels.length);
  }
  return picture;
}

/** How far each filter reaches (in source pixels, where the picture grows), and its weight at a distance. */
const kernels: Record<Exclude<Filter, 'nearest'>, { reach: number; weight: (x: number) => number }> = {
  bilinear: { reach: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { reach: 2, weight: cubic },
  lanczos: { reach: 3, weight: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

function cubic(x: number): number {
  const a = -0.5;
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Weights are whole numbers of 2^-22, as in Pillow: so the results are its results, bit by bit. */
const precision = 22;

/**
 * Resizes a picture as Pillow does: antialiased (the filter widens when the picture shrinks), first the columns, then the
 * rows, each rounded to 8 bits. (Pillow 13 begins with the rows where a picture gets much flatter; the processors that
 * checkpoints were trained with ran on earlier ones.)
 * @throws LongviewError `bad-argument`.
 */
export function resize(picture: Picture, width: number, height: number, filter: Filter): Picture {
  checkPicture(picture);
  for (const [name, size] of Object.entries({ width, height })) {
    if (!Number.isSafeInteger(size) || size < 1) throw badArgument(name, 'a whole number >= 1', size);
  }
  if (filter === 'nearest') return nearest(picture, width, height);
  const narrow = width === picture.width ? picture : along(picture, 'x', width, filter);
  return height === picture.height ? narrow : along(narrow, 'y', height, filter);
}

function nearest(picture: Picture, width: number, height: number): Picture {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const sourceY = Math.floor(((y + 0.5) * picture.height) / height);
    for (let x = 0; x < width; x++) {
      const sourceX = Math.floor(((x + 0.5) * picture.width) / width);
      const from = (sourceY * picture.width + sourceX) * 3;
      pixels.set(picture.pixels.subarray(from, from + 3), (y * width + x) * 3);
    }
  }
  return { width, height, pixels };
}

function along(picture: Picture, axis: 'x' | 'y', size: number, filter: Exclude<Filter, 'nearest'>): Picture {
  const horizontal = axis === 'x';
  const width = horizontal ? size : picture.width;
  const height = horizontal ? picture.height : size;
  const taps = weightsFor(horizontal ? picture.width : picture.height, size, filter);
  // Bytes from one source pixel to the next along the axis, and from one line across it to the next.
  const step = horizontal ? 3 : picture.width * 3;
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const { first, weights } = taps[horizontal ? x : y];
      const start = horizontal ? (y * picture.width + first) * 3 : (first * picture.width + x) * 3;
      for (let channel = 0; channel < 3; channel++) {
        let sum = 2 ** (precision - 1);
        for (let tap = 0, at = start + channel; tap < weights.length; tap++, at += step) {
          sum += picture.pixels[at] * weights[tap];
        }
        pixels[(y * width + x) * 3 + channel] = Math.min(255, Math.max(0, Math.floor(sum / 2 ** precision)));
      }
    }
  }
  return { width, height, pixels };
}

interface Taps {
  /** The first source pixel. */
  first: number;
  weights: Float64Array;
}

function weightsFor(from: number, to: number, filter: Exclude<Filter, 'nearest'>): Taps[] {
  const { reach, weight } = kernels[filter];
  const scale = from / to;
  const widened = Math.max(1, scale);
  const support = reach * widened;
  return Array.from({ length: to }, (_, i) => {
    const center = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(from, Math.trunc(center + support + 0.5));
    const raw = Float64Array.from({ length: end - first }, (_, k) =>
      weight((k + first - center + 0.5) * (1 / widened)),
    );
    const sum = raw.reduce((total, value) => total + value, 0);
    const whole = (value: number) => Math.trunc(value * 2 ** precision + (value < 0 ? -0.5 : 0.5));
    return { first, weights: raw.map((value) => whole(sum === 0 ? value : value / sum)) };
  });
}
