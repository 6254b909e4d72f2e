import { languageOf, type Language } from './language.ts';
import { inEnglish, type Understood } from './lexicon/index.ts';
import { textQueryOf, type ParsedQuery, type QueryParser } from './parsed-query.ts';
import { normaliseQuestion, parseQuestion, type Question } from './questions.ts';
import { parseSpoken } from './spoken-questions.ts';

/** A question, taken apart once; everything that answers it reads this. */
export interface ParsedQuestion {
  /** As it was typed, or as its word lists put it into English. */
  readonly text: string;
  /** As the answer cache knows it. */
  readonly normalised: string;
  readonly language: Language;
  /** What the word lists make of it, where it is in another language that there are rules for questions of. */
  readonly understood: Understood | undefined;
  /** What it is after. */
  readonly asks: Question;
  /** What must be found to answer it: its subject, two things that are compared, or the whole question where it is open. */
  readonly things: readonly ParsedQuery[];
}

/** Takes a question apart. @param parser of the detector that looks for what it is about */
export function parsedQuestion(typed: string, parser: QueryParser): ParsedQuestion {
  const language = languageOf(typed);
  const understood = language.code === 'zh' ? inEnglish(typed) : undefined;
  const whole = understood && understood.english !== '' && understood.unknown.length === 0;
  const text = whole ? understood.english : typed;
  const spoken = parseSpoken(typed);
  if (spoken)
    return {
      ...{ text: typed, normalised: normaliseQuestion(typed), language, understood: undefined, asks: spoken },
      things: 'subject' in spoken ? [parser.thing(spoken.subject)] : [],
    };
  const asks = parseQuestion(text);
  return {
    text,
    normalised: normaliseQuestion(typed),
    language,
    understood,
    asks,
    things: saidSo(
      thingsOf(asks, text).map((thing) => parser.thing(thing)),
      asks,
      understood,
    ),
  };
}

/** The one thing that is asked about is called, and looked for in texts, by the user's own words. */
function saidSo(
  things: ParsedQuery[],
  { kind }: Question,
  understood: Understood | undefined,
): ParsedQuery[] {
  if (!understood || things.length !== 1 || kind === 'open') return things;
  const { said } = understood;
  return [{ ...things[0], thing: said, textQuery: textQueryOf(said) }];
}

function thingsOf(asks: Question, text: string): readonly string[] {
  switch (asks.kind) {
    case 'said-between':
    case 'slide-title':
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
