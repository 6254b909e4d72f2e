import { createCanvas, type Canvas } from '@napi-rs/canvas';
import type { RgbFrame } from '../../engine/core/frames.ts';

/** Pixels of a frame, as the bundle's frame encoder takes it. */
export interface Screen {
  readonly width: number;
  readonly height: number;
}

/** Two frames in time order: a temporal patch before it is encoded. */
export type FramePair = readonly [RgbFrame, RgbFrame];

/** An empty frame to draw on. */
export function blankFrame({ width, height }: Screen): Canvas {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  return canvas;
}

/** A drawn frame as the frame encoder takes it. @param time seconds */
export function toFrame(canvas: Canvas, time: number): RgbFrame {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const pixels = new Uint8Array(canvas.width * canvas.height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    pixels[to++] = data[from];
    pixels[to++] = data[from + 1];
    pixels[to++] = data[from + 2];
  }
  return { time, pixels };
}
