import { letterboxFilter } from './letterbox.ts';

interface Size {
  width: number;
  height: number;
}

/**
 * A filter that makes frames of several sizes of one picture: they come below each other on one sheet, so that one pipe
 * carries them all and none can wait for another.
 * @param sizes at least one
 * @param tone filters that map the picture's light, see `toneFilters`
 */
export function sheetFilter(sizes: readonly Size[], tone?: string): string {
  const [{ width, height }] = sizes;
  if (sizes.length === 1) return `${letterboxFilter(width, height, tone)}[frames]`;
  const wide = Math.max(...sizes.map((size) => size.width));
  const inputs = sizes.map((_, index) => `[size${index}]`).join('');
  const outputs = sizes.map((_, index) => `[sheet${index}]`).join('');
  const scaled = sizes.map(
    (size, index) =>
      `[size${index}]${letterboxFilter(size.width, size.height, tone)},pad=${wide}:${size.height}:0:0[sheet${index}]`,
  );
  return `split=${sizes.length}${inputs};${scaled.join(';')};${outputs}vstack=inputs=${sizes.length}[frames]`;
}

/** Cuts what {@link sheetFilter} puts together. */
export class FrameSheet {
  readonly #sizes: readonly Size[];
  readonly #wide: number;
  /** Bytes of a sheet, RGB. */
  readonly bytes: number;

  constructor(sizes: readonly Size[]) {
    this.#sizes = sizes;
    this.#wide = Math.max(...sizes.map(({ width }) => width));
    this.bytes = this.#wide * sizes.reduce((sum, { height }) => sum + height, 0) * 3;
  }

  /** The frames of a sheet, [height, width, 3] each: the first size, and the further ones where there are any. */
  cut(sheet: Uint8Array): { pixels: Uint8Array; more?: Uint8Array[] } {
    if (this.#sizes.length === 1) return { pixels: sheet };
    let row = 0;
    const [pixels, ...more] = this.#sizes.map(({ width, height }) => {
      const first = row;
      row += height;
      return this.#rows(sheet, first, width, height);
    });
    return { pixels, more };
  }

  #rows(sheet: Uint8Array, first: number, width: number, height: number): Uint8Array {
    const stride = this.#wide * 3;
    if (width === this.#wide) return sheet.subarray(first * stride, (first + height) * stride);
    const pixels = new Uint8Array(width * height * 3);
    for (let row = 0; row < height; row++) {
      const at = (first + row) * stride;
      pixels.set(sheet.subarray(at, at + width * 3), row * width * 3);
    }
    return pixels;
  }
}
