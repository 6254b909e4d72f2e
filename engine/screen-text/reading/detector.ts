import { Tensor } from '../../onnxruntime/index.ts';
import type { GraphSession } from '../../inference/runtime/session.ts';
import type { TextArea } from '../types.ts';
import { toPlanes, type Normalisation, type Pyramid } from './picture.ts';
import { areasIn } from './text-map.ts';

/** ImageNet's means and deviations, for blue, green and red. */
const [mean, deviation] = [
  [0.406, 0.456, 0.485],
  [0.225, 0.224, 0.229],
];
const normalisation: Normalisation = {
  scale: [1 / 255 / deviation[0], 1 / 255 / deviation[1], 1 / 255 / deviation[2]],
  shift: [-mean[0] / deviation[0], -mean[1] / deviation[1], -mean[2] / deviation[2]],
};

/** The detector takes sides that are multiples of this only. */
const step = 32;

/**
 * The size at which the detector looks at a picture: as it is, or made smaller until its longer side is `longSide`;
 * both sides multiples of 32.
 */
export function detectorSize(
  { width, height }: { width: number; height: number },
  longSide: number,
): { width: number; height: number } {
  const scale = Math.min(1, longSide / Math.max(width, height));
  const side = (pixels: number) => Math.max(step, Math.round((pixels * scale) / step) * step);
  return { width: side(width), height: side(height) };
}

/** PP-OCR's text detector (a DB net). */
export class TextDetector {
  readonly #graph: GraphSession;

  constructor(graph: GraphSession) {
    this.#graph = graph;
  }

  /**
   * Finds where text is.
   * @param longSide the detector's own resolution, see {@link detectorSize}
   * @param margin what each area is grown by, in pixels of the detector
   * @returns areas in pixels of the picture
   * @throws ProviderFailure.
   */
  async find(pyramid: Pyramid, longSide: number, margin: number): Promise<TextArea[]> {
    const { base } = pyramid;
    const { width, height } = detectorSize(base, longSide);
    const x = new Tensor('float32', toPlanes(pyramid, width, height, normalisation), [1, 3, height, width]);
    const outputs = await this.#graph.run({ x });
    const [output] = Object.values(outputs);
    const areas = areasIn({ width, height, probabilities: output.data as Float32Array }, margin);
    const [across, down] = [base.width / width, base.height / height];
    return areas.map(({ rectangle, score }) => ({ rectangle: scaled(rectangle, across, down), score }));
  }
}

/** Both factors are nearly the same (sides are rounded to multiples of 32), so a rectangle stays one. */
function scaled(rectangle: TextArea['rectangle'], across: number, down: number): TextArea['rectangle'] {
  const [cos, sin] = [Math.cos(rectangle.angle), Math.sin(rectangle.angle)];
  return {
    x: rectangle.x * across,
    y: rectangle.y * down,
    width: rectangle.width * Math.hypot(cos * across, sin * down),
    height: rectangle.height * Math.hypot(sin * across, cos * down),
    angle: Math.atan2(sin * down, cos * across),
  };
}
