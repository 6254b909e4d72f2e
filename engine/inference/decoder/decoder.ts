import { PositionWalk, type PositionOptions } from '../../hope/index.ts';
import type { BundleManifest, PositionVariant } from '../../protocol/bundle.ts';
import { badArgument, throwIfCancelled } from '../../protocol/errors.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { Lazy } from '../runtime/lazy.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { TextStream } from '../text/text-stream.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import type { Decoder, DecodeRequest, DecodeResult } from '../types.ts';
import { DecoderGraph } from './decoder-graph.ts';
import { cacheBytesPerToken, type DecoderShape } from './kv-cache.ts';
import { longestContext, type ContextLimits } from './memory.ts';
import { positionOptions, readOn, walkAfter } from './prefill.ts';
import { PrefixCache } from './prefix-cache.ts';
import { assemblePrompt, type Prompt } from './prompt.ts';
import { withPrompt, type PromptSessionOptions, type ReadPrompt } from './prompt-session.ts';
import { argmax, createSampler, logProbability, type Sampler } from './sampling.ts';

/** What a reader is made of. */
export interface OnnxDecoderOptions {
  bundle: Bundle;
  runtime: Runtime;
  tokenizer: () => Promise<Tokenizer>;
  /** Visual tokens of one temporal patch, where the bundle fixes them. */
  tokensPerPatch: number;
  /** Bytes that reading may take, weights aside; default: 70 % of what is free at the time. */
  memory?: number;
  /** Bytes for kept prefixes; default: those of 8,192 tokens, at most a quarter of what is free and 1 GiB. */
  prefixMemory?: number;
  /** Bytes for one layer's attention scores; smaller chunks, less memory. */
  scoreBytes?: number;
}

type Request = Omit<DecodeRequest, 'maxNewTokens' | 'temperature' | 'topP' | 'seed' | 'onText'>;

/**
 * Tokens of prefixes that are kept: with the built-in model 290 temporal patches (32 MiB), about as many as one list's second
 * look reads. With a gigabyte to fill, memory grew for hours.
 */
const keptTokens = 8192;

/** Of the trained context, what is left to the question and the answer. */
const tokensForWords = 64;

/** Reads prompts with a bundle's decoder. Requests wait for each other: there is one model and one memory. */
export class OnnxDecoder implements Decoder, AsyncDisposable {
  readonly variant: PositionVariant;
  readonly trainedPatches: number;
  readonly wordsPerPatch: number;
  readonly #options: OnnxDecoderOptions;
  readonly #shape: DecoderShape;
  readonly #tokens: NonNullable<BundleManifest['tokens']>;
  readonly #prefixes: PrefixCache;
  readonly #decoder: Lazy<DecoderGraph>;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: OnnxDecoderOptions) {
    const { bundle, runtime, tokensPerPatch, scoreBytes } = options;
    this.#options = options;
    this.#shape = bundle.manifest.decoder as DecoderShape;
    this.#tokens = bundle.manifest.tokens as NonNullable<BundleManifest['tokens']>;
    this.variant = this.#shape.positions.variant;
    const trained = this.#shape.trainedContext ?? this.#shape.maxContext;
    this.trainedPatches = Math.max(1, Math.floor((trained - tokensForWords) / tokensPerPatch));
    // "<12345.6 seconds>", with the marks around the temporal patch.
    this.wordsPerPatch = this.#tokens.timestamps ? 16 : 0;
    this.#prefixes = new PrefixCache(
      options.prefixMemory ??
        Math.min(2 ** 30, process.availableMemory() / 4, keptTokens * cacheBytesPerToken(this.#shape)),
    );
    this.#decoder = new Lazy(async () =>
      DecoderGraph.open(bundle, { ...(await runtime.chosen()), threads: runtime.threads, scoreBytes }),
    );
  }

  /** Generates an answer. @throws LongviewError `context-too-long`, `cancelled`, `bad-argument`. */
  async read(request: DecodeRequest): Promise<DecodeResult> {
    const sampler = createSampler(request);
    const maxNewTokens = request.maxNewTokens ?? 128;
    if (!Number.isSafeInteger(maxNewTokens) || maxNewTokens < 1) {
      throw badArgument('maxNewTokens', 'a whole number >= 1', maxNewTokens);
    }
    // After a fallback to the CPU the answer is generated again; what was told already isn't told twice.
    let told = 0;
    return this.#run(request, maxNewTokens, (prompt, read, decoder, tokenizer) => {
      let text = '';
      const onText = (piece: string) => {
        text += piece;
        if (piece !== '' && text.length > told) request.onText?.(text.slice(told));
        told = Math.max(told, text.length);
      };
      return this.#generate({ prompt, read, decoder, tokenizer, request, maxNewTokens, sampler, onText });
    });
  }

  /**
   * Teacher-forced log-probabilities of given answers, and whether every token of an answer was the argmax.
   * @throws LongviewError `context-too-long`, `cancelled`, `bad-argument`.
   */
  async score(
    request: Request,
    answers: readonly string[],
  ): Promise<{ logProbability: number; exact: boolean }[]> {
    return this.#run(request, 0, async (prompt, read, decoder, tokenizer) => {
      const { cache, output } = read;
      cache.keep();
      const scores: { logProbability: number; exact: boolean }[] = [];
      for (const answer of answers) {
        throwIfCancelled(request.signal);
        const ids = tokenizer.encode(answer);
        if (ids.length === 0) throw badArgument('answers', 'texts that are not empty', answer);
        const fed = ids.slice(0, -1);
        const walk = walkAfter(prompt, this.#positions(request));
        const after =
          fed.length > 0 ? (await this.#readOn(decoder, fed, walk, read)).logits : new Float32Array(0);
        cache.rewind(prompt.tokens);
        scores.push(scoreTokens(ids, output.logits, after));
      }
      return scores;
    });
  }

  /**
   * The decoder's hidden state (after the final norm, [hiddenSize]) at the prompt's last token: what an embedding
   * head reads. @throws as {@link read}.
   */
  async state(request: Request): Promise<Float32Array> {
    return this.#run(request, 0, async (_, { output }) => output.hidden.slice(-this.#shape.hiddenSize));
  }

  /** The longest context, in tokens, that can be read now: what the model declares and memory allows. */
  async longestContext(): Promise<number> {
    return longestContext(this.#limits(await this.#decoder.get()));
  }

  /** Tokens of a prompt, visual ones included: what a question would cost. */
  async countTokens(parts: Request['parts']): Promise<number> {
    const tokenizer = await this.#options.tokenizer();
    return assemblePrompt(parts, tokenizer, this.#tokens, this.#shape).tokens;
  }

  /** Frees the decoder and all kept prefixes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue;
    await this.#free();
  }

  #positions({ gamma }: Request): PositionOptions {
    return positionOptions(this.#shape, gamma);
  }

  /** Reads a request's prompt, then does `use` with it; one request after the other. */
  async #run<T>(
    request: Request,
    newTokens: number,
    use: (prompt: Prompt, read: ReadPrompt, decoder: DecoderGraph, tokenizer: Tokenizer) => Promise<T>,
  ): Promise<T> {
    const positions = this.#positions(request);
    // Checks gamma before anything is loaded.
    new PositionWalk(positions);
    const work = async () => {
      throwIfCancelled(request.signal);
      const tokenizer = await this.#options.tokenizer();
      const prompt = assemblePrompt(request.parts, tokenizer, this.#tokens, this.#shape);
      if (prompt.tokens === 0) throw badArgument('parts', 'a prompt of at least one token', request.parts);
      const decoder = await this.#decoder.get();
      const session = this.#session(decoder);
      const { signal, onRead: onChunk } = request;
      return withPrompt(prompt, positions, newTokens, session, { signal, onChunk }, (read) =>
        use(prompt, read, decoder, tokenizer),
      );
    };
    const result = this.#queue.then(() => this.#options.runtime.attempt(work, () => this.#free()));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #generate(options: {
    prompt: Prompt;
    read: ReadPrompt;
    decoder: DecoderGraph;
    tokenizer: Tokenizer;
    request: DecodeRequest;
    maxNewTokens: number;
    sampler: Sampler;
    onText: (piece: string) => void;
  }): Promise<DecodeResult> {
    const { prompt, read, decoder, tokenizer, request, maxNewTokens, sampler, onText } = options;
    const start = performance.now();
    const walk = walkAfter(prompt, this.#positions(request));
    const stream = new TextStream(tokenizer);
    const ids: number[] = [];
    let text = '';
    let probability = 0;
    let { logits } = read.output;
    const tell = (piece: string) => {
      text += piece;
      onText(piece);
    };
    for (;;) {
      const id = sampler(logits);
      probability += Math.exp(logProbability(logits, id));
      if (this.#tokens.stop.includes(id)) {
        // The decision to stop counts only where it is the whole answer.
        if (ids.length > 0) probability -= Math.exp(logProbability(logits, id));
        break;
      }
      ids.push(id);
      tell(stream.push(id));
      if (ids.length === maxNewTokens) break;
      throwIfCancelled(request.signal);
      ({ logits } = await this.#readOn(decoder, [id], walk, read));
    }
    tell(stream.end());
    return {
      text,
      confidence: probability / Math.max(1, ids.length),
      promptTokens: prompt.tokens,
      tokens: ids.length,
      prefillMs: read.milliseconds,
      decodeMs: performance.now() - start,
      tokenIds: ids,
      reusedTokens: read.reused,
    };
  }

  #readOn(decoder: DecoderGraph, ids: readonly number[], walk: PositionWalk, read: ReadPrompt) {
    return readOn(decoder, ids, walk.take(['text', ids.length]), read.cache);
  }

  #session(decoder: DecoderGraph): PromptSessionOptions {
    const { policy, memory } = this.#limits(decoder);
    return { decoder, policy, memory, prefixes: this.#prefixes };
  }

  #limits(decoder: DecoderGraph): ContextLimits {
    const { memory } = this.#options;
    return {
      shape: this.#shape,
      policy: decoder.policy,
      // Kept prefixes give way when a context needs their memory.
      memory: memory ?? process.availableMemory() * 0.7 + this.#prefixes.bytes,
      cacheCopies: decoder.cacheCopies,
    };
  }

  async #free(): Promise<void> {
    this.#prefixes.clear();
    await this.#decoder[Symbol.asyncDispose]();
  }
}

/** @param first logits for the first token. @param after logits for the others, row after row. */
function scoreTokens(
  ids: readonly number[],
  first: Float32Array,
  after: Float32Array,
): { logProbability: number; exact: boolean } {
  const vocabulary = first.length;
  let sum = 0;
  let exact = true;
  for (const [i, id] of ids.entries()) {
    const logits = i === 0 ? first : after.subarray((i - 1) * vocabulary, i * vocabulary);
    sum += logProbability(logits, id);
    exact &&= argmax(logits) === id;
  }
  return { logProbability: sum, exact };
}
