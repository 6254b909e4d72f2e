import type { Excerpt } from './footage.ts';
import type { Hit } from './hit.ts';
import type { Background } from './similarity.ts';
import type { PatchPlace, SeenTogether } from '../library/patch-types.ts';
import type { IndexedVideo } from '../library/types.ts';
import { coverageOf, fuser } from './fusion.ts';
import { labelsOf, objectScores } from './object-scores.ts';
import type { Scoring } from './scoring.ts';
import type { WantedObjects } from '../language/parsed-query.ts';
import type { SearchStore } from './types.ts';

/**
 * Up to so many temporal patches (three hours at a temporal patch a second) everything is compared with the query,
 * exactly; beyond, codes in memory tell where to look, which takes less time from there on (`npm run -s bench --
 * search`).
 */
export const goneThrough = 12_000;
/**
 * Temporal patches before and after a promising one that are looked at; those of a moment that needs more are found
 * later.
 */
const around = 24;
/** A moment that reaches its window's edge gets so many times the room, so often. */
const widening = { times: 4, rounds: 2 };
/** Windows for each moment that is wanted, by each kind of evidence; so many at most. */
const perMoment = 3;
const mostWindows = 400;
/** So many times as many places where the detector saw something are looked at for these. */
const lookedAt = 16;

/** Stretches of a large library in which what is asked for may be. */
export interface Windows {
  excerpts: Excerpt[];
  background: Background | undefined;
}

/** What is looked for in a large library. */
export interface WideQuery {
  fingerprint: string;
  videos: readonly IndexedVideo[];
  /** True where these are all videos of the library. */
  all: boolean;
  wanted: WantedObjects;
  embedding: Float32Array | undefined;
  limit: number;
  /** Where other frame encoders find it. */
  elsewhere?: readonly PatchPlace[];
  scoring: Scoring;
}

/**
 * Opens a large library where it is worth it: around the temporal patches nearest to the query's embedding and around
 * those where the detector saw best what is wanted.
 */
export function openWindows(store: SearchStore, query: WideQuery): Windows {
  const { fingerprint, videos, all, wanted, embedding, limit } = query;
  const among = all ? undefined : videos.map(({ id }) => id);
  const count = Math.min(mostWindows, Math.max(20, perMoment * limit));
  const near = embedding ? store.nearest(fingerprint, embedding, count * 4, among) : undefined;
  const labels = labelsOf(wanted);
  const seen = labels.length > 0 ? store.bestSeen(fingerprint, labels, count * lookedAt, among) : [];
  const promising = seenPlaces(store, query, seen, near?.background);
  const places = [
    ...firstPlaces(near?.patches ?? [], count),
    ...firstPlaces(promising, count),
    ...firstPlaces(query.elsewhere ?? [], count),
    // Of what is still being made there are no codes: it is looked at whole.
    ...videos
      .filter(({ reachedSec }) => reachedSec !== undefined)
      .map(({ id, patches }) => ({ videoId: id, patch: patches >> 1, reach: patches })),
  ];
  const byId = new Map(videos.map((video) => [video.id, video]));
  const excerpts = open(store, byId, places, { query: embedding, labels });
  return { excerpts, background: near?.background };
}

/**
 * Of each batch the temporal patch where most of what is wanted was seen, those first that this and the picture's
 * likeness make likeliest together: the detector's best are many where it has seen thousands.
 */
function seenPlaces(
  store: SearchStore,
  { fingerprint, wanted, embedding, scoring }: WideQuery,
  batches: readonly SeenTogether[],
  background: Background | undefined,
): PatchPlace[] {
  const candidates = batches.flatMap(({ videoId, objects }) => {
    const first = objects[0].patch;
    const seen = objects.map((object) => ({ ...object, patch: object.patch - first }));
    const scores = objectScores(wanted.objects, seen, seen[seen.length - 1].patch + 1);
    const object = scores.reduce((most, score) => Math.max(most, score), 0);
    return object > 0 ? { videoId, patch: first + scores.indexOf(object), object } : [];
  });
  const similarity = embedding && store.similarityAt(fingerprint, embedding, candidates);
  const fuse = fuser(coverageOf(wanted), background ?? { mean: 0, deviation: 1 }, scoring.numbers);
  return candidates
    .map((place, index) => ({ ...place, score: fuse({ ...place, similarity: similarity?.[index] ?? 0 }) }))
    .sort((a, b) => b.score - a.score);
}

/** Opens more around the moments that reach the edge of what was looked at. @returns nothing where none does */
export function widened(
  store: SearchStore,
  { embedding, wanted }: Pick<WideQuery, 'embedding' | 'wanted'>,
  excerpts: readonly Excerpt[],
  hits: readonly Hit[],
  round: number,
): Excerpt[] | undefined {
  if (round >= widening.rounds) return undefined;
  const atEdge = excerpts.filter(({ video, window }) =>
    hits.some(
      (hit) =>
        hit.video.id === video.id &&
        hit.first >= window.from &&
        hit.past <= window.past &&
        ((hit.first === window.from && window.from > 0) ||
          (hit.past === window.past && window.past < video.patches)),
    ),
  );
  if (atEdge.length === 0) return undefined;
  const byId = new Map(excerpts.map(({ video }) => [video.id, video]));
  const places = atEdge.map(({ video, window }) => ({
    videoId: video.id,
    patch: (window.from + window.past) >> 1,
    reach: (window.past - window.from) * (widening.times / 2),
  }));
  const wide = open(store, byId, places, { query: embedding, labels: labelsOf(wanted) });
  const covered = (one: Excerpt) =>
    wide.some(
      ({ video, window }) =>
        video.id === one.video.id && window.from <= one.window.from && window.past >= one.window.past,
    );
  return [...excerpts.filter((one) => !covered(one)), ...wide];
}

/** The best places, one of each neighbourhood. */
function firstPlaces(places: readonly PatchPlace[], count: number): PatchPlace[] {
  const chosen: PatchPlace[] = [];
  for (const place of places) {
    if (chosen.length >= count) break;
    const known = chosen.some(
      ({ videoId, patch }) => videoId === place.videoId && Math.abs(patch - place.patch) <= around / 2,
    );
    if (!known) chosen.push(place);
  }
  return chosen;
}

function open(
  store: SearchStore,
  videos: ReadonlyMap<string, IndexedVideo>,
  places: readonly (PatchPlace & { reach?: number })[],
  wanted: Parameters<SearchStore['patchWindow']>[2],
): Excerpt[] {
  const inOrder = places.toSorted((a, b) =>
    a.videoId < b.videoId ? -1 : a.videoId > b.videoId ? 1 : a.patch - b.patch,
  );
  const ranges: { video: IndexedVideo; from: number; past: number }[] = [];
  for (const { videoId, patch, reach = around } of inOrder) {
    const video = videos.get(videoId);
    if (!video) continue;
    const [from, past] = [Math.max(0, patch - reach), Math.min(video.patches, patch + reach + 1)];
    const last = ranges.at(-1);
    if (last?.video === video && from <= last.past) {
      last.from = Math.min(last.from, from);
      last.past = Math.max(last.past, past);
    } else ranges.push({ video, from, past });
  }
  return ranges.map(({ video, ...range }) => ({ video, window: store.patchWindow(video.id, range, wanted) }));
}
