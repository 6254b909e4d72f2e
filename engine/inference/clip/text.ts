import { Tensor } from '../../onnxruntime/index.ts';
import { badArgument } from '../../protocol/errors.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { checkSignature } from '../bundle/signature.ts';
import { Lazy } from '../runtime/lazy.ts';
import { openGraph } from '../runtime/open-graph.ts';
import type { GraphSession } from '../runtime/session.ts';
import { toUnitLength } from '../../core/vectors.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import type { TextEmbedder } from '../types.ts';
import { clipOutputs } from './outputs.ts';
import type { ClipShape } from './prepare.ts';

/** The words' side of a CLIP-class pair. Texts longer than the pair's maxTokens are cut before their end token. */
export class ClipTextEmbedder implements TextEmbedder, AsyncDisposable {
  readonly embeddingSize: number;
  readonly #shape: ClipShape;
  readonly #tokenizer: () => Promise<Tokenizer>;
  readonly #graph: Lazy<GraphSession>;

  constructor(bundle: Bundle, tokenizer: () => Promise<Tokenizer>, options: { threads?: number }) {
    const shape = bundle.manifest.clip as ClipShape;
    this.#shape = shape;
    this.embeddingSize = shape.embeddingSize;
    this.#tokenizer = tokenizer;
    this.#graph = new Lazy(async () => {
      const graph = await openGraph(bundle, shape.textGraph, { ...options, provider: 'cpu' });
      checkSignature(bundle.folder, shape.textGraph, graph, {
        inputs: { input_ids: [undefined, undefined] },
        outputs: { [clipOutputs[shape.kind].text]: [undefined, shape.embeddingSize] },
      });
      return graph;
    });
  }

  /** @returns one unit vector per text. @throws LongviewError `bad-argument` for a text without words, `bad-bundle`. */
  async embed(texts: readonly string[]): Promise<Float32Array[]> {
    const tokenizer = await this.#tokenizer();
    const graph = await this.#graph.get();
    const vectors: Float32Array[] = [];
    for (const text of texts) {
      if (text.trim() === '') throw badArgument('text', 'words', text);
      vectors.push(
        await this.#embedIds(
          graph,
          this.#fit(tokenizer.encodeWithTemplate(tokenizer.disarm(this.#cased(text)))),
        ),
      );
    }
    return vectors;
  }

  /** Frees the graph; the next {@link embed} opens it again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#graph[Symbol.asyncDispose]();
  }

  /** SigLIP was trained on texts in lower case, which its tokenizer's file doesn't say. */
  #cased(text: string): string {
    return this.#shape.kind === 'siglip' ? text.toLowerCase() : text;
  }

  /** SigLIP was trained on texts padded to one length; a CLIP reads a text as it is. */
  #fit(ids: readonly number[]): number[] {
    const { kind, maxTokens, padToken } = this.#shape;
    const end = ids.at(-1) as number;
    const cut = ids.length > maxTokens ? [...ids.slice(0, maxTokens - 1), end] : [...ids];
    if (kind === 'siglip') while (cut.length < maxTokens) cut.push(padToken);
    return cut;
  }

  async #embedIds(graph: GraphSession, ids: readonly number[]): Promise<Float32Array> {
    const row = (values: readonly number[]) =>
      new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
    const output = clipOutputs[this.#shape.kind].text;
    const found = await graph.run(
      {
        input_ids: row(ids),
        ...(graph.inputs.has('attention_mask') ? { attention_mask: row(ids.map(() => 1)) } : {}),
      },
      [output],
    );
    return toUnitLength(found[output].data as Float32Array);
  }
}
