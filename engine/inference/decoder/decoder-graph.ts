import { Tensor } from '../../onnxruntime/index.ts';
import { rotaryTables, rotaryWidth, type PositionIds, type RotaryGeometry } from '../../hope/index.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { checkSignature } from '../bundle/signature.ts';
import { openGraph } from '../runtime/open-graph.ts';
import type { GraphSession } from '../runtime/session.ts';
import type { ProviderName } from '../runtime/provider-names.ts';
import { chunkPolicy, type ChunkPolicy } from './chunks.ts';
import { AppendingCache, GrowingCache, type DecoderShape, type KvCache } from './kv-cache.ts';

/** What a run over some tokens gives, for the last of them. */
export interface DecoderOutput {
  /** [rows, vocabSize] */
  logits: Float32Array;
  /** [rows, hiddenSize], after the final norm. */
  hidden: Float32Array;
  rows: number;
}

/** What a decoder reads of some tokens. */
export interface DecoderRows {
  /** [tokens, hiddenSize] */
  embeddings: Float32Array;
  /** What DeepStack adds after each of its layers, [tokens, hiddenSize] each; none where there is nothing to see. */
  layers?: readonly Float32Array[];
}

/** How a decoder is opened. */
export interface DecoderOptions {
  provider: ProviderName;
  threads?: number;
  /** Bytes for one layer's attention scores. */
  scoreBytes?: number;
  /** The most tokens that the provider may be given at once. */
  mostTokens?: number;
}

/** A bundle's decoder with its token embedding, opened on one provider. */
export class DecoderGraph implements AsyncDisposable {
  readonly shape: DecoderShape;
  readonly provider: ProviderName;
  /** How prompts are cut for it. */
  readonly policy: ChunkPolicy;
  readonly #graph: GraphSession;
  readonly #embedding: GraphSession;
  readonly #appends: boolean;
  readonly #pastLength: boolean;

  private constructor(
    shape: DecoderShape,
    graph: GraphSession,
    embedding: GraphSession,
    policy: ChunkPolicy,
  ) {
    this.shape = shape;
    this.policy = policy;
    this.provider = graph.provider;
    this.#graph = graph;
    this.#embedding = embedding;
    this.#pastLength = graph.inputs.has('past_length');
    this.#appends = this.#pastLength && graph.outputs.has('new.0.key') && graph.provider !== 'webgpu';
  }

  /** How many times the cache's own size a run needs, copies that the runtime makes on its way included. */
  get cacheCopies(): number {
    return this.#appends ? 2 : 3;
  }

  /** @throws LongviewError `bad-bundle`; ProviderFailure. */
  static async open(bundle: Bundle, options: DecoderOptions): Promise<DecoderGraph> {
    const shape = bundle.manifest.decoder as DecoderShape;
    const policy = chunkPolicy(shape, options);
    const deviceOutputs = (name: string) => /^(?:present|new)\./u.test(name);
    const graph = await openGraph(bundle, shape.graph, { ...options, deviceOutputs });
    try {
      // A table that is looked up gains nothing from a GPU, and for a large vocabulary it takes a gigabyte.
      const embedding = await openGraph(bundle, shape.embeddingGraph, { ...options, provider: 'cpu' });
      try {
        checkDecoder(bundle.folder, shape, graph, embedding);
        return new DecoderGraph(shape, graph, embedding, policy);
      } catch (error) {
        await embedding[Symbol.asyncDispose]();
        throw error;
      }
    } catch (error) {
      await graph[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** An empty cache. @param capacity tokens that it is going to hold, as far as is known. */
  newCache(capacity: number): KvCache {
    return this.#appends
      ? new AppendingCache(this.shape, capacity)
      : new GrowingCache(this.shape, { pastLength: this.#pastLength });
  }

  /** Input embeddings of token ids, [ids, hiddenSize]. */
  async embed(ids: readonly number[]): Promise<Float32Array> {
    if (ids.length === 0) return new Float32Array(0);
    const input = new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]);
    const { inputs_embeds } = await this.#embedding.run({ input_ids: input });
    return inputs_embeds.data as Float32Array;
  }

  /**
   * Reads tokens after those in the cache, and takes them into it.
   * @param last for how many of the last tokens outputs are wanted, >= 1.
   * @param geometry another encoding's rotary pairs than the bundle's own.
   * @throws ProviderFailure, after which the cache is as it was.
   */
  async read(
    { embeddings, layers = [] }: DecoderRows,
    positions: PositionIds,
    cache: KvCache,
    { geometry, last }: { geometry?: Partial<RotaryGeometry>; last: number },
  ): Promise<DecoderOutput> {
    const tokens = positions.t.length;
    const { headDim, hiddenSize, deepstack, positions: own } = this.shape;
    const tables = rotaryTables(positions, { ...own, headDim, ...geometry });
    const width = tables.cos.length / tokens;
    const outputs = await this.#graph.run(
      {
        inputs_embeds: new Tensor('float32', embeddings, [1, tokens, hiddenSize]),
        cos: new Tensor('float32', tables.cos, [tokens, width]),
        sin: new Tensor('float32', tables.sin, [tokens, width]),
        last: new Tensor('int64', [BigInt(last)], [1]),
        ...(deepstack === undefined ? {} : { deepstack: stacked(layers, [deepstack, tokens, hiddenSize]) }),
        ...cache.feeds(),
      },
      ['logits', 'hidden', ...cache.fetches],
    );
    cache.append(outputs, tokens);
    const { logits, hidden } = outputs as { logits: Tensor; hidden: Tensor };
    return { logits: logits.data as Float32Array, hidden: hidden.data as Float32Array, rows: last };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#graph[Symbol.asyncDispose]();
    await this.#embedding[Symbol.asyncDispose]();
  }
}

function stacked(layers: readonly Float32Array[], dims: readonly [number, number, number]): Tensor {
  const [count, tokens, hiddenSize] = dims;
  const rows = new Float32Array(count * tokens * hiddenSize);
  layers.forEach((layer, i) => rows.set(layer, i * tokens * hiddenSize));
  return new Tensor('float32', rows, dims);
}

function layerOutputs({ layers }: DecoderShape, kind: 'past' | 'present'): string[] {
  return Array.from({ length: layers }, (_, i) => [`${kind}.${i}.key`, `${kind}.${i}.value`]).flat();
}

function checkDecoder(
  folder: string,
  shape: DecoderShape,
  graph: GraphSession,
  embedding: GraphSession,
): void {
  const { hiddenSize, headDim, vocabSize, kvHeads, deepstack } = shape;
  const rotary = rotaryWidth({ headDim, rotaryFraction: shape.positions.rotaryFraction });
  const cache = (kind: 'past' | 'present') =>
    Object.fromEntries(layerOutputs(shape, kind).map((name) => [name, [1, kvHeads, undefined, headDim]]));
  checkSignature(folder, shape.graph, graph, {
    inputs: {
      inputs_embeds: [1, undefined, hiddenSize],
      cos: [undefined, rotary],
      sin: [undefined, rotary],
      last: [1],
      ...(deepstack === undefined ? {} : { deepstack: [deepstack, undefined, hiddenSize] }),
      ...cache('past'),
    },
    outputs: {
      logits: [1, undefined, vocabSize],
      hidden: [1, undefined, hiddenSize],
      ...cache('present'),
    },
  });
  checkSignature(folder, shape.embeddingGraph, embedding, {
    inputs: { input_ids: [1, undefined] },
    outputs: { inputs_embeds: [1, undefined, hiddenSize] },
  });
}
