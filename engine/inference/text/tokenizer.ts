import { Tokenizer as Hub } from '@huggingface/tokenizers';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { badBundle } from '../bundle/manifest.ts';

/** The parts of tokenizer.json that are looked at here; the library reads the rest. */
const fileSchema = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int().nonnegative(), content: z.string() })).default([]),
  model: z.looseObject({ vocab: z.union([z.record(z.string(), z.int()), z.array(z.unknown())]) }),
});

/** What is used of the library. (Its type definitions import each other in a way that Node's resolution doesn't find.) */
interface HubTokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: number[] };
  decode(ids: number[], options: { skip_special_tokens: boolean }): string;
}

const HubTokenizerClass = Hub as unknown as new (tokenizer: unknown, config: object) => HubTokenizer;

/** Turns text into token ids and back. */
export class Tokenizer {
  readonly #inner: HubTokenizer;
  readonly #added: readonly string[];
  /** One more than the largest id. */
  readonly size: number;

  constructor(inner: HubTokenizer, added: readonly string[], size: number) {
    this.#inner = inner;
    this.#added = added;
    this.size = size;
  }

  /**
   * Reads a bundle's tokenizer.json.
   * @throws LongviewError `bad-bundle` when it is truncated or isn't one.
   */
  static async open(folder: string): Promise<Tokenizer> {
    try {
      const data: unknown = JSON.parse(await readFile(join(folder, 'tokenizer.json'), 'utf8'));
      const file = fileSchema.parse(data);
      const inner = new HubTokenizerClass(data, { clean_up_tokenization_spaces: false });
      const added = file.added_tokens.map(({ content }) => content).filter((content) => content !== '');
      const { vocab } = file.model;
      const ids: number[] = Array.isArray(vocab) ? [vocab.length - 1] : Object.values(vocab);
      const all = [...ids, ...file.added_tokens.map(({ id }) => id)];
      const size = all.reduce((most, id) => Math.max(most, id + 1), 0);
      // A tokenizer that opens but can't encode is no use either: find out now.
      inner.encode('a', { add_special_tokens: false });
      return new Tokenizer(inner, added, size);
    } catch (cause) {
      const detail = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
      throw badBundle(folder, `tokenizer.json is damaged or truncated (${detail})`, { cause });
    }
  }

  /** Token ids of a text; the names of special tokens in it become those tokens. */
  encode(text: string): number[] {
    return text === '' ? [] : this.#inner.encode(text, { add_special_tokens: false }).ids;
  }

  /** As {@link encode}, with what the tokenizer's own template puts around a text (CLIP's start and end). */
  encodeWithTemplate(text: string): number[] {
    return this.#inner.encode(text, { add_special_tokens: true }).ids;
  }

  /** The text of token ids, without special tokens. Ids that don't exist are nothing. */
  decode(ids: readonly number[]): string {
    const known = ids.filter((id) => id < this.size);
    return known.length === 0 ? '' : this.#inner.decode(known, { skip_special_tokens: true });
  }

  /**
   * A text of the user's in which the names of special tokens are broken up by an invisible character, so that
   * a question that mentions `<|im_end|>` can't end the conversation.
   */
  disarm(text: string): string {
    let safe = text;
    for (const name of this.#added) {
      if (safe.includes(name)) safe = safe.replaceAll(name, `${name.slice(0, 1)}\u200b${name.slice(1)}`);
    }
    return safe;
  }
}
