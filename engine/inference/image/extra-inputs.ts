import { patchOrder } from './patchify.ts';

/** What is added to the score of a patch that lies in another window: nothing is left of it, in half precision too. */
const unseen = -60_000;

/**
 * Attention's bias between a temporal patch's patches, [patches, patches], in the order in which they are read: 0 within a
 * window of `windowSize` x `windowSize` visual tokens from the top left (the last ones may be smaller), and next to nothing
 * outside. Qwen2.5-VL's `get_window_index` sorts patches by windows instead; the result is the same.
 */
export function windowBias(
  [rows, columns]: readonly [number, number],
  { windowSize, mergeSize }: { windowSize: number; mergeSize: number },
): Float32Array {
  const side = windowSize * mergeSize;
  const across = Math.ceil(columns / side);
  const windows = [...patchOrder(rows, columns, mergeSize)].map(
    ([row, column]) => Math.floor(row / side) * across + Math.floor(column / side),
  );
  const bias = new Float32Array(windows.length ** 2);
  let at = 0;
  for (const from of windows) for (const to of windows) bias[at++] = from === to ? 0 : unseen;
  return bias;
}

/**
 * Where a temporal patch's patches lie on the square grid of learned positions, stretched to their rows and columns: of each
 * the four neighbours on the grid and their bilinear weights, [4, patches] both (Qwen3-VL's `fast_pos_embed_interpolate`).
 */
export function learnedPositions(
  [rows, columns]: readonly [number, number],
  { positionGrid, mergeSize }: { positionGrid: number; mergeSize: number },
): { index: BigInt64Array; weight: Float32Array } {
  const patches = rows * columns;
  const index = new BigInt64Array(4 * patches);
  const weight = new Float32Array(4 * patches);
  const along = (count: number) =>
    Array.from({ length: count }, (_, i) => {
      const place = count === 1 ? 0 : (i * (positionGrid - 1)) / (count - 1);
      const low = Math.floor(place);
      return { low, high: Math.min(low + 1, positionGrid - 1), rest: place - low };
    });
  const [down, right] = [along(rows), along(columns)];
  let at = 0;
  for (const [row, column] of patchOrder(rows, columns, mergeSize)) {
    const [y, x] = [down[row], right[column]];
    const corners = [
      [y.low, x.low, (1 - y.rest) * (1 - x.rest)],
      [y.low, x.high, (1 - y.rest) * x.rest],
      [y.high, x.low, y.rest * (1 - x.rest)],
      [y.high, x.high, y.rest * x.rest],
    ];
    for (const [corner, [top, left, share]] of corners.entries()) {
      index[corner * patches + at] = BigInt(top * positionGrid + left);
      weight[corner * patches + at] = share;
    }
    at++;
  }
  return { index, weight };
}
