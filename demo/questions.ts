import type { Truth } from './sample/index.ts';

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

/** Something to ask: words of which the answer must hold one, or moments that its evidence must show. */
export interface AskCase {
  question: string;
  right: string[] | Span[];
}

/** What people might look for in the sample recording, by the name that its truth file gives. */
const finds: readonly (readonly [query: string, name: string])[] = [
  ['a camel', 'camel'],
  ['somebody’s guitar', 'guitar'],
  ['a tent', 'tent'],
  ['the ferris wheel', 'ferris wheel'],
  ['a teapot', 'teapot'],
  ['a tiger', 'tiger'],
  ['a rocket', 'rocket'],
  ['an elephant', 'elephant'],
];

/**
 * Finds in the sample recording: eight things that are there and one that is not. They are examples, most of them
 * things that the built-in model knows well; {@link everything} is the whole picture.
 */
export function findCases(truth: Truth): FindCase[] {
  const cases = finds.map(([query, name]) => ({ query, truth: appearances(truth, name) }));
  for (const { query, truth: spans } of cases)
    if (spans.length === 0) throw new Error(`the sample recording has nothing for "${query}"`);
  return [...cases, { query: 'a giraffe', truth: appearances(truth, 'giraffe') }];
}

/** A find for every thing in the sample recording, and for everything that is certainly not in it. */
export function everything(truth: Truth): FindCase[] {
  return [
    ...truth.events.map(({ name, moments }) => ({ query: withArticle(name), truth: moments })),
    ...truth.absent.map((name) => ({ query: withArticle(name), truth: [] })),
  ];
}

/** Questions about the sample recording: one yes, one no, one about time. */
export function askCases(truth: Truth): AskCase[] {
  return [
    { question: 'Is there a rocket?', right: [appearances(truth, 'rocket').length > 0 ? 'yes' : 'no'] },
    { question: 'Is there a piano?', right: [appearances(truth, 'piano').length > 0 ? 'yes' : 'no'] },
    { question: 'When does the guitar appear?', right: appearances(truth, 'guitar') },
  ];
}

function withArticle(name: string): string {
  if (name.endsWith('s') && !/(bus|octopus|cactus)$/.test(name)) return name;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** Every stretch in which the truth shows the thing. */
export function appearances(truth: Truth, name: string): Span[] {
  return truth.events.find((event) => event.name === name)?.moments ?? [];
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
