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
