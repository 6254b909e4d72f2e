import type { Letterbox, RgbFrame } from '../core/frames.ts';

/** Pixels along a block's side. */
const side = 4;
/** Channels of a pixel. */
const channels = 3;

/**
 * Beyond these the picture as a whole is another one: half of the blocks differ by as many levels (of 255) where the light
 * changes, one in twenty where the camera moves or much else does. Measured on a still scene with a sensor's noise of 4
 * levels, 720p by x264 at its defaults, scaled down to 512 x 288: at most 0.6 and 2.1.
 */
const most = { median: 0.75, upper: 2.2 };
/** Levels by which a block, and four of them together, may differ where there is no noise; and times the noise. */
const block = { least: 3, noises: 3 };
const four = { least: 2, noises: 1.2 };
/** Bins of a level. */
const bins = 16;
/** Levels from which on differences are counted together. */
const lastBin = 4 * bins - 1;

/** A frame boiled down to the mean colour of each block of 4 x 4 pixels of its picture. */
export interface FrameTrace {
  columns: number;
  rows: number;
  /** [rows, columns, 3], 0 to 255. */
  means: Float32Array;
}

/** Boils a letterboxed frame down; half a millisecond at 512 x 288. Pixels that fill no block are left out. */
export function traceOf({ pixels }: RgbFrame, frameWidth: number, box: Letterbox): FrameTrace {
  const [columns, rows] = [Math.floor(box.width / side), Math.floor(box.height / side)];
  const means = new Float32Array(rows * columns * channels);
  const [left, top] = [Math.floor(box.x), Math.floor(box.y)];
  for (let y = 0; y < rows * side; y++) {
    let at = ((top + y) * frameWidth + left) * channels;
    const row = Math.floor(y / side) * columns * channels;
    for (let column = 0; column < columns; column++) {
      const cell = row + column * channels;
      for (let x = 0; x < side; x++, at += channels) {
        means[cell] += pixels[at];
        means[cell + 1] += pixels[at + 1];
        means[cell + 2] += pixels[at + 2];
      }
    }
  }
  for (let i = 0; i < means.length; i++) means[i] /= side * side;
  return { columns, rows, means };
}

/**
 * Whether two frames show the same, but for the noise of a sensor or an encoder. How much noise there is, is told by the
 * picture itself: it is the same everywhere, while what moves is in few places, and further off than the rest. So
 * something of a few pixels that moves is no noise, nor is light that fades by a level.
 */
export function showsTheSame(a: FrameTrace, b: FrameTrace): boolean {
  if (a.columns !== b.columns || a.rows !== b.rows) return false;
  const differences = new Float32Array(a.means.length);
  const counts = new Uint32Array(lastBin + 1);
  for (let i = 0; i < differences.length; i++) {
    const difference = a.means[i] - b.means[i];
    differences[i] = difference;
    counts[Math.min(lastBin, Math.floor(Math.abs(difference) * bins))]++;
  }
  // What moves in a few places makes no noise of it.
  const noise = quantile(counts, 0.95 * differences.length);
  if (noise > most.upper || quantile(counts, 0.5 * differences.length) > most.median) return false;
  const inBlock = block.least + block.noises * noise;
  for (const difference of differences) if (Math.abs(difference) > inBlock) return false;
  return !foursDiffer(differences, a, four.least + four.noises * noise);
}

/** The difference, in levels, that so many don't exceed. */
function quantile(counts: Uint32Array, many: number): number {
  let [left, bin] = [many, 0];
  for (; bin < lastBin; bin++) if ((left -= counts[bin]) <= 0) break;
  return bin / bins;
}

/** Whether the mean of any four blocks that lie together differs by more. */
function foursDiffer(differences: Float32Array, { columns, rows }: FrameTrace, limit: number): boolean {
  const below = columns * channels;
  for (let row = 0; row + 1 < rows; row++)
    for (let column = 0; column + 1 < columns; column++) {
      const at = (row * columns + column) * channels;
      for (let c = at; c < at + channels; c++) {
        const right = c + channels;
        const sum = differences[c] + differences[right] + differences[c + below] + differences[right + below];
        if (Math.abs(sum) > 4 * limit) return true;
      }
    }
  return false;
}
