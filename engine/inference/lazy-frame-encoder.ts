import { join } from 'node:path';
import type { BundleManifest } from '../protocol/bundle.ts';
import type { Bundle } from './bundle/bundle.ts';
import { badBundle } from './bundle/manifest.ts';
import { openEyes } from './frame-encoder.ts';
import { Lazy } from './runtime/lazy.ts';
import type { ProviderName } from './runtime/provider-names.ts';
import { sessionSettings } from './runtime/session.ts';
import type { Eyes, Look } from './types.ts';
import type { Letterbox, RgbFrame } from '../core/frames.ts';

/** Temporal patches a run: four frames, the fastest measured on the CPU provider. */
const batchPatches = 2;

/** A bundle's eyes, which are opened at the first look: asking a question needn't load the detector. */
export class LazyEyes implements Eyes, AsyncDisposable {
  readonly framesPerPatch = 2;
  readonly batchPatches = batchPatches;
  readonly width: number;
  readonly height: number;
  readonly grid: readonly [number, number];
  readonly hiddenSize: number;
  readonly embeddingSize: number;
  readonly #eyes: Lazy<Eyes & AsyncDisposable>;

  constructor(bundle: Bundle, options: { provider: ProviderName; threads?: number }) {
    const { eyes, decoder, text } = bundle.manifest;
    const { graph, headGraph, width, height, grid, labels } = eyes as NonNullable<BundleManifest['eyes']>;
    this.width = width;
    this.height = height;
    this.grid = grid;
    this.hiddenSize = decoder?.hiddenSize ?? 0;
    this.embeddingSize = text?.embeddingSize ?? 0;
    this.#eyes = new Lazy(async () => {
      const opened = await openEyes({
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

  /** See {@link Eyes.look}; the first call opens the graphs. @throws LongviewError `bad-bundle`, `cancelled`. */
  async look(
    patches: readonly (readonly [RgbFrame, RgbFrame])[],
    letterbox: Letterbox,
    signal?: AbortSignal,
  ): Promise<Look[]> {
    return (await this.#eyes.get()).look(patches, letterbox, signal);
  }

  /** Frees the graphs; the next {@link look} opens them again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#eyes[Symbol.asyncDispose]();
  }
}
