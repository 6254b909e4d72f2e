import { singular } from './inflection.ts';
import { bareSubject, normaliseQuestion, parseQuestion, type Question } from './questions.ts';

/** The decoder's answers to a question whether something is shown, as it writes them. */
export const yesNo = [' yes', ' no'] as const;

/** What it answers where there is no name to give. */
export const noName = { absent: 'not shown', nothing: 'nothing' } as const;

/** Where in the picture something may be, from left to right. */
export const sides = ['left', 'middle', 'right'] as const;
/** One of these. */
export type Side = (typeof sides)[number];
/** The sides as the decoder writes them. */
export const sidesWritten = sides.map((side) => ` ${side}`);

/** Words for categories of things that a decoder may have been taught (models/training's kinds.py). */
export const kindWords: ReadonlySet<string> = new Set(
  [
    'animal, creature, beast, mammal, bird, insect, bug, reptile, sea animal, sea creature',
    'plant, flower, fruit, vegetable, food, meal, drink, beverage',
    'vehicle, means of transport, watercraft, boat or ship, building, structure',
    'musical instrument, instrument, clothing, clothes, garment, piece of clothing, tool, utensil',
  ].flatMap((line) => line.split(', ')),
);

/** The question whether something is shown, as the decoder was taught it: of a category, whether there is one. */
export function isThere(subject: string): string {
  const one = singular(bareSubject(subject));
  return `is there ${withArticle(kindWords.has(one) ? one : subject)}?`;
}

/**
 * A question in the wording that the built-in decoder was taught (models/training/PROMPTS.md), where its kind is
 * known; else as it was asked.
 */
export function decoderPrompt(question: Question, asked: string): string {
  switch (question.kind) {
    case 'shown':
    case 'when':
      return isThere(question.subject);
    case 'times':
    case 'count':
    case 'visits':
      return `how many times does ${withArticle(question.subject)} appear?`;
    case 'after':
    case 'before':
      return `what comes right ${question.kind} the ${question.subject}?`;
    case 'first':
    case 'last':
      return `what is shown ${question.kind}?`;
    case 'order':
      return 'list what is shown in order.';
    case 'what':
      return 'what is this?';
    case 'where':
      return `where is the ${question.subject}?`;
    case 'beside':
      return `what is next to the ${question.subject}?`;
    case 'versus':
    case 'duration':
    case 'which':
    case 'colour':
    case 'open':
    case 'said-about':
    case 'said-between':
    case 'said-times':
    case 'slide-title':
      return `${normaliseQuestion(asked)}?`;
  }
}

/** "dog" is "a dog", "apple" is "an apple"; plurals and what begins with a number stay as they are. */
export function withArticle(subject: string): string {
  const bare = bareSubject(subject);
  const first = bare.split(' ')[0] ?? '';
  const last = bare.split(' ').at(-1) ?? '';
  const plural =
    /[^su]s$/u.test(last) && !/(?:glass|bus|dress|grass|cactus|octopus|lens|tennis)$/u.test(last);
  if (plural || /^(?:\d.*|two|three|four|five|six|seven|eight|nine|ten|several|many|people|no)$/u.test(first))
    return bare;
  return `${/^[aeiou]/u.test(bare) && !/^(?:uni|use|euro|one)/u.test(bare) ? 'an' : 'a'} ${bare}`;
}

/** Words before what is looked for: "all scenes with", "I am looking for". */
const around =
  /^(?:(?:please|i am looking for|i'm looking for|looking for|i (?:want|need|would like)(?: to (?:see|find))?) )?(?:(?:find|show|search|look|get|give)(?: me)?(?: for)? )?(?:(?:all|every|each|any|some|the|a) )*(?:(?:moments?|scenes?|shots?|clips?|parts?(?! of)|footage|videos?|recordings?)(?: (?:that|which))? (?:with|of|where|when|in which|showing|containing|shows?|contains?)(?: there (?:is|are))? )?/u;

/** What a query looks for, without the words around it: "show me the dog" and "when does a dog appear?" are "dog". */
export function searchedThing(query: string): string {
  const words = normaliseQuestion(query);
  const rest = words.replace(around, '') || words;
  const question = parseQuestion(rest);
  switch (question.kind) {
    case 'when':
    case 'shown':
    case 'times':
    case 'count':
    case 'duration':
    case 'visits':
      return question.subject;
    default:
      return bareSubject(rest) || words;
  }
}

/** A query as it is compared with pictures: as it was typed, where it is nothing but a thing. */
export function lookedFor(query: string): string {
  const thing = searchedThing(query);
  return thing === bareSubject(normaliseQuestion(query)) ? query : withArticle(thing);
}
