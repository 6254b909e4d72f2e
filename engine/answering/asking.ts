import { calibration, logistic, logOdds, textLogOdds, type ModelNumbers } from '../search/calibration.ts';
import { counts, recheck } from '../search/recheck.ts';
import { search } from '../search/search.ts';
import type { Hit } from '../search/hit.ts';
import { readingList, segmentsOf, spread, type Segment } from '../search/select.ts';
import { decoderPrompt, isThere, yesNo } from '../language/prompts.ts';
import { isCluttered } from './cluttered.ts';
import { contradicting } from './dominant-object.ts';
import { isBorneOut } from './borne-out.ts';
import { reasonsText, type Why } from '../protocol/reasons.ts';
import type { ParsedQuery, QueryParser } from '../language/parsed-query.ts';
import type { ParsedQuestion } from '../language/parsed-question.ts';
import type { DecoderSession } from '../search/decoder-session.ts';
import type { ConcatenatedTimeline, TimelinePart } from './timeline.ts';
import { isNamed, unconfirmedIn } from '../search/trained.ts';
import type { ToldLine } from './told-lines.ts';
import { textMoments } from '../search/text-moments.ts';
import type { TrackMoment } from '../library/track-search.ts';
import type { TrainedVocabulary } from '../protocol/calibration.ts';
import type { Cannot } from '../protocol/results.ts';
import type { Scoring } from '../search/scoring.ts';
import type { SearchStore } from '../search/types.ts';
import type { Model } from '../inference/types.ts';
import { queryVector } from '../search/query-vector.ts';

/** Looks for things in the footage of a question; each is looked for once, whatever the gammas. */
export type LookFor = (thing: ParsedQuery, limit: number) => Promise<Hit[]>;

/** What those who answer a question work with. */
export interface Asking {
  parser: QueryParser;
  /** What the scores of the library's own bundle mean. */
  numbers: ModelNumbers;
  /** What the library's own bundle was taught words for; where absent, its silence is taken at its word. */
  vocabulary: TrainedVocabulary | undefined;
  /** Moments by what is said or written, in the timeline's seconds, best first. */
  saidOf: (thing: ParsedQuery) => TrackMoment[];
  /** All that is said, of each video by the best source that there is, or written on screen, by time. */
  linesOf: (what: 'said' | 'on-screen') => ToldLine[];
  /** The footage: one video, or several one after the other. Temporal patches and seconds are the timeline's. */
  timeline: ConcatenatedTimeline;
  segments: readonly Segment[];
  lookFor: LookFor;
  session: DecoderSession;
  question: ParsedQuestion;
  onText?: (piece: string) => void;
}

/** A moment that is to prove an answer, in the timeline's seconds. */
export interface Proof {
  start: number;
  end: number;
  /** 0 to 1, after the re-check. */
  score: number;
  reason: string;
  /** The same as data, where it can be said so. */
  why?: Why[];
}

/** An answer as it is found, before it becomes a result. */
export interface RawAnswer {
  answer: string;
  /** 0 to 1. */
  confidence: number;
  evidence: Proof[];
  /** What the answer says, piece by piece; the whole of it with all evidence where absent. */
  statements?: { text: string; proofs: number[] }[];
  /** True: it says that something is not there, which no moment can prove. */
  absence?: true;
  /** Why it can't be told. */
  cannot?: Cannot;
}

/** The moments that show a thing, best first, not yet re-checked. */
export function lookerFor(
  store: SearchStore,
  { text, queries, vocabulary }: Pick<Model, 'text' | 'queries' | 'vocabulary'>,
  scoring: Scoring,
  timeline: ConcatenatedTimeline,
): LookFor {
  const known = new Map<string, Promise<Hit[]>>();
  const look = async (thing: ParsedQuery, limit: number) => {
    const { caption, wanted } = thing;
    const embedding = await queryVector(text, caption, queries);
    const unconfirmed = unconfirmedIn(thing, vocabulary);
    const named = isNamed(thing, vocabulary);
    const hits = search(store, timeline.parts, { wanted, embedding, limit, scoring, unconfirmed, named });
    return hits.map((hit) => timeline.place(hit));
  };
  return (thing, limit) => {
    const key = `${limit} ${thing.text}`;
    const before = known.get(key);
    if (before) return before;
    const looking = look(thing, limit);
    known.set(key, looking);
    return looking;
  };
}

/** Finds in what is said or written on screen what holds all words of a thing. */
export function readerFor(store: SearchStore, timeline: ConcatenatedTimeline): Asking['saidOf'] {
  const videos = timeline.parts.map(({ video }) => video);
  return (thing) =>
    textMoments(store, thing, { videos, all: false, by: (source) => source !== 'name' })
      .filter(({ score }) => score >= heldWhole)
      .map((moment) => {
        const origin = timeline.parts.find(({ video }) => video.id === moment.video.id)?.origin ?? 0;
        return { ...moment, start: moment.start + origin, end: moment.end + origin };
      });
}

/** A line that holds all of what is asked about is told as an answer. */
const heldWhole = textLogOdds('said', 1) - 1e-9;

/** Gathers what an answer needs. */
export function prepare(rest: Omit<Asking, 'segments'>): Asking {
  return { ...rest, segments: segmentsOf(rest.timeline.shots, rest.session.budget) };
}

/**
 * The temporal patches to read, some for sure and others for the rest of the footage: those of an earlier question
 * where they do.
 * @param must most important first
 */
export function patchesToRead(
  { segments, timeline, session }: Asking,
  must: readonly number[],
): readonly number[] {
  const runs = timeline.parts.map(({ video }) => video.indexRun);
  const key = `${runs.join(' ')} ${session.gamma} ${session.budget} ${segments[0]?.first} ${segments.length}`;
  const list =
    session.earlier?.amended(key, must, segments, timeline.table) ??
    readingList(segments, timeline.table, must, session.budget);
  session.earlier?.keep(key, list);
  return list;
}

/** Where hits are best seen. */
export const peaksOf = (hits: readonly Hit[]): number[] => hits.map(({ peak }) => peak);

/** The same question about one of the videos. */
export function within(asking: Asking, { first, past }: TimelinePart): Asking {
  return { ...asking, segments: asking.segments.filter((one) => one.first >= first && one.past <= past) };
}

/** Re-checks moments where that counts, the best first again. */
export async function confirm(
  { session, numbers }: Asking,
  hits: readonly Hit[],
  thing: ParsedQuery,
): Promise<Hit[]> {
  const [counting, others] = [true, false].map((one) =>
    hits.filter((hit) => counts(hit, numbers, session.numbers) === one),
  );
  const checked = await recheck(counting, thing, numbers, () => session);
  return [...checked, ...others].sort((a, b) => b.score - a.score);
}

/** Moments as the proof of an answer. */
export function evidenceOf(hits: readonly Hit[], { thing }: ParsedQuery): Proof[] {
  return hits.map(({ start, end, confidence, reason, explanations }) => ({
    start,
    end,
    score: confidence,
    reason: `${thing}: ${reason}`,
    why: explanations,
  }));
}

/** So many things are stated in one answer. */
export const mostStated = 12;

/** One thing that an answer tells, with its proof. */
export interface Stated {
  text: string;
  proof: Proof;
}

/** The surest of what is stated, no more than one answer holds, in the order in which it came. */
export function surest<T extends { confidence: number }>(all: readonly T[]): T[] {
  const best = new Set(all.toSorted((a, b) => b.confidence - a.confidence).slice(0, mostStated));
  return all.filter((one) => best.has(one));
}

/** What was stated of several moments as one answer: "red, white", each with the moments that it was stated of. */
export function statedTogether(stated: readonly Stated[]): Pick<RawAnswer, 'answer' | 'evidence'> & {
  statements: { text: string; proofs: number[] }[];
} {
  const evidence = stated.map(({ proof }) => proof);
  const statements = [...Map.groupBy(stated, ({ text }) => text)].map(([text, some]) => ({
    text,
    proofs: some.map(({ proof }) => evidence.indexOf(proof)),
  }));
  return { answer: statements.map(({ text }) => text).join(', '), evidence, statements };
}

/** How many temporal patches of a segment are looked at to name it: what the decoder was taught as one scene. */
const patchesToName = 3;

/** The temporal patches of a stretch that are looked at to name it; the outer ones may straddle a cut. */
export function patchesToSee({ first, past }: Segment): number[] {
  const all = Array.from({ length: past - first }, (_, i) => first + i);
  return spread(all.length > 3 ? all.slice(1, -1) : all, patchesToName);
}

/** How many moments a name is looked for in. */
const placesOfName = 20;

/**
 * What a stretch of temporal patches shows, by the decoder (or the detector, where that contradicts a small one), with
 * that stretch as the proof. It is no surer than the search is that such a thing is there: the decoder has a name for
 * everything.
 */
export async function nameOf(
  asking: Asking,
  { first, past }: Segment,
): Promise<{ name: string; confidence: number; evidence: Proof }> {
  const { session, timeline, question } = asking;
  const patches = patchesToSee({ first, past });
  const { text, confidence } = await session.answer(patches, decoderPrompt({ kind: 'what' }, question.text));
  const shot = timeline.shots.find((one) => first >= one.first && first < one.past);
  const { starts, ends } = timeline.table;
  const start = shot && first === shot.first ? shot.start : starts[first];
  const end = shot && past === shot.past ? shot.end : ends[past - 1];
  const thing = contradicting(asking, { first, past }, text);
  if (thing?.overrules) {
    const { label, confidence: score, why } = thing;
    const evidence = { start, end, score, reason: `${label}: ${reasonsText([why])}`, why: [why] };
    return { name: label, confidence: score, evidence };
  }
  const borneOut = await isBorneOut(asking, { first, past }, text);
  // In natural scenes no name is given that nobody else bears out: the decoder has one for everything.
  if (!borneOut && isCluttered(asking))
    return {
      name: '',
      confidence: 0,
      evidence: { start, end, score: 0, reason: 'nothing that can be named for sure' },
    };
  const [yes] = await session.choose(patches, isThere(text), yesNo);
  const sure = await sureOf(asking, { first, past }, text, confidence);
  return {
    name: text,
    // Where witnesses disagree, or the decoder is the only one, nobody knows which it is.
    confidence: thing || !borneOut ? Math.min(sure, calibration.unconfirmed) : sure,
    evidence: { start, end, score: yes, reason: `${text}: named by the decoder` },
  };
}

/**
 * How sure a name is that the decoder gave to a stretch with a confidence of its own: no surer than the search is of
 * such a thing there.
 */
export async function sureOf(
  asking: Asking,
  { first, past }: Segment,
  name: string,
  confidence: number,
): Promise<number> {
  const hits = name === '' ? [] : await asking.lookFor(asking.parser.thing(name), placesOfName);
  const seen = hits.find((one) => one.first < past && one.past > first)?.confidence ?? 0;
  return Math.min(confidence, logistic(logOdds(seen) + Math.max(0, logOdds(confidence)) / 2));
}
