import { Random } from '../../demo/sample/random.ts';

/**
 * A film with some bytes changed: single ones, numbers set to their extremes, stretches overwritten, taken out, doubled or
 * moved, or cut off. The same seed and number give the same film.
 */
export function mutated(original: Buffer, seed: number, number: number): Buffer {
  const source = new Random(seed * 1_000_003 + number);
  const random = () => source.next();
  let bytes = Buffer.from(original);
  for (let left = 1 + below(random, 6); left > 0; left--) {
    // Half of all changes fall upon the first and last kilobytes, where containers tell what is inside.
    const near = random() < 0.5 ? Math.min(bytes.length, 2048) : bytes.length;
    const at = random() < 0.2 ? bytes.length - below(random, near) - 1 : below(random, near);
    const length = Math.min(bytes.length - at, 1 + below(random, random() < 0.8 ? 16 : 4096));
    switch (below(random, 6)) {
      case 0:
        bytes[at] = below(random, 256);
        break;
      case 1:
        bytes.fill(random() < 0.5 ? 0xff : 0, at, at + Math.min(8, length));
        break;
      case 2:
        for (let place = at; place < at + length; place++) bytes[place] = below(random, 256);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
        break;
      default:
        if (random() < 0.3) bytes = bytes.subarray(0, Math.max(1, at));
        else bytes[at] ^= 1 << below(random, 8);
    }
    if (bytes.length === 0) bytes = Buffer.alloc(1);
  }
  return bytes;
}

function below(random: () => number, past: number): number {
  return Math.floor(random() * past);
}
