import { join } from 'node:path';
import * as library from '@huggingface/tokenizers';
import { z } from 'zod';
import { exists, readJson } from '../checkpoint/folder.ts';
import { badCheckpoint } from '../checkpoint/problems.ts';
import type { PairConfig } from './config.ts';

/** The library's own declarations don't resolve under Node's rules (their imports lack extensions). */
const { Tokenizer } = library as unknown as {
  Tokenizer: new (
    json: object,
    config: object,
  ) => {
    token_to_id(token: string): number | undefined;
    encode(text: string): { ids: number[] };
  };
};

const tokenizerSchema = z.looseObject({
  model: z.looseObject({}),
  padding: z.looseObject({ pad_id: z.int().nonnegative() }).nullish(),
});
const configSchema = z.looseObject({
  pad_token: z.union([z.string(), z.looseObject({ content: z.string() })]).nullish(),
});

/** What a pair's tokenizer makes of words. */
export interface PairTokens {
  padToken: number;
  /** Ids of a short text, for trying the text graph. */
  sample: number[];
}

/**
 * Loads a pair's tokenizer and finds its padding token: tokenizer_config.json's, else tokenizer.json's own, else
 * the model's.
 * @throws LongviewError `bad-checkpoint` when it doesn't load.
 */
export async function readPairTokenizer(folder: string, config: PairConfig): Promise<PairTokens> {
  const json = await readJson(folder, 'tokenizer.json', tokenizerSchema);
  const name = 'tokenizer_config.json';
  const settings = (await exists(join(folder, name))) ? await readJson(folder, name, configSchema) : {};
  try {
    const tokenizer = new Tokenizer(json, settings);
    const pad = typeof settings.pad_token === 'object' ? settings.pad_token?.content : settings.pad_token;
    const named = pad === undefined ? undefined : tokenizer.token_to_id(pad);
    return {
      padToken: named ?? json.padding?.pad_id ?? config.padToken,
      sample: tokenizer.encode('a photo of a cat').ids.slice(0, config.maxTokens),
    };
  } catch (cause) {
    throw badCheckpoint(`tokenizer.json can't be loaded: ${(cause as Error).message}.`, {}, cause);
  }
}
