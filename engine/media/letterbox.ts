import { badArgument } from '../protocol/errors.ts';
import type { Letterbox } from '../core/frames.ts';

/** The grey of a letterbox's bars, as the frame encoder was trained with. */
export const letterboxGrey = 114;

/**
 * Where a picture of the given display size lies, as large as possible and not squashed, in the middle of a frame.
 * @param width, height the frame, in pixels
 */
export function letterboxFor(
  picture: { width: number; height: number },
  width: number,
  height: number,
): Letterbox {
  for (const [name, value] of Object.entries({ width, height }))
    if (!Number.isInteger(value) || value < 2) throw badArgument(name, 'an integer of at least 2', value);
  const aspect = picture.width / picture.height;
  const inner = {
    width: Math.max(1, Math.round(Math.min(width, height * aspect))),
    height: Math.max(1, Math.round(Math.min(height, width / aspect))),
  };
  return {
    x: Math.floor((width - inner.width) / 2),
    y: Math.floor((height - inner.height) / 2),
    ...inner,
  };
}

/**
 * The same as an ffmpeg filter chain, to RGB. The size is computed by ffmpeg from each frame, so that a recording that
 * changes its size or shape midway is still not squashed (there, {@link letterboxFor} describes the first shape).
 * @param tone filters that map the picture's light, see `toneFilters`
 */
export function letterboxFilter(width: number, height: number, tone?: string): string {
  const grey = letterboxGrey.toString(16).padStart(2, '0').repeat(3);
  return [
    fitFilter(width, height),
    'setsar=1',
    ...(tone === undefined ? [] : [tone]),
    'format=rgb24',
    `pad=w=${width}:h=${height}:x='floor((ow-iw)/2)':y='floor((oh-ih)/2)':eval=frame:color=0x${grey}`,
  ].join(',');
}

/** A part of a picture: left, top, width and height as shares (0 to 1) of it. */
export type PictureBox = readonly [x: number, y: number, width: number, height: number];

/** Cuts a part out of each frame, then fits it into a size without padding; see {@link fittedFrame}. */
export function fittedFilter(
  width: number,
  height: number,
  box: PictureBox | undefined,
  tone?: string,
): string {
  const [x, y, w, h] = box ?? [0, 0, 1, 1];
  const crop = `crop=w='max(1,iw*${w})':h='max(1,ih*${h})':x='iw*${x}':y='ih*${y}'`;
  return [
    ...(box ? [crop] : []),
    fitFilter(width, height),
    'setsar=1',
    ...(tone === undefined ? [] : [tone]),
    'format=rgb24',
  ].join(',');
}

/**
 * A picture as ffmpeg writes it (PPM, 8 bits), in the middle of a grey frame, with where it lies in it.
 * @returns undefined where it isn't one, or doesn't fit
 */
export function fittedFrame(
  ppm: Buffer,
  size: { width: number; height: number },
): { pixels: Uint8Array; letterbox: Letterbox } | undefined {
  const head = /^P6\s(\d+) (\d+)\s255\s/u.exec(ppm.subarray(0, 40).toString('latin1'));
  if (!head) return undefined;
  const [width, height] = [Number(head[1]), Number(head[2])];
  const from = head[0].length;
  if (width > size.width || height > size.height || ppm.length < from + 3 * width * height) return undefined;
  const [x, y] = [Math.floor((size.width - width) / 2), Math.floor((size.height - height) / 2)];
  const pixels = new Uint8Array(size.width * size.height * 3).fill(letterboxGrey);
  for (let row = 0; row < height; row++) {
    const line = from + 3 * row * width;
    pixels.set(ppm.subarray(line, line + 3 * width), 3 * ((y + row) * size.width + x));
  }
  return { pixels, letterbox: { x, y, width, height } };
}

/** Scales each frame, by its own display shape, to the largest size that fits; `dar` is its shape. */
function fitFilter(width: number, height: number, output = '', least = 1): string {
  const w = `max(${least},round(min(${width},${height}*dar)))`;
  const h = `max(${least},round(min(${height},${width}/dar)))`;
  return `scale=w='${w}':h='${h}':eval=frame:flags=area${output}`;
}

/**
 * Scales and pads each frame to one even size, black beside it where a frame has another shape than the first.
 * @param tone filters that map the picture's light, see `toneFilters`
 */
export function evenFrameFilter(
  width: number,
  height: number,
  tone: string | undefined,
  levels: 'jpeg' | 'video',
): string {
  // A JPEG's colours are BT.601's in the full range; a player takes for granted what is written beside the film.
  const colours =
    levels === 'jpeg' ? 'out_color_matrix=bt601:out_range=pc' : 'out_color_matrix=bt709:out_range=tv';
  const bt709 = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709';
  return [
    // A sliver is drawn thicker than it is: there is something to see.
    fitFilter(width, height, tone === undefined ? `:${colours}` : '', Math.min(width, height, 16)),
    'setsar=1',
    ...(tone === undefined ? [] : [tone, `scale=${colours}`]),
    ...(levels === 'jpeg' ? ['format=yuvj420p'] : ['format=yuv420p', bt709]),
    `pad=w=${width}:h=${height}:x='2*floor((ow-iw)/4)':y='2*floor((oh-ih)/4)':eval=frame:color=black`,
  ].join(',');
}

/** Fits frames of other sizes into one, black beside them; frames of that size go through as they are. */
export function oneSizeFilter(width: number, height: number): string {
  const pad = `pad=w=${width}:h=${height}:x='2*floor((ow-iw)/4)':y='2*floor((oh-ih)/4)':eval=frame:color=black`;
  return [fitFilter(width, height), 'setsar=1', pad].join(',');
}

/** The largest even size of a display shape whose longer edge is at most so long. */
export function evenSize(shape: { width: number; height: number }, longest: number, least = 2) {
  const scale = Math.min(1, longest / Math.max(shape.width, shape.height));
  const even = (length: number) => Math.max(least, 2 * Math.round((length * scale) / 2));
  return { width: even(shape.width), height: even(shape.height) };
}
