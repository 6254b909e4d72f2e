import { resolve, sep } from 'node:path';
import { LongviewError, quote } from '../protocol/errors.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { SearchDeps } from './types.ts';

/** The videos that a question is about. */
export interface Scope {
  /** Those that this bundle's index fits, in the order in which they were named or indexed. */
  videos: IndexedVideo[];
  /** How many were left out because they are indexed with another bundle. */
  skipped: number;
}

/**
 * Videos by id, path, or folder; the whole library where nothing is named.
 * @throws LongviewError `video-not-in-library`; `video-not-indexed` where none of them can be read.
 */
export function scopeOf({ store, model }: SearchDeps, where: string | readonly string[] | undefined): Scope {
  const indexed = store.indexedVideos();
  const videos = where === undefined ? indexed : videosAt(store, [where].flat(), indexed);
  const fitting = videos.filter((video) => video.modelFingerprint === model.fingerprint);
  if (fitting.length > 0) return { videos: fitting, skipped: videos.length - fitting.length };
  if (videos.length === 0)
    throw new LongviewError(
      'video-not-indexed',
      'No video is indexed yet, so there is nothing to ask about.',
      'Add videos with "longview index <folder>".',
    );
  throw new LongviewError(
    'video-not-indexed',
    `${quote(videos[0].path)} is indexed with another model than ${model.id}.`,
    'Index it again with --force.',
  );
}

/**
 * Videos by id, path, or folder that holds them however deep, in the order in which they were named, each once.
 * @throws LongviewError `video-not-in-library`, `video-not-indexed`.
 */
export function videosAt(
  store: Pick<SearchDeps['store'], 'videoFor'>,
  places: readonly string[],
  indexed: readonly IndexedVideo[],
): IndexedVideo[] {
  const named = places.flatMap((place) => {
    const folder = resolve(place);
    const inside = folder.endsWith(sep) ? folder : folder + sep;
    const within = indexed.filter(({ path, copies = [] }) =>
      [path, ...copies].some((one) => one.startsWith(inside)),
    );
    return within.length > 0 ? within : [store.videoFor(place)];
  });
  return [...new Map(named.map((video) => [video.id, video])).values()];
}
