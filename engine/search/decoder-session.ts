import { throwIfCancelled } from '../protocol/errors.ts';
import { isTrained } from './trained.ts';
import type { ModelNumbers } from './calibration.ts';
import type { TrainedVocabulary } from '../protocol/calibration.ts';
import type { ParsedQuery } from '../language/parsed-query.ts';
import type { PromptPrefixReuse } from './prompt-prefix-reuse.ts';
import type { FrameEncoder, PromptPart, Decoder } from '../inference/types.ts';

/** What a decoder session cost. */
export interface DecoderCost {
  /** How often the decoder was asked. */
  passes: number;
  /** Tokens of all prompts, visual ones included, whether kept from an earlier one or not. */
  promptTokens: number;
  /** Generated tokens. */
  tokens: number;
  prefillMs: number;
  decodeMs: number;
}

/** Where the visual tokens of temporal patches come from. */
export interface TokenSource {
  patchTokens(
    videoId: string,
    patches: readonly number[],
  ): readonly Float32Array[] | Promise<readonly Float32Array[]>;
  /** When temporal patches are, in seconds of their own video. */
  patchTimes?(patches: readonly number[]): readonly number[];
}

/** What reads. */
export interface DecoderOptions {
  decoder: Decoder;
  grid: FrameEncoder['grid'];
  /** Temporal patches that a self-test on this machine found safe; where absent, what training says. */
  effectivePatches?: number;
  earlier?: PromptPrefixReuse | undefined;
  /** What its decoder was taught; where absent, it may be asked about anything. */
  vocabulary?: TrainedVocabulary | undefined;
  /** How much its "yes" and "no" count. */
  numbers: Pick<ModelNumbers, 'recheck' | 'reading'>;
}

/** The decoder at work on one video at one gamma, with what it cost so far. */
export class DecoderSession {
  readonly gamma: number;
  /** What earlier questions read, where that is worth reading again. */
  readonly earlier: PromptPrefixReuse | undefined;
  readonly numbers: Pick<ModelNumbers, 'recheck' | 'reading'>;
  readonly #vocabulary: TrainedVocabulary | undefined;
  readonly #store: TokenSource;
  readonly #videoId: string;
  readonly #decoder: Decoder;
  readonly #grid: FrameEncoder['grid'];
  readonly #signal: AbortSignal | undefined;
  readonly #effectivePatches: number;
  readonly #patches = new Set<number>();
  readonly cost: DecoderCost = { passes: 0, promptTokens: 0, tokens: 0, prefillMs: 0, decodeMs: 0 };

  constructor(
    store: TokenSource,
    videoId: string,
    { decoder, grid, effectivePatches, earlier, vocabulary, numbers }: DecoderOptions,
    gamma: number,
    signal?: AbortSignal,
  ) {
    this.#store = store;
    this.#videoId = videoId;
    this.#decoder = decoder;
    this.#grid = grid;
    this.#effectivePatches = effectivePatches ?? decoder.trainedPatches;
    this.gamma = gamma;
    this.earlier = earlier;
    this.numbers = numbers;
    this.#vocabulary = vocabulary;
    this.#signal = signal;
  }

  /** True for a decoder that was taught some names and no more. */
  get fewWords(): boolean {
    return this.#vocabulary !== undefined;
  }

  /** Whether the decoder has anything to say about it being there. */
  judges(query: ParsedQuery): boolean {
    return isTrained(query, this.#vocabulary);
  }

  /** The effective context length, in temporal patches: how many are read at once. */
  get budget(): number {
    return Math.max(1, this.#effectivePatches);
  }

  /** Number of different temporal patches read so far. */
  get patches(): number {
    return this.#patches.size;
  }

  /** Reads temporal patches and a question, and writes the answer (greedy). */
  async answer(
    patches: readonly number[],
    question: string,
    { maxNewTokens = 48, onText }: { maxNewTokens?: number; onText?: (piece: string) => void } = {},
  ): Promise<{ text: string; confidence: number }> {
    await this.#note(patches, question);
    const result = await this.read(patches, question, maxNewTokens, onText);
    this.cost.prefillMs += result.prefillMs;
    this.cost.decodeMs += result.decodeMs;
    this.cost.tokens += result.tokens;
    return { text: result.text.trim(), confidence: result.confidence };
  }

  /** The probability of each of the given answers, among them. */
  async choose(patches: readonly number[], question: string, answers: readonly string[]): Promise<number[]> {
    const scores = await this.logProbabilities(patches, question, answers);
    const most = Math.max(...scores);
    const weights = scores.map((score) => Math.exp(score - most));
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((weight) => weight / sum);
  }

  /** The log-probability of each of the given answers, over all there are. Temporal patches may be none. */
  async logProbabilities(
    patches: readonly number[],
    question: string,
    answers: readonly string[],
  ): Promise<number[]> {
    await this.#note(patches, question);
    const began = performance.now();
    const scores = await this.score(patches, question, answers);
    this.cost.prefillMs += performance.now() - began;
    return scores;
  }

  /** Tokens of a text, or an estimate where the decoder doesn't tell. */
  async tokensOf(text: string): Promise<number> {
    const [none, some] = [
      await this.#decoder.countTokens?.([{ kind: 'text', text: '' }]),
      await this.#decoder.countTokens?.([{ kind: 'text', text }]),
    ];
    return none === undefined || some === undefined ? Math.ceil(text.length / 4) : some - none;
  }

  /** Has the decoder write. */
  protected async read(
    patches: readonly number[],
    question: string,
    maxNewTokens: number,
    onText: ((piece: string) => void) | undefined,
  ): Promise<{ text: string; confidence: number; prefillMs: number; decodeMs: number; tokens: number }> {
    const parts = await this.#parts(patches, question);
    return this.#decoder.read({ parts, gamma: this.gamma, maxNewTokens, signal: this.#signal, onText });
  }

  /** Log-probabilities of the answers. */
  protected async score(
    patches: readonly number[],
    question: string,
    answers: readonly string[],
  ): Promise<number[]> {
    const parts = await this.#parts(patches, question);
    const scores = await this.#decoder.score({ parts, gamma: this.gamma, signal: this.#signal }, answers);
    return scores.map(({ logProbability }) => logProbability);
  }

  async #note(patches: readonly number[], question: string): Promise<void> {
    throwIfCancelled(this.#signal);
    for (const patch of patches) this.#patches.add(patch);
    this.cost.passes++;
    const words = await this.#decoder.countTokens?.([{ kind: 'text', text: question }]);
    const [rows, columns] = this.#grid;
    const perPatch = rows * columns + (this.#decoder.wordsPerPatch ?? 0);
    this.cost.promptTokens += patches.length * perPatch + (words ?? Math.ceil(question.length / 4));
  }

  async #parts(patches: readonly number[], question: string): Promise<PromptPart[]> {
    const tokens = await this.#store.patchTokens(this.#videoId, patches);
    return [
      { kind: 'video', patches: tokens, grid: this.#grid, times: this.#store.patchTimes?.(patches) },
      { kind: 'text', text: question },
    ];
  }
}

/** A session in which nothing is read: what an answer would cost. It writes as much as an answer may have. */
export class PlanningSession extends DecoderSession {
  protected override async read(patches: readonly number[], question: string, maxNewTokens: number) {
    // A read-out names as many things as it reads; whatever else is asked is answered with one name.
    const names = /\border\b/.test(question) ? patches.length : 1;
    const text = Array.from({ length: names }, (_, i) => `thing ${i + 1}`).join(', ');
    const tokens = Math.min(maxNewTokens, 3 * names);
    return { text, confidence: 0.5, prefillMs: 0, decodeMs: 0, tokens };
  }

  protected override async score(_: readonly number[], __: string, answers: readonly string[]) {
    return answers.map(() => 0);
  }
}
