import { textIds } from '../../engine/hope/index.ts';
import { openBundle } from '../../engine/inference/bundle/bundle.ts';
import { chunkPolicy } from '../../engine/inference/decoder/chunks.ts';
import { DecoderGraph } from '../../engine/inference/decoder/decoder-graph.ts';
import type { KvCache } from '../../engine/inference/decoder/kv-cache.ts';
import type { ChosenProvider } from '../../engine/inference/providers.ts';
import { Runtime } from '../../engine/inference/runtime/runtime.ts';
import { QwenVisionEncoder } from '../../engine/inference/image/encoder.ts';
import type { Timed } from './torch-side.ts';

/** Layers of the whole 2B model: they decide how large the engine's chunks are. */
const layersOf2B = 28;

/** The engine on one bundle: its own decoder and vision encoder, as the reader runs them. */
export class OurSide implements AsyncDisposable {
  readonly #decoder: DecoderGraph;
  readonly #vision: QwenVisionEncoder;
  #cache: KvCache | undefined;

  private constructor(decoder: DecoderGraph, vision: QwenVisionEncoder) {
    this.#decoder = decoder;
    this.#vision = vision;
  }

  static async open(folder: string, chosen: ChosenProvider, threads: number): Promise<OurSide> {
    const bundle = await openBundle(folder);
    const shape = bundle.manifest.decoder as NonNullable<typeof bundle.manifest.decoder>;
    const { most } = chunkPolicy({ ...shape, layers: layersOf2B });
    const mostTokens = Math.min(most, chosen.mostTokens ?? most);
    const decoder = await DecoderGraph.open(bundle, { ...chosen, mostTokens, threads });
    const runtime = new Runtime({ provider: chosen.provider, threads });
    return new OurSide(decoder, new QwenVisionEncoder(bundle, runtime));
  }

  /** Reads a prompt in the engine's chunks, into a new cache that has room for `room` more tokens. */
  async prefill(tokens: number, room: number): Promise<Timed> {
    const { hiddenSize } = this.#decoder.shape;
    const embeddings = wave(tokens * hiddenSize);
    this.#cache?.dispose();
    const start = performance.now();
    const cache = (this.#cache = this.#decoder.newCache(tokens + room));
    let logits = new Float32Array(0);
    for (let at = 0; at < tokens;) {
      const end = Math.min(tokens, at + this.#decoder.policy.most);
      const rows = embeddings.subarray(at * hiddenSize, end * hiddenSize);
      logits = await this.#read(rows, at, end, cache);
      at = end;
    }
    return timed(start, logits);
  }

  /** Steps of one token after what the last prefill read. */
  async decode(steps: number): Promise<Timed> {
    const cache = this.#cache as KvCache;
    const embedding = wave(this.#decoder.shape.hiddenSize);
    const start = performance.now();
    let logits = new Float32Array(0);
    for (let step = 0; step < steps; step++) {
      logits = await this.#read(embedding, cache.length, cache.length + 1, cache);
    }
    return timed(start, logits);
  }

  /** Looks at temporal patches of random pixels. @param grid [temporal patches, rows, columns] of patches. */
  async encode(grid: readonly [number, number, number]): Promise<Timed> {
    const values = wave(grid[0] * grid[1] * grid[2] * 3 * 2 * 14 * 14);
    const start = performance.now();
    return timed(start, await this.#vision.encodePatches({ values, grid: [...grid] }));
  }

  async #read(
    rows: Float32Array,
    from: number,
    to: number,
    cache: KvCache,
  ): Promise<Float32Array<ArrayBuffer>> {
    const positions = textIds(to - from, from);
    const { logits } = await this.#decoder.read({ embeddings: rows }, positions, cache, { last: 1 });
    return logits as Float32Array<ArrayBuffer>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cache?.dispose();
    await this.#decoder[Symbol.asyncDispose]();
    await this.#vision[Symbol.asyncDispose]();
  }
}

function timed(start: number, output: Float32Array): Timed {
  return { seconds: (performance.now() - start) / 1000, sample: [...output.subarray(0, 64)] };
}

/** The same made-up numbers as the other side's. */
function wave(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(i * 0.7));
}
