import { createCanvas, type Canvas } from '@napi-rs/canvas';
import type { Slide, SlideLine } from './deck.ts';
import { font } from './fonts.ts';

/** Draws a slide as it looks so many seconds after its beginning. Sizes are in pixels of a 1280x720 picture. */
export function drawSlide(slide: Slide, seconds = Infinity, width = 1280, height = 720): Canvas {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = slide.background;
  context.fillRect(0, 0, width, height);
  context.scale(width / 1280, height / 720);
  for (const line of slide.lines) if ((line.from ?? 0) <= seconds) drawLine(canvas, line);
  return canvas;
}

/** Writes one line on a picture. */
export function drawLine(canvas: Canvas, line: SlideLine): void {
  const context = canvas.getContext('2d');
  context.font = font(line.face, line.size, line.weight);
  context.textAlign = line.centred ? 'center' : 'left';
  if (line.rim !== undefined) {
    context.strokeStyle = line.rim;
    context.lineWidth = line.size / 8;
    context.lineJoin = 'round';
    context.strokeText(line.text, line.x, line.y);
  }
  context.fillStyle = line.colour;
  context.fillText(line.text, line.x, line.y);
}

/** A canvas' pixels as RGB, [height, width, 3]. */
export function rgbOf(canvas: Canvas): Uint8Array {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const rgb = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    rgb[to] = data[from];
    rgb[to + 1] = data[from + 1];
    rgb[to + 2] = data[from + 2];
  }
  return rgb;
}
