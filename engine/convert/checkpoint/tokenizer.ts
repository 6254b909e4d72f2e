import { z } from 'zod';
import type { BundleManifest } from '../../protocol/bundle.ts';
import { exists, readJson } from './folder.ts';
import { join } from 'node:path';
import type { CheckpointConfig } from './config.ts';
import { badCheckpoint } from './problems.ts';

const tokenizerSchema = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int().nonnegative(), content: z.string() })).default([]),
  model: z.looseObject({ type: z.string().optional(), vocab: z.unknown() }),
});

const generationSchema = z.looseObject({
  eos_token_id: z.union([z.int().nonnegative(), z.array(z.int().nonnegative())]).nullish(),
});

/**
 * Finds the chat format's token ids: config.json's ids first, then the tokenizer's added tokens by name.
 * @throws LongviewError `bad-checkpoint` when the tokenizer is unreadable, lacks a token that a prompt needs, or
 * has ids outside the vocabulary.
 */
export async function readTokens(
  folder: string,
  config: CheckpointConfig,
): Promise<NonNullable<BundleManifest['tokens']>> {
  const tokenizer = await readJson(folder, 'tokenizer.json', tokenizerSchema);
  const named = new Map(tokenizer.added_tokens.map((token) => [token.content, token.id]));
  const generation = (await exists(join(folder, 'generation_config.json')))
    ? await readJson(folder, 'generation_config.json', generationSchema)
    : {};
  const found = {
    visionStart: config.tokens.visionStart ?? named.get('<|vision_start|>'),
    visionEnd: config.tokens.visionEnd ?? named.get('<|vision_end|>'),
    image: config.tokens.image ?? named.get('<|image_pad|>'),
    video: config.tokens.video ?? named.get('<|video_pad|>'),
  };
  const stop = new Set([
    ...config.tokens.end,
    ...[generation.eos_token_id ?? []].flat(),
    ...['<|im_end|>', '<|endoftext|>'].flatMap((name) => named.get(name) ?? []),
  ]);
  const missing = ['<|im_start|>', '<|im_end|>']
    .filter((name) => !named.has(name))
    .concat(Object.entries(found).flatMap(([name, id]) => (id === undefined ? [name] : [])));
  const outside = [...stop, ...Object.values(found)].filter(
    (id) => id !== undefined && id >= config.decoder.vocabSize,
  );
  if (missing.length > 0)
    throw badCheckpoint(`tokenizer.json lacks tokens of the chat format: ${missing.join(', ')}.`);
  if (outside.length > 0)
    throw badCheckpoint(
      `Token ids ${outside.join(', ')} lie outside the vocabulary of ${config.decoder.vocabSize}.`,
    );
  return {
    stop: [...stop],
    ...found,
    ...chatFormat(config.modelType),
    answerPrefix: '<|im_end|>\n<|im_start|>assistant\n',
  };
}

/** What the chat template of a family puts before the user's words, and whether it writes down the times of a video. */
function chatFormat(modelType: CheckpointConfig['modelType']): { userPrefix: string; timestamps?: true } {
  const user = '<|im_start|>user\n';
  if (modelType === 'qwen3_vl') return { userPrefix: user, timestamps: true };
  return { userPrefix: `<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n${user}` };
}
