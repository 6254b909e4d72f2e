import * as ort from '../../../engine/onnxruntime/index.ts';
import type { DecoderConfig } from '../graphs/config.ts';

/** What a decoder is run on: a prompt's embeddings and rotary tables. */
export interface Prompt {
  /** [tokens, hidden] */
  embeddings: Float32Array;
  /** [tokens, rotaryDim] each. */
  cos: Float32Array;
  sin: Float32Array;
}

/** Runs a decoder over a prompt in chunks, and @returns the logits of all its tokens, [tokens, vocab]. */
export async function runDecoder(
  session: ort.InferenceSession,
  config: DecoderConfig,
  prompt: Prompt,
  chunk = Infinity,
): Promise<Float32Array> {
  const tokens = prompt.embeddings.length / config.hiddenSize;
  const width = config.rotaryDim ?? config.headDim;
  const logits = new Float32Array(tokens * config.vocabSize);
  let cache = emptyCache(session, config);
  for (let start = 0; start < tokens; start += chunk) {
    const size = Math.min(chunk, tokens - start);
    const rows = (data: Float32Array, width: number) => data.subarray(start * width, (start + size) * width);
    const outputs = await session.run({
      ...cache,
      inputs_embeds: new ort.Tensor('float32', rows(prompt.embeddings, config.hiddenSize), [
        1,
        size,
        config.hiddenSize,
      ]),
      cos: new ort.Tensor('float32', rows(prompt.cos, width), [size, width]),
      sin: new ort.Tensor('float32', rows(prompt.sin, width), [size, width]),
      last: new ort.Tensor('int64', BigInt64Array.of(BigInt(size)), [1]),
      ...(session.inputNames.includes('past_length')
        ? { past_length: new ort.Tensor('int64', BigInt64Array.of(BigInt(start)), [1]) }
        : {}),
    });
    logits.set(outputs['logits']?.data as Float32Array, start * config.vocabSize);
    cache = Object.fromEntries(
      Object.keys(cache).map((name) => [name, outputs[name.replace('past', 'present')]]),
    );
  }
  return logits;
}

function emptyCache(session: ort.InferenceSession, config: DecoderConfig): Record<string, ort.Tensor> {
  const shape = [1, config.kvHeads, 0, config.headDim];
  return Object.fromEntries(
    session.inputNames
      .filter((name) => name.startsWith('past.'))
      .map((name) => [name, new ort.Tensor('float32', new Float32Array(0), shape)]),
  );
}

/** The index of the largest value of each row. */
export function argmaxRows(values: Float32Array, width: number): number[] {
  return Array.from({ length: values.length / width }, (_, row) => {
    const cells = values.subarray(row * width, (row + 1) * width);
    return cells.reduce((best, value, index) => (value > cells[best] ? index : best), 0);
  });
}

/** The largest absolute difference. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = a.length === b.length ? 0 : Infinity;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
