import { calibration } from './calibration.ts';

/**
 * Similarity (cosine) of a query to each patch of a contiguous table.
 * @param query unit vector [size]
 * @param embeddings unit vectors, row-major [n, size]
 * @param out where they go; a new array where absent
 * @returns [n]
 */
export function similarities(
  query: Float32Array,
  embeddings: Float32Array,
  out: Float32Array = new Float32Array(Math.floor(embeddings.length / query.length)),
): Float32Array {
  const size = query.length;
  const n = Math.floor(embeddings.length / size);
  for (let row = 0, at = 0; row < n; row++, at += size) {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += query[i] * embeddings[at + i];
    out[row] = sum;
  }
  return out;
}

/** Mean and standard deviation of similarities. */
export interface Background {
  mean: number;
  deviation: number;
}

/**
 * What a query's similarity looks like over everything searched, steadied in small libraries by what unrelated
 * patches look like (calibration.background).
 */
export function backgroundOf(rows: readonly Float32Array[]): Background {
  const prior = calibration.background;
  let n = prior.patches;
  let sum = prior.patches * prior.mean;
  let squares = prior.patches * (prior.mean ** 2 + prior.deviation ** 2);
  for (const row of rows)
    for (const value of row) {
      n++;
      sum += value;
      squares += value * value;
    }
  const mean = sum / n;
  return { mean, deviation: Math.max(Math.sqrt(Math.max(squares / n - mean * mean, 0)), 1e-3) };
}
