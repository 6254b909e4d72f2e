import type { DecoderShape } from './kv-cache.ts';

/** How a prompt is cut for prefill. */
export interface ChunkPolicy {
  /** Most tokens at once. */
  most: number;
  /** Most bytes for one layer's attention scores [heads, chunk, total], which grow with the context. */
  scoreBytes: number;
}

/** Work for one chunk, in multiply-adds: what a slow machine does in seconds, so that it can be cancelled. */
const workPerChunk = 3e11;

/**
 * How large chunks may be for a decoder: as large as memory for attention scores allows, and small enough that
 * one doesn't take long (a 7B model reads 64 tokens at once, the built-in one 512).
 */
export function chunkPolicy(
  shape: DecoderShape,
  options: { scoreBytes?: number; mostTokens?: number } = {},
): ChunkPolicy {
  // Qwen2's layers have about 12 hidden^2 weights; embeddings are looked up, and logits are made for the last token.
  const weights = shape.layers * 12 * shape.hiddenSize ** 2;
  const byWork = Math.floor(workPerChunk / weights);
  return {
    most: powerOfTwo(Math.min(512, options.mostTokens ?? 512, Math.max(64, byWork))),
    scoreBytes: options.scoreBytes ?? 128 * 2 ** 20,
  };
}

/**
 * Where a prompt's chunks end. They depend on nothing but the prompt's length, its prefix and the policy, and a
 * chunk always ends with the prefix: so a prompt that is read on from a cached prefix is cut exactly as when it is
 * read from the start, and the answer is the same to the last bit.
 *
 * @param prefix tokens up to and with the last visual one (0: no video).
 */
export function chunkEnds(
  tokens: number,
  prefix: number,
  shape: Pick<DecoderShape, 'heads'>,
  policy: ChunkPolicy,
): number[] {
  const ends: number[] = [];
  let at = 0;
  for (const stop of prefix > 0 && prefix < tokens ? [prefix, tokens] : [tokens]) {
    while (at < stop) {
      at = Math.min(stop, at + chunkAt(at, shape.heads, policy));
      ends.push(at);
    }
  }
  return ends;
}

function chunkAt(past: number, heads: number, { most, scoreBytes }: ChunkPolicy): number {
  let chunk = most;
  while (chunk > 16 && heads * chunk * (past + chunk) * 4 > scoreBytes) chunk /= 2;
  return chunk;
}

function powerOfTwo(value: number): number {
  return 2 ** Math.floor(Math.log2(value));
}

/** Bytes of attention scores that the last chunk of a context of `tokens` needs. */
export function scoreBytesAt(tokens: number, heads: number, policy: ChunkPolicy): number {
  return heads * chunkAt(tokens, heads, policy) * tokens * 4;
}
