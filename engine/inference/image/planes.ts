import type { Picture } from './resample.ts';

/** How bytes become numbers: `(byte * rescale - mean) / std`, channel by channel. */
export interface Normalisation {
  mean: readonly number[];
  std: readonly number[];
  rescale: number;
}

/** A picture as three normalised planes, [3, height, width]; float32 at every step, as the processors compute. */
export function toPlanes({ width, height, pixels }: Picture, how: Normalisation): Float32Array {
  const area = width * height;
  const planes = new Float32Array(3 * area);
  for (let channel = 0; channel < 3; channel++) {
    const offset = Math.fround(how.mean[channel]);
    const spread = Math.fround(how.std[channel]);
    const table = Float32Array.from({ length: 256 }, (_, value) =>
      Math.fround(Math.fround(Math.fround(value * how.rescale) - offset) / spread),
    );
    for (let i = 0; i < area; i++) planes[channel * area + i] = table[pixels[i * 3 + channel]];
  }
  return planes;
}
