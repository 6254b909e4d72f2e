import { join } from 'node:path';
import type { BundleManifest } from '../protocol/bundle.ts';
import type { Bundle } from './bundle/bundle.ts';
import { badBundle } from './bundle/manifest.ts';
import { openFrameEncoder } from './frame-encoder.ts';
import { Lazy } from './runtime/lazy.ts';
import type { ProviderName } from './runtime/provider-names.ts';
import { sessionSettings } from './runtime/session.ts';
import type { FrameEncoder, PatchAnalysis } from './types.ts';
import type { Letterbox, RgbFrame } from '../core/frames.ts';

/** Temporal patches a run: four frames, the fastest measured on the CPU provider. */
const batchPatches = 2;

/** A bundle's frame encoder, opened when it first analyses something: asking a question needn't load the detector. */
export class LazyFrameEncoder implements FrameEncoder, AsyncDisposable {
  readonly framesPerPatch = 2;
  readonly batchPatches = batchPatches;
  readonly width: number;
  readonly height: number;
  readonly grid: readonly [number, number];
  readonly hiddenSize: number;
  readonly embeddingSize: number;
  readonly #frameEncoder: Lazy<FrameEncoder & AsyncDisposable>;

  constructor(bundle: Bundle, options: { provider: ProviderName; threads?: number }) {
    const { eyes, decoder, text } = bundle.manifest;
    const { graph, headGraph, width, height, grid, labels } = eyes as NonNullable<BundleManifest['eyes']>;
    this.width = width;
    this.height = height;
    this.grid = grid;
    this.hiddenSize = decoder?.hiddenSize ?? 0;
    this.embeddingSize = text?.embeddingSize ?? 0;
    this.#frameEncoder = new Lazy(async () => {
      const opened = await openFrameEncoder({
        graph: join(bundle.folder, graph),
        headGraph: join(bundle.folder, headGraph),
        ...{ width, height, grid, labels, batchPatches },
        session: await sessionSettings(options),
      });
      for (const [size, expected] of [
        ['hiddenSize', decoder?.hiddenSize],
        ['embeddingSize', text?.embeddingSize],
      ] as const) {
        if (expected !== undefined && opened[size] !== expected) {
          await opened[Symbol.asyncDispose]();
          const wrong = `the head of the frame encoder has the ${size} ${opened[size]} where bundle.json makes it ${expected}`;
          throw badBundle(bundle.folder, wrong);
        }
      }
      return opened;
    });
  }

  /** See {@link FrameEncoder.analyse}; the first call opens the graphs. @throws LongviewError `bad-bundle`, `cancelled`. */
  async analyse(
    patches: readonly (readonly [RgbFrame, RgbFrame])[],
    letterbox: Letterbox,
    signal?: AbortSignal,
  ): Promise<PatchAnalysis[]> {
    return (await this.#frameEncoder.get()).analyse(patches, letterbox, signal);
  }

  /** Frees the graphs; the next {@link analyse} opens them again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#frameEncoder[Symbol.asyncDispose]();
  }
}
