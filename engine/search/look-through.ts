import { openWhole } from './footage.ts';
import { excerptsWithOthers, otherPlaces, withOthers, type OtherQuery } from './other-encoders.ts';
import { search, type VisualQuery } from './search.ts';
import type { Hit } from './hit.ts';
import { goneThrough, openWindows, widened } from './windows.ts';
import type { Searched } from './filters.ts';
import type { SearchStore } from './types.ts';

/** What is looked for in the temporal patches of one encoder, and where. */
export interface Sought extends VisualQuery {
  fingerprint: string;
  /** The same in the spaces of other encoders that know the footage. */
  others: readonly OtherQuery[];
}

/** The moments by what the pictures show: in all footage where that is little, else where codes say it is worth it. */
export function lookThrough(
  store: SearchStore,
  { videos, all }: Pick<Searched, 'videos' | 'all'>,
  { fingerprint, others, ...query }: Sought,
): Hit[] {
  const patches = videos.reduce((sum, video) => sum + video.patches, 0);
  if (patches <= goneThrough) {
    const footage = withOthers(store, openWhole(store, videos, fingerprint, all), others, all);
    return search(store, footage, query);
  }
  const elsewhere = otherPlaces(store, others, videos, 4 * query.limit);
  const wide = openWindows(store, { fingerprint, videos, all, ...query, elsewhere });
  let excerpts = excerptsWithOthers(store, wide.excerpts, others);
  let hits = search(store, excerpts, query, wide.background);
  for (let round = 0; ; round++) {
    const more = widened(store, query, excerpts, hits, round);
    if (!more) return hits;
    excerpts = excerptsWithOthers(store, more, others);
    hits = search(store, excerpts, query, wide.background);
  }
}
