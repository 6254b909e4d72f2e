const float32 = new Float32Array(1);
const bits32 = new Uint32Array(float32.buffer);

/** Bits of the half-precision number nearest to a value (IEEE 754 binary16, ties to even). */
export function toHalf(value: number): number {
  float32[0] = value;
  const bits = bits32[0];
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const mantissa = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa === 0 ? 0 : 0x200);
  const halfExponent = exponent - 112;
  if (halfExponent >= 31) return sign | 0x7c00;
  if (halfExponent > 0)
    return roundAway(sign | (halfExponent << 10) | (mantissa >>> 13), mantissa & 0x1fff, 0x1000);
  if (halfExponent < -10) return sign;
  // Subnormal: the implicit leading one moves into the mantissa.
  const shift = 14 - halfExponent;
  const full = mantissa | 0x800000;
  return roundAway(sign | (full >>> shift), full & ((1 << shift) - 1), 1 << (shift - 1));
}

/** Rounds to nearest, ties to even; a carry runs into the exponent, which is what IEEE 754 wants. */
function roundAway(half: number, rest: number, middle: number): number {
  return rest > middle || (rest === middle && (half & 1) === 1) ? half + 1 : half;
}

function fromHalfSlowly(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

let table: Float32Array | undefined;

/** All 65,536 half-precision numbers: a look-up is several times faster than arithmetic on the bits. */
function halves(): Float32Array {
  if (!table) {
    table = new Float32Array(65_536);
    for (let half = 0; half < 65_536; half++) table[half] = fromHalfSlowly(half);
  }
  return table;
}

/** Packs floats as half-precision numbers, little-endian, two bytes each. */
export function packHalf(values: Float32Array): Uint8Array {
  const packed = new Uint8Array(values.length * 2);
  for (let index = 0; index < values.length; index++) {
    const half = toHalf(values[index]);
    packed[index * 2] = half & 0xff;
    packed[index * 2 + 1] = half >>> 8;
  }
  return packed;
}

/**
 * Unpacks half-precision numbers into `target` from `offset` on.
 * @param packed two bytes each, little-endian
 */
export function unpackHalf(packed: Uint8Array, target: Float32Array, offset = 0): void {
  const values = halves();
  for (let index = 0, byte = 0; byte + 1 < packed.length; index++, byte += 2) {
    target[offset + index] = values[packed[byte] | (packed[byte + 1] << 8)]!;
  }
}
