/** Element types that checkpoints are stored in, as safetensors calls them. */
export const storedTypes = { F32: 4, F16: 2, BF16: 2 } as const;

/** A name of {@link storedTypes}. */
export type StoredType = keyof typeof storedTypes;

const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);

/** The float32 value of one IEEE half-precision number given by its bits. */
export function halfToFloat(half: number): number {
  const exponent = (half >> 10) & 31;
  const mantissa = half & 1023;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** The bits of the half-precision number nearest to a float32, ties to even; too large ones become infinite. */
export function floatToHalf(value: number): number {
  scratchFloat[0] = value;
  const bits = scratchBits[0];
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return sign | ((rounded - 0x38000000) >>> 13);
  }
  // Subnormal halves are multiples of 2^-24; adding 0.5 leaves the multiple, rounded to even, in the low bits.
  scratchFloat[0] = Math.abs(value) + 0.5;
  return sign | (scratchBits[0] - 0x3f000000);
}

let halves: Float32Array | undefined;

/** Widens stored little-endian elements to float32. `bytes` holds exactly `into.length` elements. */
export function widen(type: StoredType, bytes: Uint8Array, into: Float32Array): void {
  if (type === 'F32') {
    new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(bytes);
    return;
  }
  const stored = new Uint16Array(bytes.buffer, bytes.byteOffset, into.length);
  if (type === 'BF16') {
    const bits = new Uint32Array(into.buffer, into.byteOffset, into.length);
    for (let i = 0; i < bits.length; i++) bits[i] = stored[i] << 16;
    return;
  }
  halves ??= Float32Array.from({ length: 65_536 }, (_, half) => halfToFloat(half));
  for (let i = 0; i < into.length; i++) into[i] = halves[stored[i]];
}

/** Rounds float32 to half precision, as bits. */
export function narrow(values: Float32Array, into: Uint16Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i];
    const magnitude = word & 0x7fffffff;
    // Nearly all weights are normal halves; they are rounded here as in floatToHalf, without the call.
    if (magnitude >= 0x38800000 && magnitude < 0x477ff000)
      into[i] =
        ((word >>> 16) & 0x8000) | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000) >>> 13);
    else into[i] = floatToHalf(values[i]);
  }
}
