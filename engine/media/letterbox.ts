import { badArgument } from '../protocol/errors.ts';
import type { Letterbox } from '../core/frames.ts';

/** The grey of a letterbox's bars, as the eyes were trained with. */
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
 */
export function letterboxFilter(width: number, height: number): string {
  const w = `max(1,round(min(${width},${height}*dar)))`;
  const h = `max(1,round(min(${height},${width}/dar)))`;
  const grey = letterboxGrey.toString(16).padStart(2, '0').repeat(3);
  return [
    `scale=w='${w}':h='${h}':eval=frame:flags=area`,
    'setsar=1',
    'format=rgb24',
    `pad=w=${width}:h=${height}:x='floor((ow-iw)/2)':y='floor((oh-ih)/2)':eval=frame:color=0x${grey}`,
  ].join(',');
}
