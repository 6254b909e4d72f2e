import { basename } from 'node:path';
import {
  confirm,
  evidenceOf,
  nameOf,
  patchesToRead,
  peaksOf,
  within,
  type Asking,
  type Draft,
  type Proof,
} from '../asking.ts';
import { calibration } from '../../search/calibration.ts';
import { contradicting } from '../dominant-object.ts';
import { decoderPrompt, noName } from '../../language/prompts.ts';
import { representative, spread, type Segment } from '../../search/select.ts';

/** A long video is read in pieces, at most so many. */
const mostPieces = 6;
/** How many of the named things are looked for as proof. */
const mostProofs = 12;

/** "What is shown, in order?": the decoder reads one patch of each shot, a long video in pieces. */
export async function answerOrder(asking: Asking): Promise<Draft> {
  const { reading, onText } = asking;
  const patches = patchesInOrder(asking);
  if (patches.length === 0) return { answer: noName.nothing, confidence: 1, evidence: [], absence: true };
  const names: string[] = [];
  const add = (name: string) => name !== names.at(-1) && names.push(name);
  let sure = 0;
  let pieces = 0;
  for (let from = 0; from < patches.length; from += reading.budget) {
    const piece = patches.slice(from, from + reading.budget);
    if (pieces > 0) onText?.(', ');
    const { text, confidence } = await reading.answer(piece, decoderPrompt({ kind: 'order' }, asking.asked), {
      maxNewTokens: 16 + 8 * piece.length,
      onText,
    });
    sure += confidence;
    pieces++;
    for (const name of corrected(asking, piece, namesIn(text))) add(name);
  }
  const proofs = await proofsOf(asking, names);
  return {
    answer: names.join(', '),
    confidence: Math.min(pieces > 0 ? sure / pieces : 0, sureness(proofs)),
    ...proofs,
  };
}

/** The names of a read-out, by the detector where it contradicts; as read where it isn't clear which name is which patch's. */
function corrected(asking: Asking, patches: readonly number[], names: readonly string[]): string[] {
  if (names.length !== 1 && names.length !== patches.length) return [...names];
  return patches.map((patch, i) => {
    const name = names.length === 1 ? names[0] : names[i];
    const segment = asking.segments.find(({ first, past }) => patch >= first && patch < past);
    return (segment && contradicting(asking, segment, name)?.label) ?? name;
  });
}

/** A checkpoint that must look at each patch first reads one piece: more would take minutes, and it has seen most of that. */
function patchesInOrder(asking: Asking): readonly number[] {
  const { reading, segments, reel } = asking;
  if (reading.earlier) return patchesToRead(asking, []);
  return spread(segments, mostPieces * reading.budget).map((one) => representative(one, reel.table));
}

/** Looks for each of the named things in the footage that was read; what isn't found stays named, without proof. */
async function proofsOf(
  asking: Asking,
  names: readonly string[],
): Promise<Pick<Draft, 'evidence' | 'statements'>> {
  const found: { name: string; proof: Proof | undefined }[] = [];
  for (const name of [...new Set(names)].slice(0, mostProofs)) {
    const limit = asking.reel.parts.length === 1 ? 1 : 4 * asking.reel.parts.length;
    const hits = (await asking.lookFor(name, limit)).filter(({ peak }) => isIn(asking, peak));
    const [hit] = await confirm(asking, hits.slice(0, 1), name);
    found.push({ name, proof: hit && evidenceOf([hit], name)[0] });
  }
  const evidence = found.flatMap(({ proof }) => proof ?? []).sort((a, b) => a.start - b.start);
  const statements = found.map(({ name, proof }) => ({
    text: name,
    proofs: proof ? [evidence.indexOf(proof)] : [],
  }));
  return { evidence, statements };
}

/** How sure the search is of what is stated, on average; what has no proof counts as not there. */
function sureness({ evidence, statements = [] }: Pick<Draft, 'evidence' | 'statements'>): number {
  const scores = statements.map(({ proofs: [first] }) => (first === undefined ? 0 : evidence[first].score));
  return scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length);
}

function isIn({ segments }: Asking, patch: number): boolean {
  return segments.some(({ first, past }) => patch >= first && patch < past);
}

/** How many videos are answered one by one. */
const mostVideos = 6;

/** A question about what is shown from beginning to end, or at an end, of each video by itself. */
export async function answerEach(asking: Asking, answer: (one: Asking) => Promise<Draft>): Promise<Draft> {
  const { parts } = asking.reel;
  if (parts.length === 1) return answer(asking);
  const drafts: { name: string; draft: Draft }[] = [];
  for (const part of parts.slice(0, mostVideos)) {
    const one = within({ ...asking, onText: undefined }, part);
    drafts.push({ name: basename(part.video.path), draft: await answer(one) });
  }
  const evidence = drafts.flatMap(({ draft }) => draft.evidence);
  return {
    answer: drafts.map(({ name, draft }) => `${name}: ${draft.answer}`).join('; '),
    confidence: drafts.reduce((sum, { draft }) => sum + draft.confidence, 0) / drafts.length,
    evidence,
    statements: drafts.map(({ name, draft }) => ({
      text: `${name}: ${draft.answer}`,
      proofs: draft.evidence.map((proof) => evidence.indexOf(proof)),
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
export async function answerEnd(asking: Asking, end: 'first' | 'last'): Promise<Draft> {
  const { reading, segments, reel, question, asked } = asking;
  const near = end === 'first' ? segments.slice(0, reading.budget) : segments.slice(-reading.budget);
  const outermost = segments.at(end === 'first' ? 0 : -1);
  if (!outermost) return { answer: '', confidence: 0, evidence: [] };
  const patches = reading.earlier
    ? patchesToRead(asking, [representative(outermost, reel.table)])
    : near.map((segment) => representative(segment, reel.table));
  const together = await reading.answer(patches, decoderPrompt(question, asked));
  const alone = await nameOf(asking, outermost);
  const agree = together.text === alone.name;
  return {
    answer: alone.name,
    confidence: agree ? alone.confidence : alone.confidence * calibration.disagreement,
    evidence: [alone.evidence],
  };
}

/** "What is shown at 1:23?" names that stretch; "what is this?" about a whole video reads it out. */
export async function answerWhat(asking: Asking, at: number | undefined): Promise<Draft> {
  const { segments } = asking;
  if (at === undefined && segments.length > 1) return answerOrder(asking);
  const stretch = at === undefined ? segments[0] : stretchAt(asking, at);
  if (!stretch) return { answer: '', confidence: 0, evidence: [] };
  const { name, confidence, evidence } = await nameOf(asking, stretch);
  return { answer: name, confidence, evidence: [evidence] };
}

/** The patches around a time of the first of the asked-about videos, within their segment. */
export function stretchAt({ segments, reel }: Asking, at: number): Segment | undefined {
  if (segments.length === 0) return undefined;
  const { origin } = reel.partOf(segments[0].first);
  const first = Math.max(
    segments[0].first,
    reel.table.starts.findLastIndex((start) => start <= at + origin),
  );
  const segment = segments.find((one) => first >= one.first && first < one.past);
  return segment && { first: Math.max(segment.first, first - 1), past: Math.min(segment.past, first + 2) };
}

/** Any other question: the decoder reads what search holds for relevant, and the rest of the video for context. */
export async function answerOpen(asking: Asking): Promise<Draft> {
  const { reading, question, asked, onText } = asking;
  const hits = await asking.lookFor(asked, 5);
  const list = patchesToRead(asking, peaksOf(hits));
  const { text, confidence } = await reading.answer(list, decoderPrompt(question, asked), { onText });
  const found = text === '' ? [] : await confirm(asking, await asking.lookFor(text, 2), text);
  const sure = found.filter((hit, i) => i === 0 || hit.confidence >= calibration.confident);
  return { answer: text, confidence, evidence: evidenceOf(sure, text) };
}
