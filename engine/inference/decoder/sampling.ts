import { badArgument } from '../../protocol/errors.ts';

/** How the next token is picked. */
export interface SamplingOptions {
  /** 0 (default) is greedy: the most probable token, the first of equals. */
  temperature?: number;
  /** Picks among the most probable tokens that together have at least this probability; default 1, all. */
  topP?: number;
  /** Same seed, same tokens. Default 0. */
  seed?: number;
}

/** Picks a token from logits. */
export type Sampler = (logits: Float32Array) => number;

/** @throws LongviewError `bad-argument` for a temperature < 0, a topP outside (0, 1] or a seed that isn't whole. */
export function createSampler({ temperature = 0, topP = 1, seed = 0 }: SamplingOptions): Sampler {
  if (!Number.isFinite(temperature) || temperature < 0) {
    throw badArgument('temperature', 'a finite number >= 0', temperature);
  }
  if (!(topP > 0 && topP <= 1)) throw badArgument('topP', 'a number > 0 and <= 1', topP);
  if (!Number.isSafeInteger(seed)) throw badArgument('seed', 'a whole number', seed);
  if (temperature === 0) return argmax;
  const random = uniform(seed);
  return (logits) => pick(logits, { temperature, topP }, random());
}

/** The index of the largest value, the first of equals. */
export function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** Natural logarithm of a token's probability under a softmax over the logits. */
export function logProbability(logits: Float32Array, token: number): number {
  const most = logits[argmax(logits)];
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - most);
  return logits[token] - most - Math.log(sum);
}

function pick(
  logits: Float32Array,
  { temperature, topP }: { temperature: number; topP: number },
  draw: number,
): number {
  const most = logits[argmax(logits)];
  const weights = Float64Array.from(logits, (logit) => Math.exp((logit - most) / temperature));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  // Tokens this unlikely can't be drawn with 32 bits of randomness; leaving them out keeps sorting cheap.
  const likely = [...weights.keys()].filter((token) => weights[token] / sum > 1e-9);
  likely.sort((a, b) => weights[b] - weights[a] || a - b);
  let kept = 0;
  let count = 0;
  while (count < likely.length && kept < topP * sum) kept += weights[likely[count++]];
  let left = draw * kept;
  for (const token of likely.slice(0, count)) {
    left -= weights[token];
    if (left < 0) return token;
  }
  return likely[count - 1];
}

/** SplitMix32: a small generator with 32 bits of state that any seed starts well. @returns numbers in [0, 1). */
function uniform(seed: number): () => number {
  let state = (seed ^ Math.floor(seed / 2 ** 32)) | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
