import { resolve, sep } from 'node:path';
import { videosAt } from './scope.ts';
import type { FindRequest } from '../protocol/requests.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { SearchDeps } from './types.ts';

/** The part of a request that says which videos are searched. */
export type VideoFilter = Pick<
  FindRequest,
  'in' | 'folders' | 'after' | 'before' | 'minSeconds' | 'maxSeconds'
>;

/** What is searched. */
export interface Searched {
  videos: IndexedVideo[];
  /** True where that is every video that is indexed with this bundle. */
  all: boolean;
  /** Videos that only another bundle has indexed, by its fingerprint, where that one is at hand. */
  elsewhere: Map<string, IndexedVideo[]>;
  /** Both together. */
  every: IndexedVideo[];
  /** Videos that were left out because they are indexed with a bundle that isn't at hand. */
  skipped: number;
}

/**
 * The videos that fit a filter, before anything is looked for in them.
 * @throws LongviewError `video-not-in-library`, `video-not-indexed`.
 */
export async function filtered(
  { store, model, encoders }: SearchDeps,
  filter: VideoFilter,
): Promise<Searched> {
  const indexed = store.indexedVideos();
  const named = filter.in && videosAt(store, filter.in, indexed);
  const fits = test(filter);
  const inside = insideOf(filter.folders);
  const chosen = (named ?? indexed).filter(fits).flatMap(inside);
  const videos = chosen.filter((video) => video.modelFingerprint === model.fingerprint);
  const whole = indexed.filter((video) => video.modelFingerprint === model.fingerprint).length;
  const elsewhere = new Map<string, IndexedVideo[]>();
  let skipped = 0;
  for (const [fingerprint, some] of Map.groupBy(chosen, (video) => video.modelFingerprint)) {
    if (fingerprint === model.fingerprint) continue;
    if (await encoders?.(fingerprint)) elsewhere.set(fingerprint, some);
    else skipped += some.length;
  }
  const every = [...videos, ...[...elsewhere.values()].flat()];
  return { videos, all: videos.length === whole, elsewhere, every, skipped };
}

/** A video as it lies in the folders that are searched, where a copy of it does. */
function insideOf(folders: readonly string[] | undefined) {
  const inside = folders?.map((folder) => {
    const path = resolve(folder);
    return path.endsWith(sep) ? path : path + sep;
  });
  return (video: IndexedVideo): IndexedVideo[] => {
    if (!inside) return [video];
    const places = [video.path, ...(video.copies ?? [])];
    const path = places.find((place) => inside.some((folder) => place.startsWith(folder)));
    return path === undefined ? [] : [path === video.path ? video : { ...video, path }];
  };
}

function test({ after, before, minSeconds = 0, maxSeconds = Infinity }: VideoFilter) {
  const [from, past] = [timeOf(after) ?? -Infinity, timeOf(before) ?? Infinity];
  const dated = after !== undefined || before !== undefined;
  return ({ durationSec, date }: IndexedVideo): boolean =>
    // A video whose date nobody knows fits no date.
    (!dated || (date !== undefined && date >= from && date < past)) &&
    durationSec >= minSeconds &&
    durationSec <= maxSeconds;
}

/** A day begins where the user is; a time says where itself. */
function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text.includes('T') ? text : `${text}T00:00:00`);
}
