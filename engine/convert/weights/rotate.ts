/** Values that are mixed at most; a product of activations with a larger mixer costs more than it gains. */
const largestMixer = 64;

/** How many neighbouring values a mixer takes for rows of `size`: the largest power of two that divides it, at most 64. */
export function mixerSize(size: number): number {
  let mixer = 1;
  while (mixer < largestMixer && size % (2 * mixer) === 0) mixer *= 2;
  return mixer;
}

/**
 * The normalised Hadamard matrix [mixer, mixer], row-major: orthogonal, symmetric, all entries of one magnitude
 * (Sylvester's construction). Rotating both sides of a product with it leaves the product as it is and spreads a value
 * that sticks out over all of its neighbours, so that one scale serves a whole row (QuaRot, arXiv 2404.00456).
 */
export function hadamard(mixer: number): Float32Array {
  return Float32Array.from({ length: mixer * mixer }, (_, i) => {
    let common = Math.floor(i / mixer) & (i % mixer);
    let sign = 1;
    for (; common > 0; common >>= 1) if (common & 1) sign = -sign;
    return sign / Math.sqrt(mixer);
  });
}

/** Rotates groups of `mixer` neighbouring values in place, by the fast Walsh-Hadamard transform. */
export function rotate(values: Float32Array, mixer: number): void {
  const norm = 1 / Math.sqrt(mixer);
  for (let start = 0; start < values.length; start += mixer) {
    const end = start + mixer;
    for (let half = 1; half < mixer; half *= 2) {
      for (let group = start; group < end; group += 2 * half) {
        for (let i = group; i < group + half; i++) {
          const a = values[i];
          const b = values[i + half];
          values[i] = a + b;
          values[i + half] = a - b;
        }
      }
    }
    for (let i = start; i < end; i++) values[i] *= norm;
  }
}
