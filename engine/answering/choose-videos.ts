import { search } from '../search/search.ts';
import { goneThrough, openWindows } from '../search/windows.ts';
import type { Footage } from '../search/footage.ts';
import type { Question } from '../language/questions.ts';
import type { SearchDeps } from '../search/types.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { TextEmbedder } from '../inference/types.ts';
import { queryVector } from '../search/query-vector.ts';

/** How many videos a question is read in, at most. */
const mostVideos = 16;
/** How many moments of the whole footage decide which videos these are. */
const moments = 200;

/**
 * Of many videos the ones worth reading: those with the best moments for what is asked, in the order in which they
 * came. A question that names nothing ("what is shown, in order?") is read in the first ones.
 */
export async function chooseVideos(
  { store, match, model }: SearchDeps,
  videos: readonly IndexedVideo[],
  text: TextEmbedder | undefined,
  question: Question,
  asked: string,
): Promise<Footage[]> {
  const open = (some: readonly IndexedVideo[]): Footage[] =>
    some.map((video) => ({ video, table: store.patchTable(video.id) }));
  const shown = videos.filter(({ patches }) => patches > 0);
  if (shown.length <= 1) return open(shown.length === 1 ? shown : videos.slice(0, 1));
  const things = thingsOf(question, asked);
  if (things.length === 0) return open(shown.slice(0, mostVideos));
  const total = shown.reduce((sum, { patches }) => sum + patches, 0);
  const best = new Map<string, number>();
  for (const thing of things) {
    const embedding = await queryVector(text, thing);
    const wanted = match(thing);
    const all = store.indexedVideos().length === shown.length;
    const query = { fingerprint: model.fingerprint, videos: shown, all, wanted, embedding, limit: moments };
    // A large library is looked at only where its index of vectors and objects says it is worth it.
    const wide = total > goneThrough ? openWindows(store, query) : undefined;
    const footage = wide?.excerpts ?? open(shown);
    for (const { video, score } of search(store, footage, wanted, embedding, moments, wide?.background))
      best.set(video.id, Math.max(score, best.get(video.id) ?? -Infinity));
  }
  const ranked = shown
    .filter(({ id }) => best.has(id))
    .sort((a, b) => best.get(b.id)! - best.get(a.id)!)
    .slice(0, mostVideos);
  if (ranked.length === 0) return open(shown.slice(0, mostVideos));
  return open(shown.filter((video) => ranked.includes(video)));
}

function thingsOf(question: Question, asked: string): string[] {
  switch (question.kind) {
    case 'first':
    case 'last':
    case 'order':
    case 'what':
      return [];
    case 'versus':
      return question.things;
    case 'open':
      return [asked];
    default:
      return [question.subject];
  }
}
