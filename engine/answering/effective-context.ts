import { z } from 'zod';
import type { TrustedLength } from '../protocol/asking.ts';
import type { SearchStore } from '../search/types.ts';

const keptSchema = z.object({ patches: z.int().positive().nullable(), testedAt: z.string() });

const key = (fingerprint: string) => `self-test ${fingerprint}`;

/** What a bundle's self-test on this machine found; `patches` is null where no length passed. */
export function selfTested(
  store: Pick<SearchStore, 'setting'>,
  fingerprint: string,
): { patches: number | null; testedAt: string } | undefined {
  return keptSchema.safeParse(store.setting(key(fingerprint))).data;
}

/**
 * How long a context a bundle can be trusted with on this machine: by its self-test, else by its training.
 * @param limited whether it is given fewer temporal patches than it was trained with
 */
export function effectiveContext(
  store: Pick<SearchStore, 'setting'>,
  fingerprint: string,
  trainedPatches: number,
  limited = false,
): TrustedLength {
  const kept = selfTested(store, fingerprint);
  const trained = { patches: Math.max(1, trainedPatches), source: limited ? 'limit' : 'training' } as const;
  return kept?.patches ? { patches: kept.patches, source: 'self-test', testedAt: kept.testedAt } : trained;
}

/** Keeps what a self-test found; null: no length passed. */
export function keepEffectiveContext(
  store: Pick<SearchStore, 'setSetting'>,
  fingerprint: string,
  patches: number | null,
): void {
  store.setSetting(key(fingerprint), { patches, testedAt: new Date().toISOString() });
}
