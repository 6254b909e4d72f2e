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
    out[row] = dot(query, embeddings, at);
  }
  return out;
}

/** Sum of the products of a vector and the numbers of a row from `at` on. */
export function dot(query: Float32Array, row: Float32Array | Int8Array, at: number): number {
  let sum = 0;
  for (let i = 0; i < query.length; i++) sum += query[i] * row[at + i];
  return sum;
}
