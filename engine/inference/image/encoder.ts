import { Tensor } from '../../onnxruntime/index.ts';
import type { BundleManifest } from '../../protocol/bundle.ts';
import { throwIfCancelled } from '../../protocol/errors.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { checkSignature } from '../bundle/signature.ts';
import { Lazy } from '../runtime/lazy.ts';
import { openGraph } from '../runtime/open-graph.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { GraphSession } from '../runtime/session.ts';
import type { PromptPart, VisionEncoder } from '../types.ts';
import { learnedPositions, windowBias } from './extra-inputs.ts';
import { patchify, resizedTo, visionRotaryTables, type Patches, type VisionShape } from './patchify.ts';
import type { Picture } from './resample.ts';

/** Patches that one run takes at most (one temporal patch at least): bounds memory, and how long a cancel waits. */
const patchesPerRun = 4096;

/** A checkpoint's own vision encoder (layout of Qwen2-VL and its successors): pictures in, visual tokens out. */
export class QwenVisionEncoder implements VisionEncoder, AsyncDisposable {
  readonly framesPerPatch: number;
  readonly hiddenSize: number;
  /** Numbers of a visual token: what the decoder embeds, and what DeepStack adds to its first layers. */
  readonly #width: number;
  readonly #shape: VisionShape;
  readonly #runtime: Runtime;
  readonly #graph: Lazy<GraphSession>;

  constructor(bundle: Bundle, runtime: Runtime) {
    const { vision, decoder } = bundle.manifest;
    const shape = vision as VisionShape;
    this.#shape = shape;
    this.#runtime = runtime;
    this.framesPerPatch = shape.temporalPatchSize;
    const { hiddenSize, deepstack = 0 } = decoder as NonNullable<BundleManifest['decoder']>;
    this.hiddenSize = hiddenSize;
    this.#width = hiddenSize * (1 + deepstack);
    const inputs = 3 * shape.temporalPatchSize * shape.patchSize ** 2;
    this.#graph = new Lazy(async () => {
      const chosen = await runtime.chosen();
      // A picture's patches can't be read a few at a time: each sees all others.
      const provider = chosen.mostTokens === undefined ? chosen.provider : 'cpu';
      const options = { provider, threads: runtime.threads };
      const graph = await openGraph(bundle, shape.graph, options);
      checkSignature(bundle.folder, shape.graph, graph, {
        inputs: {
          pixel_values: [undefined, undefined, inputs],
          cos: [undefined, shape.headDim],
          sin: [undefined, shape.headDim],
          ...(shape.windowSize === undefined ? {} : { window_bias: [undefined, undefined] }),
          ...(shape.positionGrid === undefined
            ? {}
            : { position_index: [4, undefined], position_weight: [4, undefined] }),
        },
        outputs: { image_features: [undefined, undefined, this.#width] },
      });
      return graph;
    });
  }

  /** Rows and columns of visual tokens that frames of a size become. @throws LongviewError `bad-argument`. */
  gridFor(size: { width: number; height: number }): [number, number] {
    const { width, height } = resizedTo(size, this.#shape);
    const cell = this.#shape.patchSize * this.#shape.mergeSize;
    return [height / cell, width / cell];
  }

  /**
   * Looks at frames of one size, in time order: a part of a prompt, one entry of `patches` per temporal patch.
   * @throws LongviewError `bad-argument`, `cancelled`, `bad-bundle`.
   */
  async encode(
    frames: readonly Picture[],
    options: { signal?: AbortSignal } = {},
  ): Promise<PromptPart & { kind: 'video' }> {
    const patches = patchify(frames, this.#shape);
    const tokens = await this.encodePatches(patches, options);
    const { mergeSize } = this.#shape;
    const grid = [patches.grid[1] / mergeSize, patches.grid[2] / mergeSize] as const;
    const perPatch = grid[0] * grid[1] * this.#width;
    return {
      kind: 'video',
      patches: Array.from({ length: patches.grid[0] }, (_, t) =>
        tokens.slice(t * perPatch, (t + 1) * perPatch),
      ),
      grid,
    };
  }

  /** The visual tokens of patches that are cut already, [t * h * w / merge^2, hiddenSize (times 1 + layers with DeepStack)]. */
  encodePatches(patches: Patches, { signal }: { signal?: AbortSignal } = {}): Promise<Float32Array> {
    return this.#runtime.attempt(
      () => this.#encode(patches, signal),
      () => this.#graph[Symbol.asyncDispose](),
    );
  }

  /** Frees the graph; the next look opens it again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#graph[Symbol.asyncDispose]();
  }

  async #encode({ values, grid }: Patches, signal: AbortSignal | undefined): Promise<Float32Array> {
    const graph = await this.#graph.get();
    const { headDim, mergeSize } = this.#shape;
    const [count, rows, columns] = grid;
    const perPatch = rows * columns;
    const width = values.length / (count * perPatch);
    const { cos, sin } = visionRotaryTables([rows, columns], this.#shape);
    const extra = this.#extraInputs([rows, columns]);
    const tokens = new Float32Array(((count * perPatch) / mergeSize ** 2) * this.#width);
    const batch = Math.max(1, Math.floor(patchesPerRun / perPatch));
    for (let t = 0; t < count; t += batch) {
      throwIfCancelled(signal);
      const some = Math.min(batch, count - t);
      const { image_features } = await graph.run({
        pixel_values: new Tensor(
          'float32',
          values.subarray(t * perPatch * width, (t + some) * perPatch * width),
          [some, perPatch, width],
        ),
        cos: new Tensor('float32', cos, [perPatch, headDim]),
        sin: new Tensor('float32', sin, [perPatch, headDim]),
        ...extra,
      });
      tokens.set(image_features.data as Float32Array, ((t * perPatch) / mergeSize ** 2) * this.#width);
    }
    throwIfCancelled(signal);
    return tokens;
  }

  /** What graphs with windows or with learned positions want besides. */
  #extraInputs(grid: readonly [number, number]): Record<string, Tensor> {
    const { windowSize, positionGrid, mergeSize } = this.#shape;
    const patches = grid[0] * grid[1];
    const inputs: Record<string, Tensor> = {};
    if (windowSize !== undefined) {
      const bias = windowBias(grid, { windowSize, mergeSize });
      inputs['window_bias'] = new Tensor('float32', bias, [patches, patches]);
    }
    if (positionGrid !== undefined) {
      const { index, weight } = learnedPositions(grid, { positionGrid, mergeSize });
      inputs['position_index'] = new Tensor('int64', index, [4, patches]);
      inputs['position_weight'] = new Tensor('float32', weight, [4, patches]);
    }
    return inputs;
  }
}
