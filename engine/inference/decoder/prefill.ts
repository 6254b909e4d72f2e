import {
  positionIds,
  PositionWalk,
  sliceIds,
  type PositionIds,
  type PositionOptions,
} from '../../hope/index.ts';
import { throwIfCancelled } from '../../protocol/errors.ts';
import type { Decoder, DecoderOutput } from './decoder-graph.ts';
import type { KvCache } from './kv-cache.ts';
import type { Prompt } from './prompt.ts';

/** What reading a prompt needs to know. */
export interface PrefillOptions {
  positions: PositionOptions;
  /** Where its chunks end, ascending; the last is the prompt's length. */
  ends: readonly number[];
  /** `last`: outputs for the last token only. `all`: for every token that is read. */
  rows: 'last' | 'all';
  signal?: AbortSignal;
  /** Called after each chunk with the tokens read so far. */
  onChunk?: (tokens: number) => void;
}

/**
 * Reads a prompt into a cache, chunk by chunk, from where the cache ends.
 * @returns the last token's outputs, or every read token's.
 * @throws LongviewError `cancelled` between two chunks; ProviderFailure.
 */
export async function prefill(
  decoder: Decoder,
  prompt: Prompt,
  cache: KvCache,
  options: PrefillOptions,
): Promise<DecoderOutput> {
  const ids = positionIds(prompt.layout, options.positions);
  const outputs: DecoderOutput[] = [];
  for (const end of options.ends.filter((end) => end > cache.length)) {
    throwIfCancelled(options.signal);
    const start = cache.length;
    const embeddings = await promptEmbeddings(decoder, prompt, start, end);
    const last = options.rows === 'all' ? end - start : 1;
    const { variant } = options.positions;
    const output = await decoder.read(embeddings, sliceIds(ids, start, end), cache, { variant, last });
    if (options.rows === 'all' || end === prompt.tokens) outputs.push(output);
    if (end === prompt.prefix) cache.keep();
    options.onChunk?.(end);
  }
  throwIfCancelled(options.signal);
  return joined(outputs);
}

/** Positions of the tokens that come after a prompt, one at a time or several. */
export function walkAfter(prompt: Prompt, positions: PositionOptions): PositionWalk {
  const walk = new PositionWalk(positions);
  for (const segment of prompt.layout) walk.take(segment);
  return walk;
}

/** Reads given tokens after a prompt. @returns outputs for each of them. */
export async function readOn(
  decoder: Decoder,
  ids: readonly number[],
  positions: PositionIds,
  cache: KvCache,
  variant: PositionOptions['variant'],
): Promise<DecoderOutput> {
  const outputs: DecoderOutput[] = [];
  const { most } = decoder.policy;
  for (let at = 0; at < ids.length; at += most) {
    const some = ids.slice(at, at + most);
    const slice = sliceIds(positions, at, at + some.length);
    outputs.push(await decoder.read(await decoder.embed(some), slice, cache, { variant, last: some.length }));
  }
  return joined(outputs);
}

/** Input embeddings of the tokens `start` to `end` of a prompt: looked up for text, as they are for visual tokens. */
async function promptEmbeddings(
  decoder: Decoder,
  prompt: Prompt,
  start: number,
  end: number,
): Promise<Float32Array> {
  const { hiddenSize } = decoder.shape;
  const embeddings = new Float32Array((end - start) * hiddenSize);
  let at = 0;
  for (const stretch of prompt.stretches) {
    if (stretch.kind === 'ids') {
      const from = Math.max(start, at);
      const wanted = stretch.ids.slice(from - at, Math.max(from, end) - at);
      if (wanted.length > 0) embeddings.set(await decoder.embed(wanted), (from - start) * hiddenSize);
      at += stretch.ids.length;
      continue;
    }
    const perPatch = stretch.grid[0] * stretch.grid[1];
    for (const patch of stretch.patches) {
      const [from, to] = [Math.max(start, at), Math.min(end, at + perPatch)];
      if (from < to) {
        const rows = patch.subarray((from - at) * hiddenSize, (to - at) * hiddenSize);
        embeddings.set(rows, (from - start) * hiddenSize);
      }
      at += perPatch;
    }
  }
  return embeddings;
}

function joined(outputs: readonly DecoderOutput[]): DecoderOutput {
  const [first] = outputs;
  if (first && outputs.length === 1) return first;
  const all = (key: 'logits' | 'hidden') => {
    const data = new Float32Array(outputs.reduce((sum, output) => sum + output[key].length, 0));
    let at = 0;
    for (const output of outputs) {
      data.set(output[key], at);
      at += output[key].length;
    }
    return data;
  };
  return {
    logits: all('logits'),
    hidden: all('hidden'),
    rows: outputs.reduce((sum, { rows }) => sum + rows, 0),
  };
}
