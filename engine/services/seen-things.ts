import { throwIfCancelled } from '../protocol/errors.ts';
import { calibration, numbersOf } from '../search/calibration.ts';
import { find } from '../search/index.ts';
import type { SearchDeps } from '../search/index.ts';
import type { Store } from '../library/index.ts';
import type { SeenResult } from '../protocol/view.ts';

/** So many labels are looked at: a list of more says nothing, and each costs a search. */
const looked = { inVideo: 16, inLibrary: 32 };
/** A list for the whole library is done when it has so many. */
const enough = 12;
/** The newest videos stand for the library, where it is large. */
const newest = 100;

/**
 * The things that a video, or the library, can be searched for with success: of what the detector told, only what a
 * search for it finds. The detector tells all it considers, down to where most of it is noise; what is called seen and
 * then "probably not here" is no help.
 * @param id of a video; the whole library where absent
 * @returns most frequent first: of a video with the number of sampled frames that surely show the thing, of the library
 * with the number of moments found, at most 20
 * @throws LongviewError `cancelled`, and what `find` throws.
 */
export async function seenThings(
  deps: SearchDeps,
  store: Store,
  id: string | undefined,
  signal: AbortSignal | undefined,
): Promise<SeenResult> {
  const candidates =
    id === undefined
      ? inLibrary(store)
      : inVideo(store, id, numbersOf(await deps.model.open()).object.counted);
  const things: SeenResult['things'] = [];
  for (const { label, count } of candidates) {
    throwIfCancelled(signal);
    const where = id === undefined ? { limit: 20 } : { in: [id], limit: 1 };
    const { confident, moments } = await find(deps, { query: label, refine: false, ...where }, { signal });
    if (!confident) continue;
    const sure = moments.filter(({ confidence }) => confidence >= calibration.confident).length;
    things.push({ label, count: id === undefined ? sure : count });
    if (id === undefined && things.length >= enough) break;
  }
  return { things: things.sort((a, b) => b.count - a.count) };
}

/** Labels by how many sampled frames show them with the score from which on that is told to the user. */
function inVideo(store: Store, id: string, counted: number): SeenResult['things'] {
  const labels = store
    .labels(id)
    .slice(0, 2 * looked.inVideo)
    .map(({ label }) => label);
  if (labels.length === 0) return [];
  const frames = new Map<string, Set<number>>();
  for (const { label, patch, frame, score } of store.objects(id, labels)) {
    if (score < counted) continue;
    const seen = frames.get(label) ?? new Set<number>();
    frames.set(label, seen.add(patch * 2 + frame));
  }
  return [...frames]
    .map(([label, seen]) => ({ label, count: seen.size }))
    .sort((a, b) => b.count - a.count)
    .slice(0, looked.inVideo);
}

/** Labels by how many of the newest videos they are told of. */
function inLibrary(store: Store): { label: string; count: number }[] {
  const videos = new Map<string, number>();
  for (const { id } of store.indexedVideos().slice(-newest))
    for (const { label } of store.labels(id).slice(0, looked.inVideo))
      videos.set(label, (videos.get(label) ?? 0) + 1);
  return [...videos]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, looked.inLibrary);
}
