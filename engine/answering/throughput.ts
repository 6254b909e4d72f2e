import { LongviewError } from '../protocol/errors.ts';
import { z } from 'zod';
import type { DecoderCost } from '../search/decoder-session.ts';
import type { SearchStore } from '../search/types.ts';

/** How fast a bundle answered on this machine so far. */
export interface Throughput {
  /** Tokens of prompts a second, those that needn't be read again included: what asking really gets. */
  promptTokensPerSec: number;
  /** Generated tokens a second. */
  newTokensPerSec: number;
  /** Milliseconds of everything else: loading, searching. */
  otherMs: number;
}

const throughputSchema = z.object({
  promptTokensPerSec: z.number().positive(),
  newTokensPerSec: z.number().positive(),
  otherMs: z.number().nonnegative(),
});

/** How much the newest answer moves the running mean. */
const newest = 0.3;

const key = (fingerprint: string) => `pace ${fingerprint}`;

/** The throughput of a bundle on this machine; undefined before its first answer. */
export function throughputOf(
  store: Pick<SearchStore, 'setting'>,
  fingerprint: string,
): Throughput | undefined {
  return throughputSchema.safeParse(store.setting(key(fingerprint))).data;
}

/** Takes an answer's cost into the running mean. */
export function noteThroughput(
  store: Pick<SearchStore, 'setting' | 'setSetting'>,
  fingerprint: string,
  cost: DecoderCost,
  totalMs: number,
): void {
  const before = throughputOf(store, fingerprint);
  const mean = (old: number | undefined, now: number | undefined, first: number) =>
    now === undefined || !Number.isFinite(now)
      ? (old ?? first)
      : old === undefined
        ? now
        : old + newest * (now - old);
  const rate = (tokens: number, ms: number) => (tokens > 0 && ms > 0 ? (tokens * 1000) / ms : undefined);
  const prompts = mean(before?.promptTokensPerSec, rate(cost.promptTokens, cost.prefillMs), 1000);
  const otherMs = Math.max(0, totalMs - cost.prefillMs - cost.decodeMs);
  try {
    store.setSetting(key(fingerprint), {
      promptTokensPerSec: prompts,
      newTokensPerSec: mean(before?.newTokensPerSec, rate(cost.tokens, cost.decodeMs), prompts),
      otherMs: mean(before?.otherMs, otherMs, otherMs),
    });
  } catch (error) {
    // A full disk costs the estimate, not the answer.
    if (!(error instanceof LongviewError) || error.code !== 'disk-full') throw error;
  }
}

/** Seconds that a cost should take at a throughput. */
export function expectedSeconds(
  throughput: Throughput,
  cost: Pick<DecoderCost, 'promptTokens' | 'tokens'>,
): number {
  const { promptTokensPerSec, newTokensPerSec, otherMs } = throughput;
  return cost.promptTokens / promptTokensPerSec + cost.tokens / newTokensPerSec + otherMs / 1000;
}
