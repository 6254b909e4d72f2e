import { languageOf, type Language } from './language.ts';
import type { ParsedQuery, QueryParser } from './parsed-query.ts';
import { normaliseQuestion, parseQuestion, type Question } from './questions.ts';

/** A question, taken apart once; everything that answers it reads this. */
export interface ParsedQuestion {
  /** As it was typed. */
  readonly text: string;
  /** As the answer cache knows it. */
  readonly normalised: string;
  readonly language: Language;
  /** What it is after. */
  readonly asks: Question;
  /** What must be found to answer it: its subject, two things that are compared, or the whole question where it is open. */
  readonly things: readonly ParsedQuery[];
}

/** Takes a question apart. @param parser of the detector that looks for what it is about */
export function parsedQuestion(text: string, parser: QueryParser): ParsedQuestion {
  const asks = parseQuestion(text);
  return {
    text,
    normalised: normaliseQuestion(text),
    language: languageOf(text),
    asks,
    things: thingsOf(asks, text).map((thing) => parser.thing(thing)),
  };
}

function thingsOf(asks: Question, text: string): readonly string[] {
  switch (asks.kind) {
    case 'first':
    case 'last':
    case 'order':
    case 'what':
      return [];
    case 'versus':
      return asks.things;
    case 'open':
      return [text];
    default:
      return [asks.subject];
  }
}
