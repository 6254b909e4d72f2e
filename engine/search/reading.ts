import { throwIfCancelled } from '../protocol/errors.ts';
import type { Eyes, PromptPart, Reader } from '../vlm/types.ts';
import type { SearchStore } from './types.ts';

/** The decoder at work on one video at one gamma, with what it cost so far. */
export class Reading {
  readonly #store: SearchStore;
  readonly #videoId: string;
  readonly #reader: Reader;
  readonly #grid: Eyes['grid'];
  readonly #gamma: number;
  readonly #signal: AbortSignal | undefined;
  readonly #patches = new Set<number>();
  prefillMs = 0;
  decodeMs = 0;
  tokens = 0;

  constructor(
    store: SearchStore,
    videoId: string,
    { reader, grid }: { reader: Reader; grid: Eyes['grid'] },
    gamma: number,
    signal?: AbortSignal,
  ) {
    this.#store = store;
    this.#videoId = videoId;
    this.#reader = reader;
    this.#grid = grid;
    this.#gamma = gamma;
    this.#signal = signal;
  }

  /** How many patches the model can be trusted with at once. */
  get budget(): number {
    return Math.max(1, this.#reader.trainedPatches);
  }

  /** Number of different patches read so far. */
  get patches(): number {
    return this.#patches.size;
  }

  /** Reads patches and a question, and writes the answer (greedy). */
  async answer(
    patches: readonly number[],
    question: string,
    { maxNewTokens = 48, onText }: { maxNewTokens?: number; onText?: (piece: string) => void } = {},
  ): Promise<{ text: string; confidence: number }> {
    const result = await this.#reader.read({
      parts: this.#parts(patches, question),
      gamma: this.#gamma,
      maxNewTokens,
      signal: this.#signal,
      onText,
    });
    this.prefillMs += result.prefillMs;
    this.decodeMs += result.decodeMs;
    this.tokens += result.tokens;
    return { text: result.text.trim(), confidence: result.confidence };
  }

  /** The probability of each of the given answers, among them. */
  async choose(patches: readonly number[], question: string, answers: readonly string[]): Promise<number[]> {
    const began = performance.now();
    const scores = await this.#reader.score(
      { parts: this.#parts(patches, question), gamma: this.#gamma, signal: this.#signal },
      answers,
    );
    this.prefillMs += performance.now() - began;
    const most = Math.max(...scores.map(({ logProbability }) => logProbability));
    const weights = scores.map(({ logProbability }) => Math.exp(logProbability - most));
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((weight) => weight / sum);
  }

  #parts(patches: readonly number[], question: string): PromptPart[] {
    throwIfCancelled(this.#signal);
    for (const patch of patches) this.#patches.add(patch);
    return [
      { kind: 'video', patches: this.#store.patchTokens(this.#videoId, patches), grid: this.#grid },
      { kind: 'text', text: question },
    ];
  }
}
