import type { Letterbox, RgbFrame } from '../core/frames.ts';

/** Pixels along a block's side. */
const side = 4;
/** Channels of a pixel. */
const channels = 3;

/**
 * Above this many of 255 levels, three quarters of the blocks together are no noise: the light changes, or the camera
 * moves. Noise of 2 levels a pixel (7 before 1080p was scaled down to this) leaves 0.8.
 */
const mostNoise = 0.9;
/** Levels by which a block, and four of them together, may differ where there is no noise; and times the noise. */
const block = { least: 2.5, noises: 6 };
const four = { least: 1.5, noises: 4 };

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
  // Quarters of a level, as far as that matters.
  const counts = new Uint32Array(64);
  for (let i = 0; i < differences.length; i++) {
    const difference = a.means[i] - b.means[i];
    differences[i] = difference;
    counts[Math.min(63, Math.floor(Math.abs(difference) * 16))]++;
  }
  let left = 0.75 * differences.length;
  let bin = 0;
  for (; bin < 63; bin++) if ((left -= counts[bin]) <= 0) break;
  const noise = bin / 16;
  if (noise > mostNoise) return false;
  const most = Math.max(block.least, block.noises * noise);
  if (differences.some((difference) => Math.abs(difference) > most)) return false;
  return !foursDiffer(differences, a, Math.max(four.least, four.noises * noise));
}

/** Whether the mean of any four blocks that lie together differs by more. */
function foursDiffer(differences: Float32Array, { columns, rows }: FrameTrace, most: number): boolean {
  const below = columns * channels;
  for (let row = 0; row + 1 < rows; row++)
    for (let column = 0; column + 1 < columns; column++) {
      const at = (row * columns + column) * channels;
      for (let c = at; c < at + channels; c++) {
        const right = c + channels;
        const sum = differences[c] + differences[right] + differences[c + below] + differences[right + below];
        if (Math.abs(sum) > 4 * most) return true;
      }
    }
  return false;
}
