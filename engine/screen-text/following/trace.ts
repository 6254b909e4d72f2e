import type { Pyramid } from '../reading/picture.ts';

/** What is kept of a picture to see what changes in the next ones: brightness, at 640 to 1,279 pixels a row. */
export interface Trace {
  width: number;
  height: number;
  /** [height, width] */
  luma: Uint8Array;
  /** Pixels of the picture for one of the trace. */
  scale: number;
}

const leastAcross = 640;

/** The trace of a picture (BT.601's weights for red, green and blue). */
export function traceOf(pyramid: Pyramid): Trace {
  const { width, height, pixels } = pyramid.for(pyramid.base.width / leastAcross);
  const luma = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < luma.length; i++, at += 3)
    luma[i] = (77 * pixels[at] + 150 * pixels[at + 1] + 29 * pixels[at + 2] + 128) >> 8;
  return { width, height, luma, scale: pyramid.base.width / width };
}

/** The picture is compared in tiles, so many a row. */
export const tileColumns = 32;
/** And so many a column. */
export const tileRows = 18;

/** A tile has changed when this share of its pixels has, and no fewer than so many. */
const changedShare = 0.015;
const changedPixels = 3;

/** A pixel has changed when it differs by more than noise does: so many times the median difference, within bounds. */
const overNoise = 6;
const [leastDifference, mostDifference] = [10, 40];

/** Which tiles differ between two pictures, row by row; all of them where the sizes differ. */
export function changedTiles(a: Trace, b: Trace): Uint8Array {
  const tiles = new Uint8Array(tileColumns * tileRows);
  if (a.width !== b.width || a.height !== b.height) return tiles.fill(1);
  const { width, height } = a;
  const counts = new Uint32Array(256);
  for (let i = 0; i < a.luma.length; i++) counts[Math.abs(a.luma[i] - b.luma[i])]++;
  const limit = Math.min(
    mostDifference,
    Math.max(leastDifference, overNoise * medianOf(counts, a.luma.length)),
  );
  const changed = new Uint32Array(tiles.length);
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor((y * tileRows) / height) * tileColumns;
    for (let x = 0; x < width; x++, at++)
      if (Math.abs(a.luma[at] - b.luma[at]) > limit) changed[row + Math.floor((x * tileColumns) / width)]++;
  }
  const least = Math.max(changedPixels, (changedShare * width * height) / tiles.length);
  for (let i = 0; i < tiles.length; i++) tiles[i] = changed[i] >= least ? 1 : 0;
  return tiles;
}

function medianOf(counts: Uint32Array, all: number): number {
  let value = 0;
  for (let below = counts[0]; below < all / 2 && value < 255; below += counts[value]) value++;
  return value;
}
