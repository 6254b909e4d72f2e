import { search, type Hit } from './search.ts';
import { recheck } from './recheck.ts';
import { segmentsOf, spread, type Segment } from './select.ts';
import { decoderPrompt, isThere, searchedThing, yesNo } from './prompts.ts';
import { shotsIn, type Footage } from './footage.ts';
import type { Evidence } from '../protocol/results.ts';
import type { TextEmbedder } from '../vlm/types.ts';
import type { Question } from './questions.ts';
import type { Reading } from './reading.ts';
import type { Shot } from './shots.ts';
import type { SearchDeps, SearchStore } from './types.ts';

/** What those who answer a question about one video work with. */
export interface Asking {
  store: SearchStore;
  match: SearchDeps['match'];
  footage: Footage;
  shots: readonly Shot[];
  segments: readonly Segment[];
  text: TextEmbedder | undefined;
  reading: Reading;
  /** As it was typed. */
  asked: string;
  question: Question;
  onText?: (piece: string) => void;
}

/** An answer before it is dressed as a result. */
export interface Draft {
  answer: string;
  /** 0 to 1. */
  confidence: number;
  evidence: Evidence[];
}

/** Gathers what an answer needs. */
export function prepare(
  { store, match }: SearchDeps,
  footage: Footage,
  rest: Pick<Asking, 'text' | 'reading' | 'asked' | 'question' | 'onText'>,
): Asking {
  const shots = shotsIn(store, footage);
  return { ...rest, store, match, footage, shots, segments: segmentsOf(shots, rest.reading.budget) };
}

/** The moments of this video that show a thing, best first, not yet re-checked. */
export async function lookFor(
  { store, match, footage, text }: Asking,
  thing: string,
  limit = 5,
): Promise<Hit[]> {
  const [embedding] = text ? await text.embed([thing]) : [];
  return search(store, [footage], match(thing), embedding, limit);
}

/** Re-checks moments, the best first again. */
export async function confirm({ reading }: Asking, hits: readonly Hit[], thing: string): Promise<Hit[]> {
  return (await recheck(hits, thing, () => reading)).sort((a, b) => b.score - a.score);
}

/** Moments as the proof of an answer. */
export function evidenceOf(hits: readonly Hit[], thing: string): Evidence[] {
  return hits.map(({ start, end, confidence, reason }) => ({
    start,
    end,
    score: confidence,
    reason: `${searchedThing(thing)}: ${reason}`,
  }));
}

/** How many patches of a segment are looked at to name it: what the decoder was taught as one scene. */
const patchesToName = 3;

/** What a stretch of patches shows, by the decoder, with that stretch as the proof. */
export async function nameOf(
  { reading, footage, shots, asked }: Asking,
  { first, past }: Segment,
): Promise<{ name: string; confidence: number; evidence: Evidence }> {
  const all = Array.from({ length: past - first }, (_, i) => first + i);
  const inner = all.length > 3 ? all.slice(1, -1) : all;
  const patches = spread(inner, patchesToName);
  const { text, confidence } = await reading.answer(patches, decoderPrompt({ kind: 'what' }, asked));
  const [yes] = await reading.choose(patches, isThere(text), yesNo);
  const shot = shots.find((one) => first >= one.first && first < one.past);
  const { starts, ends } = footage.table;
  return {
    name: text,
    confidence,
    evidence: {
      start: shot && first === shot.first ? shot.start : starts[first],
      end: shot && past === shot.past ? shot.end : ends[past - 1],
      score: yes,
      reason: `${text}: named by the decoder`,
    },
  };
}
