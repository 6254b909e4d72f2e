import { dot } from './vectors.ts';

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
