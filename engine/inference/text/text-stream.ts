import type { Tokenizer } from './tokenizer.ts';

/** What decoding puts where the bytes of a character are not complete. */
const incomplete = '\ufffd';

/**
 * Turns a stream of token ids into a stream of text. A token may hold half a character's bytes: text is held back until
 * it is whole. The pieces put together are the text of all tokens.
 */
export class TextStream {
  readonly #tokenizer: Tokenizer;
  /** Tokens since the last point at which the text was whole, with one before it: its text decides about spaces. */
  #pending: number[] = [];
  #context: number[] = [];

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  /** Takes a token. @returns the text that is whole now; often one word, sometimes nothing. */
  push(id: number): string {
    this.#pending.push(id);
    const text = this.#text();
    if (text.endsWith(incomplete)) return '';
    return this.#settle(text);
  }

  /** @returns what is left; a character whose end never came is a replacement character. */
  end(): string {
    return this.#pending.length === 0 ? '' : this.#settle(this.#text());
  }

  #text(): string {
    const before = this.#tokenizer.decode(this.#context);
    return this.#tokenizer.decode([...this.#context, ...this.#pending]).slice(before.length);
  }

  #settle(text: string): string {
    this.#context = this.#pending;
    this.#pending = [];
    return text;
  }
}
