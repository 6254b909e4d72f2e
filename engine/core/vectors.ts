/** Numbers in a row. */
export type Vector = Float32Array | Float64Array;

/**
 * Sum of the products of a vector and the numbers of a row from `at` on.
 * @param row at least at + a.length long
 */
export function dot(a: Vector, row: Vector | Int8Array, at = 0): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * row[at + i];
  return sum;
}

/** Cosine of two vectors of a size; 0 where one has no length. */
export function cosine(a: Vector, b: Vector): number {
  const lengths = Math.sqrt(dot(a, a) * dot(b, b));
  return lengths > 0 ? dot(a, b) / lengths : 0;
}

/** The sum of rows `first` … `past` - 1 of a row-major table, which points where their mean does. [size] */
export function sumOfRows(table: Float32Array, size: number, first: number, past: number): Float64Array {
  const sum = new Float64Array(size);
  for (let i = first * size; i < past * size; i++) sum[i % size] += table[i];
  return sum;
}

/** The same direction at unit length; a vector without length stays as it is. */
export function toUnitLength(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return length > 0 ? vector.map((value) => value / length) : vector;
}
