import { packHalf, unpackHalf } from './float16.ts';

/** So many values share a scale. */
const block = 64;

/** How many bytes so many values take: one each, and two for every block of 64. */
export function eightBitBytes(values: number): number {
  return values + 2 * Math.ceil(values / block);
}

/**
 * Packs floats block by block: the scale at half precision, then each value as a signed byte times that. No value is off by
 * more than about 1/250 of the largest of its block.
 */
export function packEightBits(values: Float32Array): Uint8Array {
  const packed = new Uint8Array(eightBitBytes(values.length));
  const scales = new Float32Array(1);
  let at = 0;
  for (let start = 0; start < values.length; start += block) {
    const some = values.subarray(start, start + block);
    const most = some.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    packed.set(packHalf(Float32Array.of(most / 127)), at);
    unpackHalf(packed.subarray(at, at + 2), scales);
    at += 2;
    for (const value of some)
      packed[at++] = scales[0] > 0 ? Math.max(-127, Math.min(127, Math.round(value / scales[0]))) : 0;
  }
  return packed;
}

/** Unpacks what {@link packEightBits} made of as many values. */
export function unpackEightBits(packed: Uint8Array, target: Float32Array): void {
  const scales = new Float32Array(1);
  let at = 0;
  for (let start = 0; start < target.length; start += block) {
    unpackHalf(packed.subarray(at, at + 2), scales);
    at += 2;
    const past = Math.min(target.length, start + block);
    for (let i = start; i < past; i++) target[i] = ((packed[at++] << 24) >> 24) * scales[0];
  }
}
