import { dirname, join } from 'node:path';
import { z } from 'zod';
import { screenText, type Extractor } from '../indexing/index.ts';
import type { Store } from '../library/index.ts';
import { optionalExtractors, type IndexRequest, type OptionalExtractor } from '../protocol/requests.ts';
import type { Context } from './context.ts';

/** In the library's settings: what is made of every video besides what always is. */
const setting = 'extractors';
const stored = z.array(z.enum(optionalExtractors)).catch([]);

/** What is made of every video of a library only because somebody wanted it. */
export function wantedExtractors(store: Store): OptionalExtractor[] {
  return stored.parse(store.setting(setting) ?? []);
}

/** Notes what is to be made from now on. */
export function want(
  store: Store,
  { with: more = [], without = [] }: Pick<IndexRequest, 'with' | 'without'>,
): void {
  if (more.length + without.length === 0) return;
  const left = new Set([...wantedExtractors(store), ...more].filter((name) => !without.includes(name)));
  store.setSetting(setting, left.size > 0 ? [...left] : undefined);
}

/** The extractors that were wanted. */
export function optional(context: Context): Promise<Extractor[]> {
  const make: Record<OptionalExtractor, () => Promise<Extractor>> = {
    text: async () => screenText(screenTextFolder(context)),
    speech: () => context.hearing.extractor(),
  };
  return Promise.all(wantedExtractors(context.store()).map((name) => make[name]()));
}

/** The nets that read text lie beside the bundle that ships. */
function screenTextFolder({ bundles }: Context): string {
  return join(dirname(bundles.builtinFolder), 'screen-text');
}
