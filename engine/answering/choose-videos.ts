import { search } from '../search/search.ts';
import { goneThrough, openWindows } from '../search/windows.ts';
import type { Footage } from '../search/footage.ts';
import type { ParsedQuestion } from '../language/parsed-question.ts';
import type { Scoring } from '../search/scoring.ts';
import type { SearchDeps } from '../search/types.ts';
import { inRecordings } from '../library/recording-places.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { Model } from '../inference/types.ts';
import { queryVector } from '../search/query-vector.ts';

/** How many videos a question is read in, at most. */
const mostVideos = 16;
/** How many moments of the whole footage decide which videos these are. */
const moments = 200;

/**
 * Of many videos the ones worth reading: those with the best moments for what is asked, and what a recording holds right
 * before and after, in the order in which they came; parts of a recording in its order. A question that names nothing ("what is shown, in order?") is read in the first ones.
 */
export async function chooseVideos(
  { store, model }: SearchDeps,
  videos: readonly IndexedVideo[],
  { text, queries }: Pick<Model, 'text' | 'queries'>,
  scoring: Scoring,
  { things }: ParsedQuestion,
): Promise<Footage[]> {
  const open = (some: readonly IndexedVideo[]): Footage[] =>
    some.map((video) => ({ video, table: store.patchTable(video.id) }));
  const shown = inRecordings(videos.filter(({ patches }) => patches > 0));
  if (shown.length <= 1) return open(shown.length === 1 ? shown : videos.slice(0, 1));
  if (things.length === 0) return open(shown.slice(0, mostVideos));
  const total = shown.reduce((sum, { patches }) => sum + patches, 0);
  const best = new Map<string, number>();
  for (const thing of things) {
    const { wanted, caption } = thing;
    const embedding = await queryVector(text, caption, queries);
    const all = store.indexedVideos().length === shown.length;
    const query = { wanted, embedding, limit: moments, scoring };
    const where = { fingerprint: model.fingerprint, videos: shown, all };
    // A large library is looked at only where its index of vectors and objects says it is worth it.
    const wide = total > goneThrough ? openWindows(store, { ...where, ...query }) : undefined;
    const footage = wide?.excerpts ?? open(shown);
    for (const { video, score } of search(store, footage, query, wide?.background))
      best.set(video.id, Math.max(score, best.get(video.id) ?? -Infinity));
  }
  const ranked = shown
    .filter(({ id }) => best.has(id))
    .sort((a, b) => best.get(b.id)! - best.get(a.id)!)
    .slice(0, mostVideos);
  if (ranked.length === 0) return open(shown.slice(0, mostVideos));
  return open(
    shown.filter((video) => ranked.includes(video) || ranked.some((one) => areNeighbours(one, video))),
  );
}

/** Whether one goes on where the other ends. */
function areNeighbours({ recording: a }: IndexedVideo, { recording: b }: IndexedVideo): boolean {
  return a !== undefined && b !== undefined && a.recording === b.recording && Math.abs(a.part - b.part) === 1;
}
