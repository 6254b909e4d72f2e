import { LongviewError } from '../../protocol/errors.ts';
import { scoreBytesAt, type ChunkPolicy } from './chunks.ts';
import { cacheBytesPerToken, type DecoderShape } from './kv-cache.ts';
import type { Prompt } from './prompt.ts';
import { plural } from '../../protocol/plural.ts';

/** What bounds a context. */
export interface ContextLimits {
  shape: DecoderShape;
  policy: ChunkPolicy;
  /** Bytes that reading may take, weights aside. */
  memory: number;
  /** How many times the cache's own size a run needs. */
  cacheCopies: number;
}

/** Bytes that a context of so many tokens takes at its worst moment. */
export function contextBytes(tokens: number, { shape, policy, cacheCopies }: ContextLimits): number {
  return tokens * cacheBytesPerToken(shape) * cacheCopies + scoreBytesAt(tokens, shape.heads, policy);
}

/** The longest context, in tokens, that the model declares and memory allows. */
export function longestContext(limits: ContextLimits): number {
  let fits = 0;
  let tooMany = limits.shape.maxContext + 1;
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (contextBytes(middle, limits) <= limits.memory) fits = middle;
    else tooMany = middle;
  }
  return fits;
}

/**
 * Refuses a prompt that is too long before it is read.
 * @throws LongviewError `context-too-long` with the number of tokens (and of temporal patches) that would fit, also in
 *   its details: `{ tokens, fits, patches?, fittingPatches? }`.
 */
export function checkContext(prompt: Prompt, newTokens: number, limits: ContextLimits): void {
  const wanted = prompt.tokens + newTokens;
  const fits = longestContext(limits);
  if (wanted <= fits) return;
  const byModel = wanted > limits.shape.maxContext;
  const why = byModel ? `the model takes ${limits.shape.maxContext}` : 'memory allows fewer';
  const video = videoThatFits(prompt, wanted, fits);
  const instead = video ? `: ${video.fittingPatches} of its ${plural(video.patches, 'temporal patch')}` : '';
  throw new LongviewError(
    'context-too-long',
    `The question needs a context of ${plural(wanted, 'token')}; ${why}. ${plural(fits, 'token')} would fit${instead}.`,
    'Ask about less footage, or choose a smaller model.',
    { details: { tokens: wanted, fits, ...video } },
  );
}

function videoThatFits(
  prompt: Prompt,
  wanted: number,
  fits: number,
): { patches: number; fittingPatches: number } | undefined {
  let patches = 0;
  let visual = 0;
  for (const segment of prompt.layout) {
    if (segment[0] !== 'video') continue;
    patches += segment[1];
    visual += segment[1] * segment[2] * segment[3];
  }
  if (patches === 0) return undefined;
  const perPatch = visual / patches;
  return { patches, fittingPatches: Math.max(0, Math.floor((fits - (wanted - visual)) / perPatch)) };
}
