import type { BundleManifest } from '../../protocol/bundle.ts';
import { toPlanes } from '../image/planes.ts';
import { checkPicture, resize, type Picture } from '../image/resample.ts';

/** A CLIP-class pair, as its manifest describes it. */
export type ClipShape = NonNullable<BundleManifest['clip']>;

/** A prepared picture: [3, height, width]. */
export interface Prepared {
  values: Float32Array;
  width: number;
  height: number;
}

/**
 * Prepares a picture as the pair's preprocessor says: resized (to an exact size, or by its shorter side), cropped around
 * its middle, scaled and normalised.
 * @throws LongviewError `bad-argument` for what is no picture.
 */
export function prepare(picture: Picture, shape: ClipShape): Prepared {
  const { width, height } = sizeOf(checkPicture(picture), shape);
  const resized = resize(picture, width, height, shape.resample);
  const cut = shape.cropSize ? centerCrop(resized, shape.cropSize) : resized;
  return { values: toPlanes(cut, shape), width: cut.width, height: cut.height };
}

function sizeOf(
  { width, height }: Picture,
  { resize: how, imageSize: [tall, wide] }: ClipShape,
): { width: number; height: number } {
  if (how === 'exact') return { width: wide, height: tall };
  // The longer side is cut to whole pixels, as transformers does.
  const longer = Math.trunc((tall * Math.max(width, height)) / Math.min(width, height));
  return width <= height ? { width: tall, height: longer } : { width: longer, height: tall };
}

/** The middle of a picture; where it is smaller than the crop, black stands around it. */
export function centerCrop(picture: Picture, [height, width]: readonly [number, number]): Picture {
  const pixels = new Uint8Array(width * height * 3);
  const top = Math.floor((picture.height - height) / 2);
  const left = Math.floor((picture.width - width) / 2);
  const [from, to] = [Math.max(0, -left), Math.min(width, picture.width - left)];
  for (let y = Math.max(0, -top); y < Math.min(height, picture.height - top); y++) {
    const row = (y + top) * picture.width + left;
    pixels.set(picture.pixels.subarray((row + from) * 3, (row + to) * 3), (y * width + from) * 3);
  }
  return { width, height, pixels };
}
