import { Tensor } from '../../onnxruntime/index.ts';
import { badArgument, throwIfCancelled } from '../../protocol/errors.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { checkSignature } from '../bundle/signature.ts';
import { Lazy } from '../runtime/lazy.ts';
import { openGraph } from '../runtime/open-graph.ts';
import type { ProviderName } from '../runtime/provider-names.ts';
import type { GraphSession } from '../runtime/session.ts';
import { toUnitLength } from '../../core/vectors.ts';
import type { FrameEncoder, PatchAnalysis } from '../types.ts';
import type { Letterbox, RgbFrame } from '../../core/frames.ts';
import type { Picture } from '../image/resample.ts';
import { clipOutputs } from './outputs.ts';
import { prepare, type ClipShape, type Prepared } from './prepare.ts';

/** Pictures a run. */
const batchPictures = 8;

/** The pictures' side of a CLIP-class pair: it embeds; it names no objects and has no visual tokens for a decoder. */
export class ClipFrameEncoder implements FrameEncoder, AsyncDisposable {
  readonly framesPerPatch = 2;
  readonly batchPatches = batchPictures / 2;
  readonly grid = [0, 0] as const;
  readonly hiddenSize = 0;
  /** Frames are asked for as squares in which a 16:9 picture, lying or standing, keeps the pair's own resolution. */
  readonly width: number;
  readonly height: number;
  readonly embeddingSize: number;
  readonly #shape: ClipShape;
  readonly #graph: Lazy<GraphSession>;

  constructor(bundle: Bundle, options: { provider: ProviderName; threads?: number }) {
    const shape = bundle.manifest.clip as ClipShape;
    this.#shape = shape;
    this.embeddingSize = shape.embeddingSize;
    const side = 2 * Math.ceil((Math.max(...shape.imageSize) * 16) / 9 / 2);
    this.width = side;
    this.height = side;
    this.#graph = new Lazy(async () => {
      const graph = await openGraph(bundle, shape.visionGraph, options);
      checkSignature(bundle.folder, shape.visionGraph, graph, {
        inputs: { pixel_values: [undefined, 3, undefined, undefined] },
        outputs: { [clipOutputs[shape.kind].vision]: [undefined, shape.embeddingSize] },
      });
      return graph;
    });
  }

  /**
   * Looks at temporal patches; a temporal patch's embedding is the middle of its two frames'. The letterbox is cut off
   * first: the pair has its own way with shapes.
   * @throws LongviewError `bad-argument`, `bad-bundle`, `cancelled`.
   */
  async analyse(
    patches: readonly (readonly [RgbFrame, RgbFrame])[],
    letterbox: Letterbox,
    signal?: AbortSignal,
  ): Promise<PatchAnalysis[]> {
    const pictures = patches.flat().map(({ pixels }) => {
      const { width, height } = this;
      if (pixels.length !== width * height * 3) {
        throw badArgument('pixels', `${width * height * 3} bytes (${width}x${height} RGB)`, pixels.length);
      }
      return inside({ width, height, pixels }, letterbox);
    });
    const vectors = await this.embed(pictures, { signal });
    return patches.map((_, i) => {
      const [a, b] = vectors.slice(2 * i, 2 * i + 2);
      const embedding = toUnitLength(a.map((value, d) => value + b[d]));
      return { objects: [[], []], tokens: new Float32Array(0), embedding };
    });
  }

  /** Unit vectors of pictures of any size, [embeddingSize] each. @throws LongviewError as {@link analyse}. */
  async embed(
    pictures: readonly Picture[],
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Float32Array[]> {
    throwIfCancelled(signal);
    const graph = await this.#graph.get();
    // Some pairs are exported for one picture at a time.
    const most = graph.inputs.get('pixel_values')?.dims[0] === 1 ? 1 : batchPictures;
    const vectors: Float32Array[] = [];
    for (let at = 0; at < pictures.length;) {
      throwIfCancelled(signal);
      const [first, ...rest] = pictures.slice(at, at + most).map((picture) => prepare(picture, this.#shape));
      // Without a crop, sizes may differ, and a batch has one size.
      const other = rest.findIndex(({ width, height }) => width !== first.width || height !== first.height);
      const batch = [first, ...(other < 0 ? rest : rest.slice(0, other))];
      vectors.push(...(await this.#run(graph, batch)));
      at += batch.length;
    }
    return vectors;
  }

  /** Frees the graph; the next look opens it again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#graph[Symbol.asyncDispose]();
  }

  async #run(graph: GraphSession, batch: readonly Prepared[]): Promise<Float32Array[]> {
    const [{ width, height, values }] = batch;
    const pixels = new Float32Array(batch.length * values.length);
    for (const [i, one] of batch.entries()) pixels.set(one.values, i * values.length);
    const output = clipOutputs[this.#shape.kind].vision;
    const feeds = { pixel_values: new Tensor('float32', pixels, [batch.length, 3, height, width]) };
    const all = (await graph.run(feeds, [output]))[output].data as Float32Array;
    const size = this.embeddingSize;
    return batch.map((_, i) => toUnitLength(all.slice(i * size, (i + 1) * size)));
  }
}

/** The part of a frame that is picture. */
function inside(frame: Picture, { x, y, width, height }: Letterbox): Picture {
  const [left, top] = [Math.round(x), Math.round(y)];
  const wide = Math.min(Math.round(width), frame.width - left);
  const tall = Math.min(Math.round(height), frame.height - top);
  if (!(left >= 0 && top >= 0 && wide > 0 && tall > 0)) {
    throw badArgument('letterbox', `a picture inside ${frame.width}x${frame.height}`, {
      x,
      y,
      width,
      height,
    });
  }
  const pixels = new Uint8Array(wide * tall * 3);
  for (let row = 0; row < tall; row++) {
    const from = ((top + row) * frame.width + left) * 3;
    pixels.set(frame.pixels.subarray(from, from + wide * 3), row * wide * 3);
  }
  return { width: wide, height: tall, pixels };
}
