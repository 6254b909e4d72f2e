import { basename } from 'node:path';
import {
  confirm,
  evidenceOf,
  nameOf,
  patchesToRead,
  peaksOf,
  within,
  type Asking,
  type RawAnswer,
  type Proof,
} from '../asking.ts';
import { cannotTell } from '../cannot.ts';
import { calibration } from '../../search/calibration.ts';
import { contradicting } from '../dominant-object.ts';
import { isBorneOut } from '../borne-out.ts';
import { decoderPrompt, noName } from '../../language/prompts.ts';
import { representative, spread, type Segment } from '../../search/select.ts';

/** A long video is read in pieces, at most so many. */
const mostPieces = 6;
/** How many of the named things are looked for as proof. */
const mostProofs = 12;

/** "What is shown, in order?": the decoder reads one temporal patch of each shot, a long video in pieces. */
export async function answerOrder(asking: Asking): Promise<RawAnswer> {
  const { session, onText } = asking;
  const patches = patchesInOrder(asking);
  if (patches.length === 0) return { answer: noName.nothing, confidence: 1, evidence: [], absence: true };
  const names: string[] = [];
  const add = (name: string) => name !== names.at(-1) && names.push(name);
  let sure = 0;
  let pieces = 0;
  let doubts = false;
  for (let from = 0; from < patches.length; from += session.budget) {
    const piece = patches.slice(from, from + session.budget);
    if (pieces > 0) onText?.(', ');
    const { text, confidence } = await session.answer(
      piece,
      decoderPrompt({ kind: 'order' }, asking.question.text),
      {
        maxNewTokens: 16 + 8 * piece.length,
        onText,
      },
    );
    sure += confidence;
    pieces++;
    for (const { name, doubted } of await corrected(asking, piece, namesIn(text))) {
      add(name);
      doubts ||= doubted;
    }
  }
  const proofs = await proofsOf(asking, names);
  return {
    answer: names.join(', '),
    confidence: Math.min(
      pieces > 0 ? sure / pieces : 0,
      sureness(proofs),
      doubts ? calibration.unconfirmed : 1,
    ),
    ...proofs,
  };
}

/**
 * The names of a read-out, by the detector where it is sure of another; as read where it isn't clear which name is which
 * temporal patch's. A name is doubted that the detector speaks against, or that nobody bears out.
 */
async function corrected(
  asking: Asking,
  patches: readonly number[],
  names: readonly string[],
): Promise<{ name: string; doubted: boolean }[]> {
  const { segments } = asking;
  const apart = names.length === 1 || names.length === patches.length;
  const [first, past] = [patches[0], patches[patches.length - 1] + 1];
  const read: { name: string; doubted: boolean }[] = [];
  for (const [i, patch] of apart ? patches.entries() : names.map((_, i) => [i, first] as const)) {
    const name = names.length === 1 ? names[0] : names[i];
    const segment = apart ? segments.find((one) => patch >= one.first && patch < one.past) : { first, past };
    const thing = apart && segment ? contradicting(asking, segment, name) : undefined;
    if (thing?.overrules) read.push({ name: thing.label, doubted: false });
    else
      read.push({
        name,
        doubted: thing !== undefined || !segment || !(await isBorneOut(asking, segment, name)),
      });
  }
  return read;
}

/**
 * A checkpoint that must look at each temporal patch first reads one piece: more would take minutes, and it has seen
 * most of that.
 */
function patchesInOrder(asking: Asking): readonly number[] {
  const { session, segments, timeline } = asking;
  if (session.earlier) return patchesToRead(asking, []);
  return spread(segments, mostPieces * session.budget).map((one) => representative(one, timeline.table));
}

/** Looks for each of the named things in the footage that was read; what isn't found stays named, without proof. */
async function proofsOf(
  asking: Asking,
  names: readonly string[],
): Promise<Pick<RawAnswer, 'evidence' | 'statements'>> {
  const found: { name: string; proof: Proof | undefined }[] = [];
  for (const name of [...new Set(names)].slice(0, mostProofs)) {
    const limit = asking.timeline.parts.length === 1 ? 1 : 4 * asking.timeline.parts.length;
    const thing = asking.parser.thing(name);
    const hits = (await asking.lookFor(thing, limit)).filter(({ peak }) => isIn(asking, peak));
    const [hit] = await confirm(asking, hits.slice(0, 1), thing);
    found.push({ name, proof: hit && evidenceOf([hit], thing)[0] });
  }
  const evidence = found.flatMap(({ proof }) => proof ?? []).sort((a, b) => a.start - b.start);
  const statements = found.map(({ name, proof }) => ({
    text: name,
    proofs: proof ? [evidence.indexOf(proof)] : [],
  }));
  return { evidence, statements };
}

/** How sure the search is of what is stated, on average; what has no proof counts as not there. */
function sureness({ evidence, statements = [] }: Pick<RawAnswer, 'evidence' | 'statements'>): number {
  const scores = statements.map(({ proofs: [first] }) => (first === undefined ? 0 : evidence[first].score));
  return scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length);
}

function isIn({ segments }: Asking, patch: number): boolean {
  return segments.some(({ first, past }) => patch >= first && patch < past);
}

/** How many videos are answered one by one. */
const mostVideos = 6;

/** A question about what is shown from beginning to end, or at an end, of each video by itself. */
export async function answerEach(
  asking: Asking,
  answer: (one: Asking) => Promise<RawAnswer>,
): Promise<RawAnswer> {
  const { parts } = asking.timeline;
  if (parts.length === 1) return answer(asking);
  const answers: { name: string; raw: RawAnswer }[] = [];
  for (const part of parts.slice(0, mostVideos)) {
    const one = within({ ...asking, onText: undefined }, part);
    answers.push({ name: basename(part.video.path), raw: await answer(one) });
  }
  const evidence = answers.flatMap(({ raw }) => raw.evidence);
  return {
    answer: answers.map(({ name, raw }) => `${name}: ${raw.answer}`).join('; '),
    confidence: answers.reduce((sum, { raw }) => sum + raw.confidence, 0) / answers.length,
    evidence,
    statements: answers.map(({ name, raw }) => ({
      text: `${name}: ${raw.answer}`,
      proofs: raw.evidence.map((proof) => evidence.indexOf(proof)),
    })),
  };
}

/** The names of a read-out: "dog, red ball, guitar". */
export function namesIn(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** "What is shown first (last)?": read from the shots at that end, and the outermost one alone. */
export async function answerEnd(asking: Asking, end: 'first' | 'last'): Promise<RawAnswer> {
  const { session, segments, timeline, question } = asking;
  const near = end === 'first' ? segments.slice(0, session.budget) : segments.slice(-session.budget);
  const outermost = segments.at(end === 'first' ? 0 : -1);
  if (!outermost) return { answer: '', confidence: 0, evidence: [] };
  const patches = session.earlier
    ? patchesToRead(asking, [representative(outermost, timeline.table)])
    : near.map((segment) => representative(segment, timeline.table));
  const together = await session.answer(patches, decoderPrompt(question.asks, question.text));
  const alone = await nameOf(asking, outermost);
  const agree = together.text === alone.name;
  return {
    answer: alone.name,
    confidence: agree ? alone.confidence : alone.confidence * calibration.disagreement,
    evidence: [alone.evidence],
  };
}

/** "What is shown at 1:23?" names that stretch; "what is this?" about a whole video reads it out. */
export async function answerWhat(asking: Asking, at: number | undefined): Promise<RawAnswer> {
  const { segments } = asking;
  if (at === undefined && segments.length > 1) return answerOrder(asking);
  const stretch = at === undefined ? segments[0] : stretchAt(asking, at);
  if (!stretch) return { answer: '', confidence: 0, evidence: [] };
  const { name, confidence, evidence } = await nameOf(asking, stretch);
  return { answer: name, confidence, evidence: [evidence] };
}

/** The temporal patches around a time of the first of the asked-about videos, within their segment. */
export function stretchAt({ segments, timeline }: Asking, at: number): Segment | undefined {
  if (segments.length === 0) return undefined;
  const { origin } = timeline.partOf(segments[0].first);
  const first = Math.max(
    segments[0].first,
    timeline.table.starts.findLastIndex((start) => start <= at + origin),
  );
  const segment = segments.find((one) => first >= one.first && first < one.past);
  return segment && { first: Math.max(segment.first, first - 1), past: Math.min(segment.past, first + 2) };
}

/** So many moments come nearest to a question that can't be answered. */
const mostNearest = 3;

/** Any other question: the decoder reads what search holds for relevant, and the rest of the video for context. */
export async function answerOpen(asking: Asking): Promise<RawAnswer> {
  const { session, question, parser, onText } = asking;
  const whole = parser.thing(question.text);
  const hits = await asking.lookFor(whole, 5);
  // A decoder that was taught names writes one to whatever it is asked.
  if (session.fewWords) return cannotTell({ code: 'unknown-question' }, hits.slice(0, mostNearest), whole);
  const list = patchesToRead(asking, peaksOf(hits));
  const { text, confidence } = await session.answer(list, decoderPrompt(question.asks, question.text), {
    onText,
  });
  const named = parser.thing(text);
  const found = text === '' ? [] : await confirm(asking, await asking.lookFor(named, 2), named);
  const sure = found.filter((hit, i) => i === 0 || hit.confidence >= calibration.confident);
  return { answer: text, confidence, evidence: evidenceOf(sure, named) };
}
