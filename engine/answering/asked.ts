import { createHash } from 'node:crypto';
import { parsedQuestion, type ParsedQuestion } from '../language/parsed-question.ts';
import { spokenKinds } from '../language/spoken-questions.ts';
import { notAsked } from '../language/understanding.ts';
import { QueryParser } from '../language/parsed-query.ts';
import { scopeOf, type Scope } from '../search/scope.ts';
import { gammaRange, gammasOfMode, type GammaMode } from '../protocol/gamma.ts';
import { gammaVariants } from '../protocol/bundle.ts';
import { answeringModel } from './answering.ts';
import { askRequestSchema, parseRequest, type AskRequest } from '../protocol/requests.ts';
import type { AskResult, Cannot } from '../protocol/results.ts';
import type { AnswerKey } from '../library/types.ts';
import type { SearchDeps } from '../search/types.ts';

/** How answers are made, for the cache's key. Raise the number when a change here changes answers. */
const sampling = 'greedy;reading-6';

/** A question, parsed, with the videos that it is about. */
export interface Asked extends Scope {
  question: string;
  parsed: ParsedQuestion;
  /** Takes apart what is looked for to answer it. */
  parser: QueryParser;
  /** One, or those of a mode. */
  gammas: readonly number[];
  mode: GammaMode | undefined;
  /** The mode that was asked for, where gamma changes nothing for the bundle that answers: it is asked once instead. */
  unscaled: GammaMode | undefined;
  key: AnswerKey;
  request: AskResult['request'];
  fresh: boolean;
  /** The language that the answer is given in besides English. */
  answerIn: string | undefined;
  /** Why it isn't asked of any footage: it is no question that this model can be asked. */
  cannot: Cannot | undefined;
}

/** Parses a request and finds its videos. @throws LongviewError as {@link ask}. */
export function askedOf(deps: SearchDeps, request: AskRequest): Asked {
  const {
    question,
    in: where,
    gamma,
    gammas,
    model,
    fresh = false,
    language,
  } = parseRequest(askRequestSchema, request);
  const scope = scopeOf(deps, where);
  const parser = new QueryParser({ match: deps.match, labels: deps.model.labels });
  const parsed = parsedQuestion(question, parser);
  const { trainedGammas, variant } = answeringModel(deps);
  const wanted = typeof gamma === 'string' ? gamma : undefined;
  const scaled = variant === undefined || gammaVariants.includes(variant);
  const mode = scaled ? wanted : undefined;
  const chosen = mode
    ? [...new Set(gammas ?? gammasOfMode(mode, trainedGammas))]
    : [typeof gamma === 'number' ? gamma : gammaRange.explain];
  const several = mode ? `;${mode}:${chosen.join(',')}` : '';
  return {
    ...scope,
    question,
    parsed,
    parser,
    gammas: chosen,
    mode,
    unscaled: scaled ? undefined : wanted,
    fresh,
    answerIn: language ?? parsed.understood?.language,
    cannot: cannotAsk(deps, parsed),
    request: {
      in: where,
      ...(mode === wanted ? { gamma, gammas } : { gamma: chosen[0] }),
      ...(model === undefined ? {} : { model }),
    },
    key: {
      contentHash: oneOf(scope.videos.map((video) => video.contentHash)),
      indexRun: oneOf(scope.videos.map((video) => video.indexRun)),
      // What is read is found by the library's own bundle, too.
      modelFingerprint: [deps.model, deps.answering?.model]
        .flatMap((one) => one?.fingerprint ?? [])
        .join('+'),
      question: parsed.normalised,
      gamma: mode ? 0 : chosen[0],
      sampling: [sampling + several, ...readingsOf(deps)].join(';'),
    },
  };
}

function cannotAsk(deps: SearchDeps, question: ParsedQuestion): Cannot | undefined {
  const { languages, own } = answeringModel(deps);
  const { text, asks, language, understood } = question;
  // What is said is quoted: no model has to understand it.
  if (spokenKinds.has(asks.kind)) return undefined;
  // What was put into English is asked in English.
  const put = understood !== undefined && text === understood.english;
  const code = notAsked(text, asks, language, languages, put);
  if (code) return { code, ...(code === 'language' && { languages: [...(languages ?? [])] }) };
  if (!understood || own === undefined || own.includes(language.code ?? '')) return undefined;
  if (put) return undefined;
  const [thing] = understood.asks ? understood.unknown : [];
  return thing === undefined ? { code: 'unknown-question' } : { code: 'unknown-thing', thing };
}

/** How the bundles word queries and weigh scores, where they say so. */
function readingsOf({ model, answering }: SearchDeps): string[] {
  return [model, answering?.model].flatMap((one) => one?.reading ?? []);
}

/** One name for several: itself where there is one, else a digest that doesn't depend on their order. */
function oneOf(names: readonly string[]): string {
  if (names.length === 1) return names[0];
  return createHash('sha256').update(JSON.stringify(names.toSorted())).digest('hex');
}

/** The answer in the cache, with its videos where they are now. */
export function knownAnswer({ store }: SearchDeps, asked: Asked): AskResult | undefined {
  const known = store.cachedAnswer(asked.key);
  if (!known) return undefined;
  const paths = new Map(asked.videos.map(({ id, path }) => [id, path]));
  const here = (evidence: AskResult['evidence']) =>
    evidence.map((one) => (one.videoId ? { ...one, path: paths.get(one.videoId) ?? one.path } : one));
  return {
    ...known,
    question: asked.question,
    path: paths.get(known.videoId) ?? known.path,
    evidence: here(known.evidence),
    ...(known.runs && { runs: known.runs.map((run) => ({ ...run, evidence: here(run.evidence) })) }),
    cached: true,
  };
}
