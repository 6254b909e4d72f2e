import { Tensor } from '../../onnxruntime/index.ts';
import { rotaryTables, textIds } from '../../hope/index.ts';
import { toUnitLength } from '../../core/vectors.ts';
import { badArgument } from '../../protocol/errors.ts';
import type { BundleManifest } from '../../protocol/bundle.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { checkSignature } from '../bundle/signature.ts';
import { Lazy } from '../runtime/lazy.ts';
import { openGraph } from '../runtime/open-graph.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { GraphSession } from '../runtime/session.ts';
import type { TextEmbedder } from '../types.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * The words' side of the shared space: a small Qwen2-type tower, read at a text's last token. Its positions are plain
 * RoPE; texts longer than the bundle's maxTokens are cut.
 */
export class TowerTextEmbedder implements TextEmbedder, AsyncDisposable {
  readonly embeddingSize: number;
  readonly #shape: NonNullable<BundleManifest['text']>;
  readonly #tokenizer: () => Promise<Tokenizer>;
  readonly #graph: Lazy<GraphSession>;

  constructor(bundle: Bundle, runtime: Runtime, tokenizer: () => Promise<Tokenizer>) {
    const shape = bundle.manifest.text as NonNullable<BundleManifest['text']>;
    this.#shape = shape;
    this.embeddingSize = shape.embeddingSize;
    this.#tokenizer = tokenizer;
    // A few tokens through a few layers: on the CPU this is done before a GPU has begun.
    this.#graph = new Lazy(async () => {
      const graph = await openGraph(bundle, shape.graph, { provider: 'cpu', threads: runtime.threads });
      checkSignature(bundle.folder, shape.graph, graph, {
        inputs: {
          input_ids: [1, undefined],
          cos: [undefined, shape.headDim],
          sin: [undefined, shape.headDim],
        },
        outputs: { embedding: [1, shape.embeddingSize] },
      });
      return graph;
    });
  }

  /**
   * @returns one unit vector [embeddingSize] per text.
   * @throws LongviewError `bad-argument` for a text without any token, `bad-bundle`.
   */
  async embed(texts: readonly string[]): Promise<Float32Array[]> {
    const tokenizer = await this.#tokenizer();
    const graph = await this.#graph.get();
    const vectors: Float32Array[] = [];
    for (const text of texts) {
      const ids = tokenizer.encode(tokenizer.disarm(text)).slice(0, this.#shape.maxTokens);
      if (ids.length === 0) throw badArgument('text', 'words', text);
      vectors.push(await this.#embedIds(graph, ids));
    }
    return vectors;
  }

  /** Frees the graph; the next {@link embed} opens it again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#graph[Symbol.asyncDispose]();
  }

  async #embedIds(graph: GraphSession, ids: readonly number[]): Promise<Float32Array> {
    const { headDim, theta } = this.#shape;
    const geometry = { variant: 'rope', headDim, theta, sections: [headDim / 2, 0, 0] } as const;
    const { cos, sin } = rotaryTables(textIds(ids.length), geometry);
    const { embedding } = await graph.run({
      input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
      cos: new Tensor('float32', cos, [ids.length, headDim]),
      sin: new Tensor('float32', sin, [ids.length, headDim]),
    });
    return toUnitLength(embedding.data as Float32Array);
  }
}
