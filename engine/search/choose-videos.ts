import { search } from './search.ts';
import type { Footage } from './footage.ts';
import type { Question } from './questions.ts';
import type { SearchDeps } from './types.ts';
import type { IndexedVideo } from '../store/types.ts';
import type { TextEmbedder } from '../vlm/types.ts';

/** How many videos a question is read in, at most. */
export const mostVideos = 16;
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
  if (videos.length > 8) store.libraryTable(model.fingerprint);
  const all = videos.map((video) => ({ video, table: store.patchTable(video.id) }));
  const footage = all.filter(({ table }) => table.starts.length > 0);
  if (footage.length <= 1) return footage.length === 1 ? footage : all.slice(0, 1);
  const things = thingsOf(question, asked);
  if (things.length === 0) return footage.slice(0, mostVideos);
  const best = new Map<string, number>();
  for (const thing of things) {
    const [embedding] = text ? await text.embed([thing]) : [];
    for (const { video, score } of search(store, footage, match(thing), embedding, moments))
      best.set(video.id, Math.max(score, best.get(video.id) ?? -Infinity));
  }
  const ranked = footage
    .filter(({ video }) => best.has(video.id))
    .sort((a, b) => best.get(b.video.id)! - best.get(a.video.id)!)
    .slice(0, mostVideos);
  const chosen = new Set(ranked.map(({ video }) => video.id));
  return chosen.size === 0
    ? footage.slice(0, mostVideos)
    : footage.filter(({ video }) => chosen.has(video.id));
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
