import { toUnitLength } from '../core/vectors.ts';
import { nothingWanted } from '../language/parsed-query.ts';
import { LongviewError } from '../protocol/errors.ts';
import { reasonsText } from '../protocol/reasons.ts';
import { logistic, logOdds, numbersOf } from './calibration.ts';
import { lookThrough } from './look-through.ts';
import { belief, otherQueries } from './other-encoders.ts';
import { standardOf, type Scoring } from './scoring.ts';
import type { Model } from '../inference/types.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { Like } from '../protocol/requests.ts';
import type { Searched } from './filters.ts';
import type { Hit } from './hit.ts';
import type { SearchDeps, SearchStore } from './types.ts';

/**
 * P(two pictures show the same kind of thing) = logistic(similarity * cosine + standout * z + bias), for the built-in encoder:
 * fitted on the nearest of 40 of 615 held-out photographs of 107 kinds, half of them with one of the asked kind among them
 * (calibration error 0.018 there).
 */
const pictureNumbers = {
  scene: { similarity: 11.3, standout: 0, bias: -7.8 },
  background: { mean: 0.127, deviation: 0.139, patches: 40 },
};

/** A moment that spans the very picture that is asked about is no find. */
const sameSec = 0.5;

/**
 * The moments whose pictures look like a picture, best first; of the video that it is from, others than its own.
 * @throws LongviewError `bad-argument` for a picture that can't be read, or one that no encoder at hand can look at.
 */
export async function lookAlike(
  deps: SearchDeps,
  like: Like,
  searched: Searched,
  limit: number,
): Promise<Hit[]> {
  const { store } = deps;
  const hits: Hit[] = [];
  const looks = [{ handle: deps.model, videos: searched.videos, all: searched.all }];
  for (const [fingerprint, videos] of searched.elsewhere) {
    const handle = await deps.encoders?.(fingerprint);
    if (handle) looks.push({ handle, videos, all: false });
  }
  for (const { handle, videos, all } of looks) {
    if (videos.length === 0) continue;
    const model = await handle.open();
    const embedding = await pictureVector(deps, like, model);
    const others = await otherQueries(deps, videos, (other) => pictureVector(deps, like, other), 'pictures');
    if (!embedding && others.length === 0) throw noEncoder(handle.id);
    const scoring = await pictureScoring(model, store, videos);
    const query = { wanted: nothingWanted, embedding, limit, scoring, others };
    hits.push(...lookThrough(store, { videos, all }, { fingerprint: handle.fingerprint, ...query }));
  }
  return hits.filter((hit) => !isItself(store, like, hit)).sort((a, b) => b.score - a.score);
}

/** A picture in a model's space: what the library already holds of a time, else by a look at it. */
async function pictureVector(
  { store, pictureOf }: SearchDeps,
  like: Like,
  model: Model,
): Promise<Float32Array | undefined> {
  const stored = 'video' in like && !like.box ? storedVector(store, like, model.fingerprint) : undefined;
  const encoder = model.frameEncoder;
  if (stored || !encoder || !pictureOf) return stored;
  const { pixels, letterbox } = await pictureOf(like, encoder);
  const frame = { time: 0, pixels };
  const [{ embedding }] = await encoder.analyse([[frame, frame]], letterbox);
  return embedding;
}

function storedVector(
  store: SearchStore,
  { video, at }: Extract<Like, { video: string }>,
  fingerprint: string,
): Float32Array | undefined {
  const known = store.videoFor(video);
  const own = known.modelFingerprint === fingerprint;
  if (!own && !known.others?.some((other) => other.modelFingerprint === fingerprint)) return undefined;
  const { starts, ends, embeddings, embeddingSize } = store.patchTable(known.id, fingerprint);
  const patch = starts.findLastIndex((start) => start <= at);
  if (patch < 0 || at > ends[patch] + sameSec) return undefined;
  return toUnitLength(embeddings.slice(patch * embeddingSize, (patch + 1) * embeddingSize));
}

/** By numbers that were measured, or by how alike the footage's own pictures are to each other. */
async function pictureScoring(
  model: Model,
  store: SearchStore,
  videos: readonly IndexedVideo[],
): Promise<Scoring> {
  const numbers = numbersOf(model);
  if (model.calibration?.scene)
    return { numbers: { ...numbers, ...pictureNumbers }, prior: pictureNumbers.background };
  const standard = await standardOf(model, store, videos, model.fingerprint, 'pictures');
  const scene = { similarity: 0, standout: belief.slope, bias: belief.bias };
  const { mean, deviation } = standard ?? { mean: 0, deviation: 1 };
  return { numbers: { ...numbers, scene }, prior: { mean, deviation, patches: certain } };
}

/** A background that is measured over all the footage isn't moved by what is found. */
const certain = 1e7;

function isItself(store: SearchStore, like: Like, hit: Hit): boolean {
  if (!('video' in like)) return false;
  const { id } = store.videoFor(like.video);
  return hit.video.id === id && hit.start - sameSec <= like.at && like.at <= hit.end + sameSec;
}

function noEncoder(id: string): LongviewError {
  return new LongviewError(
    'bad-argument',
    `The model ${id} can't compare pictures.`,
    'Index with a model that can "embed"; "longview models" lists them.',
    { details: { model: id } },
  );
}

/** Moments that look like a picture and show what words say: as likely as both together, where both were found. */
export function bothOf(alike: readonly Hit[], said: readonly Hit[]): Hit[] {
  return alike
    .map((hit) => {
      const same = said.filter(
        ({ video, start, end }) => video.id === hit.video.id && start < hit.end && hit.start < end,
      );
      const best = same.reduce<Hit | undefined>(
        (a, b) => (a && a.confidence >= b.confidence ? a : b),
        undefined,
      );
      const words = best?.confidence ?? 0;
      const explanations = [...(best?.explanations ?? []), ...hit.explanations];
      return {
        ...hit,
        score: logOdds(logistic(hit.score) * Math.max(words, 1e-4)),
        confidence: hit.confidence * words,
        explanations,
        reason: reasonsText(explanations),
      };
    })
    .sort((a, b) => b.score - a.score);
}
