import type { Truth } from '../sample/index.ts';

/** A stretch of the recording in seconds. */
export interface Span {
  start: number;
  end: number;
}

/** Something to find, and where it truly is; no spans: it is not in the recording. */
export interface FindCase {
  query: string;
  truth: Span[];
}

/** Something to ask, and the answers that are right (any of them, as a word of the answer). */
export interface AskCase {
  question: string;
  right: string[];
}

/** What people might look for in the sample recording, by the name that its truth file gives. */
const finds: readonly (readonly [query: string, name: string])[] = [
  ['an elephant', 'elephant'],
  ['a sailboat on the sea', 'sailboat'],
  ['a birthday cake', 'cake'],
  ['the penguin', 'penguin'],
  ['a train', 'train'],
  ['an owl at night', 'owl'],
  ['somebody’s guitar', 'guitar'],
  ['a castle', 'castle'],
];

/** Finds in the sample recording: eight things that are there and one that is not. */
export function findCases(truth: Truth): FindCase[] {
  const cases = finds.map(([query, name]) => ({ query, truth: appearances(truth, name) }));
  for (const { query, truth: spans } of cases)
    if (spans.length === 0) throw new Error(`the sample recording has nothing for "${query}"`);
  return [...cases, { query: 'a giraffe', truth: appearances(truth, 'giraffe') }];
}

/** Questions about the sample recording: one yes, one no, one about order. */
export function askCases(truth: Truth): AskCase[] {
  const [before, after] = neighbours(truth);
  return [
    { question: 'Is there a rocket?', right: [appearances(truth, 'rocket').length > 0 ? 'yes' : 'no'] },
    { question: 'Is there a piano?', right: [appearances(truth, 'piano').length > 0 ? 'yes' : 'no'] },
    { question: `What comes right after the ${before}?`, right: after },
  ];
}

/** Every stretch in which the truth shows the thing. */
export function appearances(truth: Truth, name: string): Span[] {
  return truth.events.find((event) => event.name === name)?.moments ?? [];
}

/** Two scenes that follow each other: the only thing in the first, and what the second shows. */
function neighbours(truth: Truth): [string, string[]] {
  for (let i = Math.floor(truth.scenes.length / 2); i + 1 < truth.scenes.length; i++) {
    const [scene, next] = [truth.scenes[i]!, truth.scenes[i + 1]!];
    const name = scene.objects[0]?.name;
    if (scene.objects.length !== 1 || next.objects.length !== 1 || !name) continue;
    if (appearances(truth, name).length === 1) return [name, [next.objects[0]!.name]];
  }
  throw new Error('the sample recording has no two scenes with one thing each');
}

/** Intersection over union of two stretches, 0 to 1. */
export function intersectionOverUnion(a: Span, b: Span): number {
  const shared = Math.min(a.end, b.end) - Math.max(a.start, b.start);
  const covered = Math.max(a.end, b.end) - Math.min(a.start, b.start);
  return shared <= 0 || covered <= 0 ? 0 : shared / covered;
}

/** True when one of the right answers stands in the answer as whole words. */
export function isRight(answer: string, right: readonly string[]): boolean {
  const words = ` ${answer.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')} `;
  return right.some((expected) => words.includes(` ${expected.toLowerCase()} `));
}
