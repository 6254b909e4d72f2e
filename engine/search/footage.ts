import { shotsOf, type Shot } from './shots.ts';
import type { IndexedVideo, PatchTable } from '../store/types.ts';
import type { SearchDeps, SearchStore } from './types.ts';

/** A video with its patches, as the search goes through it. */
export interface Footage {
  video: IndexedVideo;
  table: PatchTable;
}

/**
 * The footage to search: the named videos, or the whole library. Videos that are indexed with another bundle can't be
 * compared with this one's embeddings and are counted as skipped.
 * @throws LongviewError `video-not-in-library`, `video-not-indexed`.
 */
export function openFootage(
  { store, model }: SearchDeps,
  where: readonly string[] | undefined,
): { footage: Footage[]; skipped: number } {
  const named = where?.map((place) => store.videoFor(place));
  const videos = new Map((named ?? store.indexedVideos()).map((video) => [video.id, video]));
  const fitting = [...videos.values()].filter((video) => video.modelFingerprint === model.fingerprint);
  return {
    footage: named
      ? fitting.map((video) => ({ video, table: store.patchTable(video.id) }))
      : wholeLibrary(store, fitting, model.fingerprint),
    skipped: videos.size - fitting.length,
  };
}

/** Views into the one piece that the store keeps of the whole library. */
function wholeLibrary(store: SearchStore, videos: readonly IndexedVideo[], fingerprint: string): Footage[] {
  if (videos.length === 0) return [];
  const { starts, ends, embeddings, embeddingSize, slices } = store.libraryTable(fingerprint);
  const byId = new Map(videos.map((video) => [video.id, video]));
  return slices.flatMap(({ videoId, firstRow, rows }) => {
    const video = byId.get(videoId);
    const past = firstRow + rows;
    return video
      ? {
          video,
          table: {
            starts: starts.subarray(firstRow, past),
            ends: ends.subarray(firstRow, past),
            embeddings: embeddings.subarray(firstRow * embeddingSize, past * embeddingSize),
            embeddingSize,
          },
        }
      : [];
  });
}

/** Seconds of footage. */
export function totalSeconds(footage: readonly Footage[]): number {
  return footage.reduce((sum, { video }) => sum + video.durationSec, 0);
}

/** The shots of a video, by its stored cuts. */
export function shotsIn(store: SearchStore, { video, table }: Footage): Shot[] {
  return shotsOf(table.starts, table.ends, store.cuts(video.id));
}
