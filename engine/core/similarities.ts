import { dot } from './vectors.ts';

/**
 * Similarity (cosine) of a query to each temporal patch of a contiguous table.
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
    out[row] = dot(query, embeddings, at);
  }
  return out;
}

/** How many values some rows hold, with their mean and standard deviation; both 0 where there is none. */
export function spreadOf(rows: readonly Float32Array[]): { n: number; mean: number; deviation: number } {
  let [n, sum, squares] = [0, 0, 0];
  for (const row of rows)
    for (const value of row) {
      n++;
      sum += value;
      squares += value * value;
    }
  if (n === 0) return { n, mean: 0, deviation: 0 };
  const mean = sum / n;
  return { n, mean, deviation: Math.sqrt(Math.max(0, squares / n - mean * mean)) };
}
