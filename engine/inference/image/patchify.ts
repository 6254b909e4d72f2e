import { badArgument } from '../../protocol/errors.ts';
import type { BundleManifest } from '../../protocol/bundle.ts';
import { toPlanes } from './planes.ts';
import { checkPicture, resize, type Picture } from './resample.ts';

/** A bundle's own vision encoder, as its manifest describes it. */
export type VisionShape = NonNullable<BundleManifest['vision']>;

/** Frames cut into patches. */
export interface Patches {
  /** [t, h * w, 3 * temporalPatchSize * patchSize^2], patches in groups that become one token. */
  values: Float32Array;
  /** Temporal patches, and rows and columns of patches before merging. */
  grid: readonly [t: number, h: number, w: number];
}

/** Beyond this ratio of sides Qwen2-VL's processor refuses a picture. */
const mostElongated = 200;

/**
 * The size that a picture is resized to: multiples of patch x merge, between minPixels and maxPixels, the ratio kept as
 * well as that allows (Qwen2-VL's smart_resize).
 * @throws LongviewError `bad-argument` for a picture more than 200 times as long as wide.
 */
export function resizedTo(
  { width, height }: { width: number; height: number },
  shape: Pick<VisionShape, 'patchSize' | 'mergeSize' | 'minPixels' | 'maxPixels'>,
): { width: number; height: number } {
  const cell = shape.patchSize * shape.mergeSize;
  if (Math.max(width, height) / Math.min(width, height) > mostElongated) {
    throw badArgument('picture', `at most ${mostElongated} times as long as wide`, [width, height]);
  }
  const whole = (size: number) => Math.max(cell, roundHalfToEven(size / cell) * cell);
  const [w, h] = [whole(width), whole(height)];
  if (h * w > shape.maxPixels) {
    const shrink = Math.sqrt((height * width) / shape.maxPixels);
    const fit = (size: number) => Math.max(cell, Math.floor(size / shrink / cell) * cell);
    return { width: fit(width), height: fit(height) };
  }
  if (h * w < shape.minPixels) {
    const grow = Math.sqrt(shape.minPixels / (height * width));
    const fit = (size: number) => Math.ceil((size * grow) / cell) * cell;
    return { width: fit(width), height: fit(height) };
  }
  return { width: w, height: h };
}

/** Python's round(), which the processor uses: 2.5 is 2, 3.5 is 4. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Cuts frames of one size into patches, as Qwen2-VL's processor does: resized (bicubic), scaled to 0..1, normalised, in
 * temporal pairs (the last frame stands in for what is missing: an image is a pair of itself), 2 x 2 neighbours
 * together, each patch as [channel, frame of the pair, row, column].
 * @throws LongviewError `bad-argument` for no frames, or frames of different sizes.
 */
export function patchify(frames: readonly Picture[], shape: VisionShape): Patches {
  const [first] = frames;
  if (!first) throw badArgument('frames', 'at least one', frames.length);
  const different = frames.find(({ width, height }) => width !== first.width || height !== first.height);
  if (different) {
    const size = `${first.width} x ${first.height}`;
    throw badArgument('frames', `all ${size}`, [different.width, different.height]);
  }
  const { width, height } = resizedTo(checkPicture(first), shape);
  const { patchSize, temporalPatchSize, mergeSize } = shape;
  const grid = [Math.ceil(frames.length / temporalPatchSize), height / patchSize, width / patchSize] as const;
  const planes = frames.map((frame) =>
    toPlanes(resize(frame, width, height, 'bicubic'), { ...shape, rescale: 1 / 255 }),
  );
  const values = new Float32Array(grid[0] * grid[1] * grid[2] * 3 * temporalPatchSize * patchSize ** 2);
  let at = 0;
  for (let t = 0; t < grid[0]; t++) {
    const pair = Array.from(
      { length: temporalPatchSize },
      (_, i) => planes[Math.min(t * temporalPatchSize + i, planes.length - 1)],
    );
    for (const [row, column] of patchOrder(grid[1], grid[2], mergeSize)) {
      at = writePatch(values, at, pair, { row, column, width, height, patchSize });
    }
  }
  return { values, grid };
}

/** Rows and columns of patches in the order in which they are read: group by group, row by row. */
export function* patchOrder(
  rows: number,
  columns: number,
  mergeSize: number,
): Generator<readonly [row: number, column: number]> {
  for (let top = 0; top < rows; top += mergeSize) {
    for (let left = 0; left < columns; left += mergeSize) {
      for (let y = 0; y < mergeSize; y++) for (let x = 0; x < mergeSize; x++) yield [top + y, left + x];
    }
  }
}

function writePatch(
  values: Float32Array,
  start: number,
  pair: readonly Float32Array[],
  place: { row: number; column: number; width: number; height: number; patchSize: number },
): number {
  const { row, column, width, height, patchSize } = place;
  let at = start;
  for (let channel = 0; channel < 3; channel++) {
    for (const planes of pair) {
      for (let y = 0; y < patchSize; y++) {
        const from = channel * width * height + (row * patchSize + y) * width + column * patchSize;
        values.set(planes.subarray(from, from + patchSize), at);
        at += patchSize;
      }
    }
  }
  return at;
}

/**
 * The vision encoder's two-dimensional rotary tables for one temporal patch, [h * w, headDim]: the row's headDim/4 angles,
 * then the column's; all twice. Frequencies are those of a head of half the width, base 10,000.
 */
export function visionRotaryTables(
  [rows, columns]: readonly [number, number],
  { headDim, mergeSize }: Pick<VisionShape, 'headDim' | 'mergeSize'>,
): { cos: Float32Array; sin: Float32Array } {
  const quarter = headDim / 4;
  const frequencies = Float64Array.from({ length: quarter }, (_, i) => 10_000 ** (-i / quarter));
  const cos = new Float32Array(rows * columns * headDim);
  const sin = new Float32Array(rows * columns * headDim);
  let at = 0;
  for (const [row, column] of patchOrder(rows, columns, mergeSize)) {
    for (let i = 0; i < headDim; i++) {
      const position = i % (2 * quarter) < quarter ? row : column;
      const angle = position * frequencies[i % quarter];
      cos[at + i] = Math.cos(angle);
      sin[at + i] = Math.sin(angle);
    }
    at += headDim;
  }
  return { cos, sin };
}
