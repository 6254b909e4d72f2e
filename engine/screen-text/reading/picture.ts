import { badArgument } from '../../protocol/errors.ts';

/** A picture: RGB, 8 bits, [height, width, 3]. */
export interface Picture {
  width: number;
  height: number;
  pixels: Uint8Array;
}

/** @throws LongviewError `bad-argument` for a picture whose bytes aren't width x height x 3. */
export function checkPicture(picture: Picture): void {
  const { width, height, pixels } = picture;
  if (!Number.isSafeInteger(width) || !Number.isSafeInteger(height) || width < 1 || height < 1)
    throw badArgument('frame', 'a width and a height of at least 1', [width, height]);
  if (pixels.length !== width * height * 3)
    throw badArgument('frame', `${width} x ${height} x 3 bytes`, pixels.length);
}

/** Half as wide and half as high: the mean of each 2 x 2 pixels. An odd last row or column is left out. */
function halved({ width, height, pixels }: Picture): Picture {
  const across = Math.max(1, width >> 1);
  const down = Math.max(1, height >> 1);
  const right = width > 1 ? 3 : 0;
  const below = height > 1 ? width * 3 : 0;
  const half = new Uint8Array(across * down * 3);
  for (let y = 0, to = 0; y < down; y++)
    for (let x = 0, from = y * 2 * width * 3; x < across; x++, from += 6)
      for (let channel = 0; channel < 3; channel++, to++) {
        const at = from + channel;
        half[to] =
          (pixels[at] + pixels[at + right] + pixels[at + below] + pixels[at + right + below] + 2) >> 2;
      }
  return { width: across, height: down, pixels: half };
}

/** A picture at its own size and at halves of it, each made when it is first needed. */
export class Pyramid {
  readonly #levels: Picture[];

  /** @throws LongviewError `bad-argument`. */
  constructor(picture: Picture) {
    checkPicture(picture);
    this.#levels = [picture];
  }

  /** The picture itself. */
  get base(): Picture {
    return this.#levels[0];
  }

  /**
   * The smallest of the pictures from which sampling at a scale skips no pixel.
   * @param scale pixels of the picture for one sample
   */
  for(scale: number): Picture {
    const wanted = Math.max(0, Math.floor(Math.log2(Math.max(1, scale)) + 1e-9));
    while (this.#levels.length <= wanted) {
      const last = this.#levels[this.#levels.length - 1];
      if (last.width < 2 || last.height < 2) break;
      this.#levels.push(halved(last));
    }
    return this.#levels[Math.min(wanted, this.#levels.length - 1)];
  }
}

/** How bytes become numbers: `byte * scale + shift`, for blue, green and red in this order (as the nets were trained). */
export interface Normalisation {
  scale: readonly [number, number, number];
  shift: readonly [number, number, number];
}

/**
 * A picture at another size as normalised planes [3, height, width]: bilinear, from the level of its pyramid that
 * fits.
 */
export function toPlanes(
  pyramid: Pyramid,
  width: number,
  height: number,
  { scale, shift }: Normalisation,
): Float32Array {
  const { base } = pyramid;
  const from = pyramid.for(Math.min(base.width / width, base.height / height));
  const columns = samples(from.width, width);
  const rows = samples(from.height, height);
  const area = width * height;
  const planes = new Float32Array(3 * area);
  const { pixels } = from;
  for (let y = 0, to = 0; y < height; y++) {
    const row = rows.first[y] * from.width * 3;
    const below = rows.second[y] * from.width * 3;
    const down = rows.weight[y];
    for (let x = 0; x < width; x++, to++) {
      const left = columns.first[x] * 3;
      const right = columns.second[x] * 3;
      const across = columns.weight[x];
      for (let channel = 0; channel < 3; channel++) {
        const at = 2 - channel;
        const upper = pixels[row + left + at] * (1 - across) + pixels[row + right + at] * across;
        const lower = pixels[below + left + at] * (1 - across) + pixels[below + right + at] * across;
        planes[channel * area + to] = (upper * (1 - down) + lower * down) * scale[channel] + shift[channel];
      }
    }
  }
  return planes;
}

/** For each of `to` samples of `from` pixels: the two that it lies between, and how near it is to the second. */
function samples(from: number, to: number): { first: Int32Array; second: Int32Array; weight: Float32Array } {
  const first = new Int32Array(to);
  const second = new Int32Array(to);
  const weight = new Float32Array(to);
  for (let i = 0; i < to; i++) {
    const at = Math.max(0, Math.min(from - 1, ((i + 0.5) * from) / to - 0.5));
    first[i] = Math.floor(at);
    second[i] = Math.min(from - 1, first[i] + 1);
    weight[i] = at - first[i];
  }
  return { first, second, weight };
}
