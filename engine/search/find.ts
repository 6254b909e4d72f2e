import { findRequestSchema, gammaRange, parseRequest, type FindRequest } from '../protocol/requests.ts';
import { throwIfCancelled } from '../protocol/errors.ts';
import { calibration } from './calibration.ts';
import { Reading } from './reading.ts';
import { recheck } from './recheck.ts';
import { openFootage, totalSeconds } from './footage.ts';
import { search, type Hit } from './search.ts';
import type { FindResult, Moment } from '../protocol/results.ts';
import type { CallOptions } from '../protocol/engine.ts';
import type { Model } from '../vlm/types.ts';
import type { SearchDeps, SearchStore } from './types.ts';

/** How many moments a find lists, and how many of them the decoder looks at again. */
const listed = 10;
const rechecked = 5;

/** What `find` takes besides its request. */
export type FindOptions = CallOptions & { onFirst?: (first: FindResult) => void };

/**
 * Finds the moments that show what a query says: the detector's objects and the patches' embeddings, fused, grouped
 * to moments, the best re-checked by the decoder at the chosen gamma.
 * @throws LongviewError `bad-argument`, `video-not-in-library`, `video-not-indexed`, `cancelled`.
 */
export async function find(
  deps: SearchDeps,
  request: FindRequest,
  options: FindOptions = {},
): Promise<FindResult> {
  const began = performance.now();
  const {
    query,
    in: where,
    gamma = gammaRange.find,
    limit = listed,
    refine = true,
  } = parseRequest(findRequestSchema, request);
  throwIfCancelled(options.signal);
  const { footage, skipped } = openFootage(deps, where);
  const answer = (hits: readonly Hit[], refined: boolean): FindResult => {
    const moments = hits.map(momentOf);
    return {
      query,
      gamma,
      model: deps.model.id,
      confident: moments.some(({ confidence }) => confidence >= calibration.confident),
      moments,
      latencyMs: performance.now() - began,
      examined: { videos: footage.length, seconds: totalSeconds(footage) },
      skipped,
      refined,
    };
  };
  if (footage.length === 0) return answer([], false);

  const model = await deps.model.open();
  throwIfCancelled(options.signal);
  const [embedding] = model.text ? await model.text.embed([query]) : [];
  const hits = search(deps.store, footage, deps.match(query), embedding, limit);
  const best = hits.slice(0, rechecked);
  if (!refine || hits.length === 0 || !canRead(deps.store, model, best)) return answer(hits, false);

  options.onFirst?.(answer(hits, false));
  const reader = { reader: model.reader!, grid: model.eyes!.grid };
  const checked = await recheck(
    best,
    query,
    ({ video }) => new Reading(deps.store, video.id, reader, gamma, options.signal),
  );
  return answer(
    [...checked, ...hits.slice(rechecked)].sort((a, b) => b.score - a.score),
    true,
  );
}

/** The features that the decoder reads may have been deleted; then the first list stands. */
function canRead(store: SearchStore, model: Model, hits: readonly Hit[]): boolean {
  return !!model.reader && !!model.eyes && hits.every(({ video }) => store.hasTokens(video.id));
}

function momentOf({ video, start, end, score, confidence, source, reason, checked }: Hit): Moment {
  return {
    videoId: video.id,
    path: video.path,
    start,
    end,
    score,
    confidence,
    source,
    reason,
    ...(checked === undefined ? {} : { checked }),
  };
}
