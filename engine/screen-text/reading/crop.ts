import type { Rectangle } from '../types.ts';
import type { Pyramid } from './picture.ts';

/** Rows of the recogniser's input. */
export const lineHeight = 48;
/** The recogniser's columns are eight pixels wide. */
const column = 8;
/** Longer lines than any screen has in one piece; wider ones are squeezed. */
const mostColumns = 400;

/** A line of text as the recogniser takes it. */
export interface Crop {
  /** Pixels, a multiple of 8, with what was added to the line at its end. */
  width: number;
  /** Pixels of the line itself. */
  filled: number;
  /** Normalised planes [3, 48, width], blue, green and red. */
  planes: Float32Array;
}

/**
 * Cuts a line out of a picture and turns it level: bicubic, 48 pixels high, wide in proportion.
 * @param leastWidth pixels; a shorter line is filled up with grey
 * @param upsideDown turns it by 180 degrees more
 */
export function cropLine(
  pyramid: Pyramid,
  rectangle: Rectangle,
  leastWidth: number,
  upsideDown = false,
): Crop {
  const filled = Math.min(
    mostColumns * column,
    Math.max(column, Math.round((lineHeight * rectangle.width) / rectangle.height)),
  );
  const width = Math.max(leastWidth, Math.ceil(filled / column) * column);
  const planes = new Float32Array(3 * lineHeight * width);
  const stepX = rectangle.width / filled;
  const stepY = rectangle.height / lineHeight;
  const level = pyramid.for(Math.min(stepX, stepY));
  const ratio = level.width / pyramid.base.width;
  const turn = rectangle.angle + (upsideDown ? Math.PI : 0);
  const [cos, sin] = [Math.cos(turn) * ratio, Math.sin(turn) * ratio];
  const sampler = samplerOf(level);
  for (let y = 0; y < lineHeight; y++) {
    const across = (y + 0.5 - lineHeight / 2) * stepY;
    for (let x = 0; x < filled; x++) {
      const along = (x + 0.5 - filled / 2) * stepX;
      const sourceX = rectangle.x * ratio + along * cos - across * sin - 0.5;
      const sourceY = rectangle.y * ratio + along * sin + across * cos - 0.5;
      sampler(sourceX, sourceY, planes, y * width + x, lineHeight * width);
    }
  }
  return { width, filled, planes };
}

/** Writes the picture at a point, as three normalised numbers `plane` apart. */
function samplerOf({ width, height, pixels }: { width: number; height: number; pixels: Uint8Array }) {
  const weightsX = new Float64Array(4);
  const weightsY = new Float64Array(4);
  return (x: number, y: number, planes: Float32Array, to: number, plane: number): void => {
    const left = Math.floor(x);
    const top = Math.floor(y);
    cubicWeights(x - left, weightsX);
    cubicWeights(y - top, weightsY);
    let [blue, green, red] = [0, 0, 0];
    for (let j = 0; j < 4; j++) {
      const row = Math.min(height - 1, Math.max(0, top - 1 + j)) * width;
      for (let i = 0; i < 4; i++) {
        const at = (row + Math.min(width - 1, Math.max(0, left - 1 + i))) * 3;
        const weight = weightsX[i] * weightsY[j];
        red += pixels[at] * weight;
        green += pixels[at + 1] * weight;
        blue += pixels[at + 2] * weight;
      }
    }
    planes[to] = normalised(blue);
    planes[to + plane] = normalised(green);
    planes[to + 2 * plane] = normalised(red);
  };
}

function normalised(value: number): number {
  return Math.min(255, Math.max(0, value)) / 127.5 - 1;
}

/** Keys' cubic convolution (1981) with a = -0.75, as OpenCV's. */
function cubicWeights(t: number, weights: Float64Array): void {
  const a = -0.75;
  weights[0] = ((a * (t + 1) - 5 * a) * (t + 1) + 8 * a) * (t + 1) - 4 * a;
  weights[1] = ((a + 2) * t - (a + 3)) * t * t + 1;
  weights[2] = ((a + 2) * (1 - t) - (a + 3)) * (1 - t) * (1 - t) + 1;
  weights[3] = 1 - weights[0] - weights[1] - weights[2];
}
