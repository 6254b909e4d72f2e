import { freemem } from 'node:os';
import { join } from 'node:path';
import { TorchSide } from '../engine/torch-side.ts';
import type { Answered, Converted, StageOptions } from './stages.ts';

/** What PyTorch took for a prompt of the same length on the same layers, in bfloat16. */
export interface TorchResult {
  version: string;
  tokens: number;
  prefillPerSecond: number;
  decodePerSecond: number;
  /** How many times as fast Longview was. */
  prefillRatio: number;
  decodeRatio: number;
}

/** PyTorch on the same checkpoint, after Longview, where its bfloat16 weights fit twice (it copies them while it loads). */
export async function againstTorch(
  { folder, layers, threads, tokens: steps }: StageOptions,
  { readBytes }: Converted,
  answered: Answered,
): Promise<TorchResult | string> {
  if (2 * readBytes > freemem())
    return `not measured: it needs ${((2 * readBytes) / 1e9).toFixed(0)} GB, ${(freemem() / 1e9).toFixed(0)} are free`;
  let torch: TorchSide | undefined;
  try {
    const checkpoint = join(folder, `checkpoint-${layers}`);
    torch = await TorchSide.start(checkpoint, { threads, attention: 'sdpa' });
    const tokens = answered.promptTokens;
    const prefill = await torch.run('prefill', 'bf16', { tokens });
    const decode = await torch.run('decode', 'bf16', { steps });
    const [prefillPerSecond, decodePerSecond] = [tokens / prefill.seconds, steps / decode.seconds];
    return {
      version: torch.version,
      tokens,
      prefillPerSecond,
      decodePerSecond,
      prefillRatio: tokens / (answered.prefillMs / 1000) / prefillPerSecond,
      decodeRatio: answered.newTokens / (answered.decodeMs / 1000) / decodePerSecond,
    };
  } catch (error) {
    return `not measured: ${(error as Error).message}`;
  } finally {
    await torch?.[Symbol.asyncDispose]();
  }
}
