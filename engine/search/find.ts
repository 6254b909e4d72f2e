import { gammaRange } from '../protocol/gamma.ts';
import { findRequestSchema, parseRequest, type FindRequest } from '../protocol/requests.ts';
import { reasonsText } from '../protocol/reasons.ts';
import { badArgument, throwIfCancelled } from '../protocol/errors.ts';
import { bothOf, lookAlike } from './like.ts';
import { calibration, numbersOf, shownProbability } from './calibration.ts';
import { combined, type Found } from './combine.ts';
import { isNamed, isTrained, unconfirmedIn } from './trained.ts';
import { captionFor, nothingWanted, parseQuery, type ParsedQuery } from '../language/parsed-query.ts';
import { understands } from '../language/understanding.ts';
import { filtered, type Searched } from './filters.ts';
import { DecoderSession } from './decoder-session.ts';
import { scoringFor } from './scoring.ts';
import { counts, recheck } from './recheck.ts';
import type { Hit } from './hit.ts';
import { textMoments } from './text-moments.ts';
import { lookThrough } from './look-through.ts';
import { otherQueries } from './other-encoders.ts';
import type { Cannot, FindResult, Moment } from '../protocol/results.ts';
import type { CallOptions } from '../protocol/engine.ts';
import type { Model } from '../inference/types.ts';
import type { ModelHandle, SearchDeps, SearchStore } from './types.ts';
import { queryVector } from './query-vector.ts';
import { understandingOf, unknownWords } from './unknown-words.ts';

/** How many moments a find lists where nobody says, and how many of a list the decoder looks at again at most. */
const listed = 10;
const rechecked = 20;
/** So many times as many moments look like a picture as are listed, before words choose among them. */
const alikePerMoment = 4;

/** What `find` takes besides its request. */
export type FindOptions = CallOptions & { onFirst?: (first: FindResult) => void };

type Request = ReturnType<typeof parseFind>;

/**
 * Finds the moments that show or say what a query says: the detector's objects, the temporal patches' embeddings and
 * the text that comes with the footage, fused; the best of what was seen is re-checked by the decoder at the chosen
 * gamma.
 * @throws LongviewError `bad-argument`, `video-not-in-library`, `video-not-indexed`, `cancelled`.
 */
export async function find(
  deps: SearchDeps,
  given: FindRequest,
  options: FindOptions = {},
): Promise<FindResult> {
  const began = performance.now();
  const request = parseFind(given);
  throwIfCancelled(options.signal);
  const searched = await filtered(deps, request);
  const query = parsedFor(deps, request, deps.model);
  if (request.like) return withState(deps, await findAlike(deps, request, query, searched, began));
  const texts = textMoments(deps.store, query, {
    videos: searched.every,
    all: searched.all && searched.every.length === searched.videos.length,
    by: (source) => request.by(source),
    most: request.limit,
  });
  for (const track of deps.trackSearches ?? [])
    if (request.by(track.source)) texts.push(...track.find(deps.store, searched.every, query));
  const list = (hits: readonly Hit[]) => combined(hits, texts, request.limit);
  const answer = (found: readonly Found[], refined: boolean): FindResult => ({
    ...summary(deps, request, searched),
    // What is only called so is no find: nobody has seen or heard it.
    confident: found.some(
      ({ confidence, source }) => source !== 'name' && confidence >= calibration.confident,
    ),
    moments: found.map(momentOf),
    latencyMs: performance.now() - began,
    refined,
  });
  const visual = request.by('object') || request.by('scene');
  const cannot = cannotLook(deps, query, searched);
  if (searched.every.length === 0 || !visual || cannot)
    return withState(deps, { ...answer(list([]), false), ...(visual && cannot && { cannot }) });

  const model = await deps.model.open();
  throwIfCancelled(options.signal);
  const numbers = numbersOf(model);
  const hits = [
    ...(await look(deps, { ...request, parsed: query }, searched, deps.model)),
    ...(await lookElsewhere(deps, request, searched)),
  ].sort((a, b) => b.score - a.score);
  const first = list(hits);
  const best = hits
    .filter((hit) => hit.video.modelFingerprint === deps.model.fingerprint)
    .filter((hit) => first.some((found) => sameSpan(found, hit)))
    .slice(0, rechecked)
    .filter((hit) => counts(hit, numbers, numbers));
  const worth =
    request.refine &&
    best.length > 0 &&
    isTrained(query, model.vocabulary) &&
    (query.wanted.objects.length > 0 || unknownWords(query, model.vocabulary).length === 0) &&
    canRead(deps.store, model, best);
  const told = async (result: FindResult) =>
    withState(deps, {
      ...result,
      ...(await understandingOf(query, model, deps.model.labels, result.confident)),
    });
  if (!worth) return told(answer(first, false));

  options.onFirst?.(answer(first, false));
  const { decoder, frameEncoder, vocabulary } = model;
  const reading = { decoder: decoder!, grid: frameEncoder!.grid, vocabulary, numbers };
  const checked = await recheck(
    best,
    query,
    numbers,
    ({ video }) => new DecoderSession(deps.store, video.id, reading, request.gamma, options.signal),
  );
  const others = hits.filter((hit) => !best.includes(hit));
  return told(answer(list([...checked, ...others]), true));
}

function parseFind(given: FindRequest) {
  const request = parseRequest(findRequestSchema, given);
  const { query = '', gamma = gammaRange.find, limit = listed, refine = true, sources } = request;
  if (query === '' && !request.like)
    throw badArgument('query', 'words, or a picture to look like', given.query);
  const by = (source: Moment['source']) => sources === undefined || sources.includes(source);
  return { ...request, query, gamma, limit, refine, by };
}

/** What looks like a picture and, where there are words too, shows what they say. */
async function findAlike(
  deps: SearchDeps,
  request: Request,
  parsed: ParsedQuery,
  searched: Searched,
  began: number,
): Promise<FindResult> {
  const { like, query, limit } = request;
  const alike =
    searched.every.length === 0 ? [] : await lookAlike(deps, like!, searched, limit * alikePerMoment);
  const hits =
    query === ''
      ? alike
      : bothOf(
          alike,
          await look(deps, { ...request, parsed, limit: alike.length * 2 }, searched, deps.model),
        );
  const found = combined(hits, [], limit);
  return {
    ...summary(deps, request, searched),
    confident: found.some(({ confidence }) => confidence >= calibration.confident),
    moments: found.map(momentOf),
    latencyMs: performance.now() - began,
    refined: false,
    ...(query !== '' && (await understandingOf(parsed, await deps.model.open(), deps.model.labels, false))),
  };
}

/**
 * Why pictures can't be compared with a query: it is in a language that none of those who embedded them knows. A number close
 * to nothing would be found all the same, since something always is the nearest.
 */
function cannotLook(
  { model }: SearchDeps,
  { language }: ParsedQuery,
  { videos, elsewhere }: Searched,
): Cannot | undefined {
  const others = elsewhere.size > 0 || videos.some(({ others = [] }) => others.length > 0);
  const { languages, names = [] } = model;
  if (!languages || others || understands(language, [...languages, ...names])) return undefined;
  return { code: 'language', languages: [...languages] };
}

/** The query as a bundle's detector knows it. */
function parsedFor(
  { match }: SearchDeps,
  { query, language }: Request,
  { labels }: ModelHandle,
): ParsedQuery {
  return parseQuery(query, { match, labels, hint: language });
}

/** The same in videos that another bundle indexed, by that bundle, until the library's own has looked at them. */
async function lookElsewhere(deps: SearchDeps, request: Request, { elsewhere }: Searched): Promise<Hit[]> {
  const hits: Hit[] = [];
  for (const [fingerprint, videos] of elsewhere) {
    const handle = await deps.encoders?.(fingerprint);
    if (!handle) continue;
    const parsed = parsedFor(deps, request, handle);
    hits.push(...(await look(deps, { ...request, parsed }, { videos, all: false }, handle)));
  }
  return hits;
}

/** The moments by what the pictures show, as one bundle knows the query. */
async function look(
  deps: SearchDeps,
  { parsed, limit, by }: Request & { parsed: ParsedQuery },
  searched: Pick<Searched, 'videos' | 'all'>,
  handle: ModelHandle,
): Promise<Hit[]> {
  const { store } = deps;
  const { videos } = searched;
  const model = await handle.open();
  const caption = by('scene') ? captionFor(parsed, model.queries) : undefined;
  const wanted = by('object') ? parsed.wanted : nothingWanted;
  return lookThrough(store, searched, {
    fingerprint: handle.fingerprint,
    wanted,
    embedding: caption === undefined ? undefined : await queryVector(model.text, caption, model.queries),
    others: by('scene') ? await otherQueries(deps, videos, wordsIn(parsed)) : [],
    scoring: await scoringFor(model, store, videos),
    unconfirmed: unconfirmedIn({ ...parsed, wanted }, model.vocabulary),
    named: isNamed(parsed, model.vocabulary),
    limit,
  });
}

/** The query's words in the space of a model that understands them. */
function wordsIn(parsed: ParsedQuery) {
  return async ({ text, queries }: Pick<Model, 'text' | 'queries'>) => {
    const caption = captionFor(parsed, queries);
    return caption === undefined ? undefined : queryVector(text, caption, queries);
  };
}

function summary({ store, model }: SearchDeps, { query, gamma }: Request, { every, skipped }: Searched) {
  const indexed = store.indexedVideos();
  const usable = indexed.filter(({ modelFingerprint }) => modelFingerprint === model.fingerprint).length;
  return {
    query,
    gamma,
    model: model.id,
    examined: {
      videos: every.length,
      seconds: every.reduce((sum, { durationSec }) => sum + durationSec, 0),
    },
    library: { videos: Math.max(store.videoCount(), indexed.length), indexed: usable },
    skipped,
  };
}

/** The features that the decoder reads may have been deleted; then the first list stands. */
function canRead(store: SearchStore, model: Model, hits: readonly Hit[]): boolean {
  return !!model.decoder && !!model.frameEncoder && hits.every(({ video }) => store.hasTokens(video.id));
}

function sameSpan(found: Found, hit: Hit): boolean {
  return found.video.id === hit.video.id && found.start === hit.start && found.end === hit.end;
}

/** Says of each listed moment whether its footage is still what was indexed. */
async function withState({ footageState }: SearchDeps, result: FindResult): Promise<FindResult> {
  if (!footageState || result.moments.length === 0) return result;
  const ids = [...new Set(result.moments.map(({ videoId }) => videoId))];
  const states = new Map(await Promise.all(ids.map(async (id) => [id, await footageState({ id })] as const)));
  const moments = result.moments.map((moment) => {
    const footage = states.get(moment.videoId);
    return footage ? { ...moment, footage } : moment;
  });
  // What lay where another film lies now can't be seen any longer; a disk that is away may come back.
  const isLost = ({ footage }: Moment) => footage === 'changed';
  return { ...result, moments: [...moments.filter((one) => !isLost(one)), ...moments.filter(isLost)] };
}

/** What pictures say; where words are said or written is known exactly. */
const roughSources: ReadonlySet<Found['source']> = new Set(['object', 'scene']);

function momentOf({ video, start, end, score, confidence, source, explanations, checked }: Found): Moment {
  return {
    videoId: video.id,
    path: video.path,
    start,
    end,
    score,
    confidence: source === 'object' || source === 'scene' ? shownProbability(confidence) : confidence,
    source,
    reason: reasonsText(explanations),
    why: explanations,
    ...(checked === undefined ? {} : { checked }),
    ...(video.rough && roughSources.has(source) ? { rough: true } : {}),
  };
}
