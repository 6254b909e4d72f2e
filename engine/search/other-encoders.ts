import { similarities, spreadOf } from '../core/similarities.ts';
import type { Calibration } from '../protocol/calibration.ts';
import { sceneLogOdds } from './calibration.ts';
import type { Model } from '../inference/types.ts';
import { standout } from './fusion.ts';
import { standardOf, type Standard } from './scoring.ts';
import type { Background } from './similarity.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { PatchPlace } from '../library/patch-types.ts';
import type { Excerpt, Footage } from './footage.ts';
import type { SearchDeps, SearchStore } from './types.ts';

/** A query in the space of a frame encoder whose embeddings stand beside those of the library's own. */
export interface OtherQuery {
  fingerprint: string;
  vector: Float32Array;
  /** What its cosines mean, where its bundle says. */
  scene: Calibration['scene'];
  /** Else how they are judged, where they can be. */
  standard: Standard | undefined;
}

/**
 * P(a temporal patch shows the words) = logistic(slope * z + bias) for an encoder that nobody calibrated, z being how many deviations
 * a similarity lies over what unrelated words and the same footage have in common in its space. Chosen with the built-in encoder as
 * the witness, on 615 held-out photographs of 107 kinds, 8 to 59 of them at a time, with these 41 words: calibration error 0.010
 * (its labelled numbers 0.074), AUC of "not here" 0.975 (0.977); from 4 to 100 kinds, eight or twenty pictures of each, at most
 * 0.055 (0.087) and 0.963 to 0.988 (0.963 to 0.989). One that doesn't separate words on this footage is doubted.
 */
export const belief = { slope: 1.57, bias: -7.81, doubt: 1.5 };

/**
 * A query by every other encoder that some of the videos know and that is at hand.
 * @param embed what is looked for in a model's space; undefined where it can't be put there
 * @param by what is looked for: words or a picture
 */
export async function otherQueries(
  { encoders, store }: Pick<SearchDeps, 'encoders' | 'store'>,
  videos: readonly IndexedVideo[],
  embed: (model: Model) => Promise<Float32Array | undefined>,
  by: 'words' | 'pictures' = 'words',
): Promise<OtherQuery[]> {
  const known = new Set(videos.flatMap(({ others = [] }) => others.map((one) => one.modelFingerprint)));
  const queries: OtherQuery[] = [];
  for (const fingerprint of known) {
    const handle = await encoders?.(fingerprint);
    if (!handle) continue;
    const model = await handle.open();
    const vector = await embed(model);
    // What an encoder's own numbers say of words they don't say of pictures.
    const scene = by === 'words' ? model.calibration?.scene : undefined;
    const standard = scene ? undefined : await standardOf(model, store, videos, fingerprint, by);
    if (vector) queries.push({ fingerprint, vector, scene, standard });
  }
  return queries;
}

/** Videos that are gone through whole, with what the other encoders say of them. */
export function withOthers(
  store: SearchStore,
  footage: readonly Footage[],
  queries: readonly OtherQuery[],
  all: boolean,
): Footage[] {
  let seen: Footage[] = [...footage];
  for (const query of queries) {
    const { fingerprint, vector } = query;
    // Read in one piece where everything is searched.
    if (all) store.libraryTable(fingerprint);
    const compared = seen.map(({ video }) => {
      if (!video.others?.some((one) => one.modelFingerprint === fingerprint)) return undefined;
      const { starts, ends, embeddings } = store.patchTable(video.id, fingerprint);
      return { starts, ends, values: similarities(vector, embeddings) };
    });
    const believe = beliefIn(
      compared.flatMap((one) => (one ? [one.values] : [])),
      query,
    );
    seen = seen.map((one, index) => {
      const other = compared[index];
      if (!other) return one;
      const odds = overlapping(one.table, { ...other, values: other.values.map(believe) });
      return { ...one, others: larger(one.others, odds) };
    });
  }
  return seen;
}

/** Places of a large library where another encoder finds the query, by the temporal patches of the library's own. */
export function otherPlaces(
  store: SearchStore,
  queries: readonly OtherQuery[],
  videos: readonly IndexedVideo[],
  count: number,
): PatchPlace[] {
  const byId = new Map(videos.map((video) => [video.id, video]));
  return queries.flatMap(({ fingerprint, vector }) =>
    store.nearest(fingerprint, vector, count, [...byId.keys()]).patches.flatMap(({ videoId, patch }) => {
      const video = byId.get(videoId);
      const other = video?.others?.find((one) => one.modelFingerprint === fingerprint);
      return video && other ? [{ videoId, patch: Math.round((patch * video.fps) / other.fps) }] : [];
    }),
  );
}

/** Parts of a large library, with what the other encoders say of them. */
export function excerptsWithOthers(
  store: SearchStore,
  excerpts: readonly Excerpt[],
  queries: readonly OtherQuery[],
): Excerpt[] {
  let seen: Excerpt[] = [...excerpts];
  for (const query of queries) {
    const { fingerprint, vector } = query;
    const { background } = store.nearest(fingerprint, vector, 1);
    const believe = believing(background, query);
    seen = seen.map((one) => {
      const other = one.video.others?.find((encoded) => encoded.modelFingerprint === fingerprint);
      // Of what is still being made there are no codes.
      if (!other?.whole) return one;
      const places = Array.from(one.window.starts, (_, index) => ({
        videoId: one.video.id,
        patch: Math.min(
          other.patches - 1,
          Math.round(((one.window.from + index) * other.fps) / one.video.fps),
        ),
      }));
      const odds = Float32Array.from(store.similarityAt(fingerprint, vector, places), believe);
      return { ...one, others: larger(one.others, odds) };
    });
  }
  return seen;
}

/** What a similarity is worth in log-odds, judged by all the others where the encoder has numbers of its own. */
function beliefIn(
  rows: readonly Float32Array[],
  query: Pick<OtherQuery, 'scene' | 'standard'>,
): (similarity: number) => number {
  return believing(spreadOf(rows), query);
}

/** By the encoder's own numbers, where its bundle has any, else by what unrelated words score on the footage. */
function believing(
  background: Background,
  { scene, standard }: Pick<OtherQuery, 'scene' | 'standard'>,
): (similarity: number) => number {
  if (scene) {
    const z = (similarity: number) => (background.deviation > 1e-6 ? standout(similarity, background) : -10);
    return (similarity) => sceneLogOdds({ scene }, similarity, z(similarity));
  }
  if (!standard) return () => -10;
  const doubt = belief.doubt * (1 - standard.separation);
  return (similarity) => belief.slope * standout(similarity, standard) + belief.bias - doubt;
}

/** The largest value of what overlaps each temporal patch. */
function overlapping(
  own: { starts: Float64Array; ends: Float64Array },
  other: { starts: Float64Array; ends: Float64Array; values: Float32Array },
): Float32Array {
  const odds = new Float32Array(own.starts.length).fill(-10);
  let first = 0;
  for (let patch = 0; patch < odds.length; patch++) {
    while (first < other.starts.length && other.ends[first] <= own.starts[patch]) first++;
    for (let at = first; at < other.starts.length && other.starts[at] < own.ends[patch]; at++)
      odds[patch] = Math.max(odds[patch], other.values[at]);
  }
  return odds;
}

function larger(before: Float32Array | undefined, odds: Float32Array): Float32Array {
  return before ? odds.map((value, index) => Math.max(value, before[index])) : odds;
}
