import { type PositionOptions } from '../../hope/index.ts';
import { LongviewError } from '../../protocol/errors.ts';
import { chunkEnds, type ChunkPolicy } from './chunks.ts';
import type { DecoderGraph, DecoderOutput } from './decoder-graph.ts';
import type { KvCache } from './kv-cache.ts';
import { checkContext, contextBytes } from './memory.ts';
import { prefill, promptPositions } from './prefill.ts';
import type { PrefixCache } from './prefix-cache.ts';
import { prefixDigests, type Prompt } from './prompt.ts';

/** A prompt that was read, and the cache that it was read into. */
export interface ReadPrompt {
  /** The last token's. */
  output: DecoderOutput;
  cache: KvCache;
  /** Tokens that came from a kept prefix. */
  reused: number;
  milliseconds: number;
}

/** What reading prompts needs. */
export interface PromptSessionOptions {
  decoder: DecoderGraph;
  policy: ChunkPolicy;
  prefixes: PrefixCache;
  /** Bytes that reading may take, kept prefixes included. */
  memory: number;
}

/**
 * Reads a prompt (its beginning from a kept prefix, where one is known) and lets `use` go on from there; afterwards the
 * prefix is kept for the next question. Also after a cancellation: what was read by then needn't be read again.
 * @param newTokens tokens that `use` is going to read besides, at most.
 * @throws LongviewError `context-too-long`, `cancelled`; ProviderFailure.
 */
export async function withPrompt<T>(
  prompt: Prompt,
  positions: PositionOptions,
  newTokens: number,
  { decoder, policy, prefixes, memory }: PromptSessionOptions,
  { signal, onChunk }: { signal?: AbortSignal; onChunk?: (tokens: number) => void },
  use: (read: ReadPrompt) => Promise<T>,
): Promise<T> {
  const { shape, cacheCopies } = decoder;
  const limits = { shape, policy, memory, cacheCopies };
  checkContext(prompt, newTokens, limits);
  const ends = chunkEnds(prompt.tokens, prompt.prefix, shape, policy);
  const shared = ends.filter((end) => end <= prompt.prefix);
  const setting = JSON.stringify([promptPositions(prompt, positions), policy]);
  const digests = shared.length > 0 ? prefixDigests(prompt, shared, setting) : [];
  const cache = prefixes.take(digests) ?? decoder.newCache(prompt.tokens + newTokens);
  const lengths = digests.map((digest, i) => [digest, shared[i]] as const);
  const reused = cache.length;
  prefixes.shrink(Math.max(0, memory - contextBytes(prompt.tokens + newTokens, limits)));
  try {
    const start = performance.now();
    const output = await prefill(decoder, prompt, cache, { positions, ends, rows: 'last', signal, onChunk });
    const result = await use({ output, cache, reused, milliseconds: performance.now() - start });
    keep(cache, lengths, prefixes);
    return result;
  } catch (error) {
    if (error instanceof LongviewError && error.code === 'cancelled') keep(cache, lengths, prefixes);
    else cache.dispose();
    throw error;
  }
}

/** Gives a cache back, rewound to the longest beginning that another prompt may share. */
function keep(
  cache: KvCache,
  lengths: readonly (readonly [digest: string, length: number])[],
  prefixes: PrefixCache,
): void {
  const known = lengths.filter(([, length]) => length <= cache.length && cache.canRewind(length));
  const longest = known.at(-1);
  if (!longest) {
    cache.dispose();
    return;
  }
  cache.rewind(longest[1]);
  prefixes.put(cache, known);
}
