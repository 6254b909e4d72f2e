import { shotsOf, type Shot } from './shots.ts';
import type { IndexedVideo, PatchRange, PatchTable } from '../store/types.ts';
import type { SearchStore } from './types.ts';

/** A video with its patches, or with some of them, as the search goes through it. */
export interface Footage {
  video: IndexedVideo;
  table: PatchTable;
  /** Which patches of the video the table holds; all where absent. */
  window?: PatchRange;
}

/** All patches of some videos; `all` where they are the whole library, which the store keeps in one piece. */
export function openWhole(
  store: SearchStore,
  videos: readonly IndexedVideo[],
  fingerprint: string,
  all: boolean,
): Footage[] {
  return all && videos.length > 0
    ? wholeLibrary(store, videos, fingerprint)
    : videos.map((video) => ({ video, table: store.patchTable(video.id) }));
}

/** Views into the one piece that the store keeps of the whole library. */
function wholeLibrary(store: SearchStore, videos: readonly IndexedVideo[], fingerprint: string): Footage[] {
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

/** By the array of a table's times, which the store gives out again as long as the video's index stays. */
const knownShots = new WeakMap<Float64Array, Shot[]>();

/** The shots of a video, by its stored cuts; of a window, those in it. */
export function shotsIn(store: SearchStore, { video, table, window }: Footage): Shot[] {
  let shots = knownShots.get(table.starts);
  if (!shots) {
    shots = shotsOf(table.starts, table.ends, store.cuts(video.id, window));
    knownShots.set(table.starts, shots);
  }
  return shots;
}
