import { shotsOf, type Shot } from '../vision/shots.ts';
import type { LibraryTable, PatchTable, PatchWindow } from '../library/patch-types.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { SearchStore } from './types.ts';

/** A video with its temporal patches. */
export interface Footage {
  video: IndexedVideo;
  table: PatchTable;
  /** What other frame encoders make of each temporal patch (log-odds); absent where there are none. [n] */
  others?: Float32Array;
}

/** Some temporal patches of a video of a large library, compared with a query. */
export interface Excerpt {
  video: IndexedVideo;
  window: PatchWindow;
  /** As of {@link Footage}, of the window's temporal patches. [past - from] */
  others?: Float32Array;
}

/** All temporal patches of some videos; `all` where they are the whole library, which the store keeps in one piece. */
export function openWhole(
  store: SearchStore,
  videos: readonly IndexedVideo[],
  fingerprint: string,
  all: boolean,
): Footage[] {
  const single = (some: readonly IndexedVideo[]) =>
    some.map((video) => ({ video, table: store.patchTable(video.id) }));
  if (!all || videos.length === 0) return single(videos);
  // What is still being made isn't part of the one piece.
  const growing = videos.filter(({ reachedSec }) => reachedSec !== undefined);
  return [...wholeLibrary(store, videos, fingerprint), ...single(growing)];
}

function wholeLibrary(store: SearchStore, videos: readonly IndexedVideo[], fingerprint: string): Footage[] {
  const library = store.libraryTable(fingerprint);
  const byId = new Map(videos.map((video) => [video.id, video]));
  return tablesOf(library).flatMap((table, index) => {
    const video = byId.get(library.slices[index].videoId);
    return video ? { video, table } : [];
  });
}

/** By the library's table, which the store gives out again as long as nothing is added. */
const knownTables = new WeakMap<LibraryTable, PatchTable[]>();

/** Each video's part of the one piece that the store keeps of the whole library. */
function tablesOf(library: LibraryTable): PatchTable[] {
  const known = knownTables.get(library);
  if (known) return known;
  const { starts, ends, embeddings, embeddingSize, slices } = library;
  const tables = slices.map(({ firstRow, rows }) => ({
    starts: starts.subarray(firstRow, firstRow + rows),
    ends: ends.subarray(firstRow, firstRow + rows),
    embeddings: embeddings.subarray(firstRow * embeddingSize, (firstRow + rows) * embeddingSize),
    embeddingSize,
  }));
  knownTables.set(library, tables);
  return tables;
}

/** By the array of a table's times, which is the same one as long as the table is. */
const knownShots = new WeakMap<Float64Array, Shot[]>();

/** The shots of a video, by its stored cuts. */
export function shotsIn(store: SearchStore, { video, table }: Footage): Shot[] {
  let shots = knownShots.get(table.starts);
  if (!shots) {
    shots = shotsOf(table.starts, table.ends, store.cuts(video.id));
    knownShots.set(table.starts, shots);
  }
  return shots;
}
