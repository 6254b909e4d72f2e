import {
  positionIds,
  PositionWalk,
  sliceIds,
  type PositionIds,
  type PositionOptions,
  type RotaryGeometry,
} from '../../hope/index.ts';
import { throwIfCancelled } from '../../protocol/errors.ts';
import type { DecoderGraph, DecoderOutput, DecoderRows } from './decoder-graph.ts';
import type { DecoderShape, KvCache } from './kv-cache.ts';
import type { Prompt } from './prompt.ts';

/** How a bundle's decoder lays out positions at a gamma: its encoding and the options that it was made with. */
export function positionOptions(
  { positions }: Pick<DecoderShape, 'positions'>,
  gamma: number,
): PositionOptions {
  const { variant, tokensPerSecond, spatialReset, stride } = positions;
  return { variant, gamma, tokensPerSecond, spatialReset, stride };
}

/** The same for a prompt, which knows how far its temporal patches are apart in time. */
export function promptPositions(prompt: Prompt, options: PositionOptions): PositionOptions {
  return options.variant === 'm-rope-time'
    ? { secondsPerPatch: prompt.secondsPerPatch, ...options }
    : options;
}

/** What reading a prompt needs to know. */
export interface PrefillOptions {
  positions: PositionOptions;
  /** Another encoding's rotary pairs than the bundle's own. */
  geometry?: Partial<RotaryGeometry>;
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
  decoder: DecoderGraph,
  prompt: Prompt,
  cache: KvCache,
  options: PrefillOptions,
): Promise<DecoderOutput> {
  const ids = positionIds(prompt.layout, promptPositions(prompt, options.positions));
  const outputs: DecoderOutput[] = [];
  for (const end of options.ends.filter((end) => end > cache.length)) {
    throwIfCancelled(options.signal);
    const start = cache.length;
    const rows = await promptRows(decoder, prompt, start, end);
    const last = options.rows === 'all' ? end - start : 1;
    const { geometry } = options;
    const output = await decoder.read(rows, sliceIds(ids, start, end), cache, { geometry, last });
    if (options.rows === 'all' || end === prompt.tokens) outputs.push(output);
    if (end === prompt.prefix) cache.keep();
    options.onChunk?.(end);
  }
  throwIfCancelled(options.signal);
  return joined(outputs);
}

/** Positions of the tokens that come after a prompt, one at a time or several. */
export function walkAfter(prompt: Prompt, positions: PositionOptions): PositionWalk {
  const walk = new PositionWalk(promptPositions(prompt, positions));
  for (const segment of prompt.layout) walk.take(segment);
  return walk;
}

/** Reads given tokens after a prompt. @returns outputs for each of them. */
export async function readOn(
  decoder: DecoderGraph,
  ids: readonly number[],
  positions: PositionIds,
  cache: KvCache,
  geometry?: Partial<RotaryGeometry>,
): Promise<DecoderOutput> {
  const outputs: DecoderOutput[] = [];
  const { most } = decoder.policy;
  for (let at = 0; at < ids.length; at += most) {
    const some = ids.slice(at, at + most);
    const slice = sliceIds(positions, at, at + some.length);
    const embeddings = await decoder.embed(some);
    outputs.push(await decoder.read({ embeddings }, slice, cache, { geometry, last: some.length }));
  }
  return joined(outputs);
}

/**
 * What the decoder reads for the tokens `start` to `end` of a prompt: embeddings, looked up for text and as they are
 * for visual tokens, and what DeepStack adds to the latter.
 */
async function promptRows(
  decoder: DecoderGraph,
  prompt: Prompt,
  start: number,
  end: number,
): Promise<DecoderRows> {
  const { hiddenSize, deepstack = 0 } = decoder.shape;
  const embeddings = new Float32Array((end - start) * hiddenSize);
  const layers = Array.from({ length: deepstack }, () => new Float32Array(embeddings.length));
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
      for (let token = from; token < to; token++)
        [embeddings, ...layers].forEach((rows, layer) => {
          const first = ((token - at) * (1 + deepstack) + layer) * hiddenSize;
          rows.set(patch.subarray(first, first + hiddenSize), (token - start) * hiddenSize);
        });
      at += perPatch;
    }
  }
  return { embeddings, layers };
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
