import { randomRow } from './made-library.ts';

/** Writes the unit vector of a temporal patch into `into`. */
export type Embedding = (into: Float32Array, patch: number) => void;

/** Normally distributed numbers, many; rows are cut out of them at random places. */
function noiseTable(): Float32Array {
  const random = randomRow(5);
  return Float32Array.from({ length: 1 << 22 }, () => random() + random() + random() + random() - 2);
}

/** Vectors without any structure: the worst case for every index. */
export function isotropic(): Embedding {
  const noise = noiseTable();
  const random = randomRow(17);
  return (into) => {
    const at = Math.floor(random() * (noise.length - into.length));
    for (let i = 0; i < into.length; i++) into[i] = noise[at + i];
    normalise(into);
  };
}

/**
 * Vectors that lie as real ones do. Each shot (12 temporal patches) is like a temporal patch of real footage (one of
 * `real`, row-major), moved by as much noise as two shots of the same thing differ by, and its temporal patches by as
 * much as neighbouring ones do.
 */
export function likeReal(
  real: Float32Array,
  size: number,
  spread: { shot: number; patch: number },
): Embedding {
  const noise = noiseTable();
  const random = randomRow(23);
  const shot = new Float32Array(size);
  // The table's numbers have a deviation of 0.577.
  const scale = 1 / (0.577 * Math.sqrt(size));
  return (into, patch) => {
    if (patch % 12 === 0) {
      const from = Math.floor(random() * (real.length / size)) * size;
      const at = Math.floor(random() * (noise.length - size));
      for (let i = 0; i < size; i++) shot[i] = real[from + i] + spread.shot * scale * noise[at + i];
      normalise(shot);
    }
    const at = Math.floor(random() * (noise.length - size));
    for (let i = 0; i < size; i++) into[i] = shot[i] + spread.patch * scale * noise[at + i];
    normalise(into);
  };
}

/**
 * How far neighbouring temporal patches of real footage lie apart (their median distance), as the noise that parts
 * them: unit vectors with noise of length n each have a cosine of about 1 / (1 + n²).
 */
export function neighbourSpread(real: Float32Array, size: number): number {
  const cosines: number[] = [];
  for (let at = 0; at + 2 * size <= real.length; at += size) {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += real[at + i] * real[at + size + i];
    cosines.push(sum);
  }
  const median = cosines.sort((a, b) => a - b)[cosines.length >> 1] ?? 1;
  return Math.sqrt(Math.max(0, 1 / Math.max(0.1, median) - 1));
}

function normalise(vector: Float32Array): void {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i] * vector[i];
  const scale = 1 / Math.sqrt(squares);
  for (let i = 0; i < vector.length; i++) vector[i] *= scale;
}
