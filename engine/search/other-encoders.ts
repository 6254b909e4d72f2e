import { similarities, spreadOf } from '../core/similarities.ts';
import type { Calibration } from '../protocol/calibration.ts';
import { sceneLogOdds } from './calibration.ts';
import type { Model } from '../inference/types.ts';
import { standout } from './fusion.ts';
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
}

/**
 * How much an encoder that nobody calibrated is believed, in log-odds a standard deviation over what chance explains:
 * of n unrelated temporal patches the best lies about sqrt(2 ln n) deviations above their mean. By hand, so that noise
 * stays under even odds and what stands two deviations above all chance is rather so than not.
 */
const belief = { slope: 1.5, doubt: 1.5 };

/**
 * A query by every other encoder that some of the videos know and that is at hand.
 * @param embed what is looked for in a model's space; undefined where it can't be put there
 */
export async function otherQueries(
  { encoders }: Pick<SearchDeps, 'encoders'>,
  videos: readonly IndexedVideo[],
  embed: (model: Model) => Promise<Float32Array | undefined>,
): Promise<OtherQuery[]> {
  const known = new Set(videos.flatMap(({ others = [] }) => others.map((one) => one.modelFingerprint)));
  const queries: OtherQuery[] = [];
  for (const fingerprint of known) {
    const handle = await encoders?.(fingerprint);
    if (!handle) continue;
    const model = await handle.open();
    const vector = await embed(model);
    if (vector) queries.push({ fingerprint, vector, scene: model.calibration?.scene });
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
  for (const { fingerprint, vector, scene } of queries) {
    // Read in one piece where everything is searched.
    if (all) store.libraryTable(fingerprint);
    const compared = seen.map(({ video }) => {
      if (!video.others?.some((one) => one.modelFingerprint === fingerprint)) return undefined;
      const { starts, ends, embeddings } = store.patchTable(video.id, fingerprint);
      return { starts, ends, values: similarities(vector, embeddings) };
    });
    const believe = beliefIn(
      compared.flatMap((one) => (one ? [one.values] : [])),
      scene,
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
  for (const { fingerprint, vector, scene } of queries) {
    const { background } = store.nearest(fingerprint, vector, 1);
    const total = seen.reduce((sum, { window }) => sum + window.starts.length, 0);
    const believe = believing(background, Math.max(total, 2), scene);
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

/** What a similarity is worth in log-odds, judged by all the others. */
function beliefIn(
  rows: readonly Float32Array[],
  scene: Calibration['scene'],
): (similarity: number) => number {
  const { n, ...background } = spreadOf(rows);
  return believing(background, n, scene);
}

/** By the encoder's own numbers, where its bundle has any. */
function believing(
  background: Background,
  n: number,
  scene: Calibration['scene'],
): (similarity: number) => number {
  const z = (similarity: number) => (background.deviation > 1e-6 ? standout(similarity, background) : -10);
  if (scene) return (similarity) => sceneLogOdds({ scene }, similarity, z(similarity));
  const chance = Math.sqrt(2 * Math.log(Math.max(n, 2)));
  return (similarity) => belief.slope * (z(similarity) - chance) - belief.doubt;
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
