import { Remembered } from '../core/remembered.ts';
import type { Colour } from '../protocol/colours.ts';
import type { Heading } from '../protocol/headings.ts';
import type { QueryDialect } from '../protocol/calibration.ts';
import { isCategory } from './categories.ts';
import { sayingWords, unsaidWords } from './function-words.ts';
import { singular, stem } from './inflection.ts';
import { languageOf, type Language } from './language.ts';
import { inEnglish, type Understood } from './lexicon/index.ts';
import { lookedFor, searchedThing } from './prompts.ts';
import { spokenSubject } from './spoken-subject.ts';
import { textQuery, withoutQuotes, type TextQuery, type TextTerm } from './text-match.ts';
import { withoutParticle } from './text-words.ts';
import { matchNouns, withoutPlaces, type Place } from './vocabulary/match.ts';

/** One thing of a query that the detector knows. */
export interface WantedObject {
  /** Any of these classes will do. */
  labels: readonly string[];
  /** The query's own words for it, where they are known. */
  words?: string;
  /** At least so many at once. */
  count: number;
  /** Where in the picture, all of it: ["top", "right"] is a corner. */
  places?: readonly Place[];
  /** Which colours it has, all of them. */
  colours?: readonly Colour[];
  /** Which way it moves. */
  heading?: Heading;
  /** True where the classes are just what the words mean; false for "poodle" (narrower) and "animal" (wider). */
  exact?: boolean;
  /** Chance that one of the class is what the words mean, where the class stands for several words: "a woman". */
  chance?: number;
}

/** What of a query the detector knows. */
export interface WantedObjects {
  objects: readonly WantedObject[];
  /** Words that ask for more than the detector knows. */
  rest: readonly string[];
  /** True where the detector knows everything that the query asks for, so that its silence means "not here". */
  covered: boolean;
}

/** What a detector of some classes knows of some words; `labels` absent: every class that there are words for. */
export type MatchNouns = (words: string, labels?: readonly string[]) => WantedObjects;

/** A query, taken apart once; everything that looks for it reads this. */
export interface ParsedQuery {
  /** As it was typed. */
  readonly text: string;
  readonly language: Language;
  /** What the word lists make of it, where it is in another language than English that there are lists for. */
  readonly understood: Understood | undefined;
  /** What is looked for, without the words around it: "show me the dog on the left" is "dog on the left". */
  readonly thing: string;
  /** The same without the places of the picture, as the decoder is asked for it: "dog". */
  readonly subject: string;
  /** Where in the picture it is to be. */
  readonly places: readonly Place[];
  /** The words that are compared with pictures, in English where it is understood, without places; see {@link captionFor}. */
  readonly caption: string;
  /** What the detector knows of it, with counts, places, colours and headings. */
  readonly wanted: WantedObjects;
  /** What a text must hold: what stands in quotes as it is, and the words that say anything; all where none does. */
  readonly textQuery: TextQuery;
  /** The category that is asked for, in the singular: "animal"; undefined where it is a thing. */
  readonly category: string | undefined;
}

/** How a query is taken apart. */
export interface ParseOptions {
  match?: MatchNouns;
  /** Classes of the detector that looks for it. */
  labels?: readonly string[];
  /**
   * True for a thing's bare name, which is compared with pictures as it stands; a query is freed of the words around the thing
   * first.
   */
  bare?: boolean;
  /** The language that the user reads, which counts where the words could be of several. */
  hint?: string | undefined;
}

/**
 * Takes a query apart: what is looked for, where, in which colours, by which words, in which language. One in another language
 * is taken apart in English, as far as the word lists go; what is said or written is looked for in its own words.
 */
export function parseQuery(
  text: string,
  { match = matchNouns, labels, bare = false, hint }: ParseOptions = {},
): ParsedQuery {
  const understood = bare ? undefined : inEnglish(text, hint);
  const english = understood?.english ?? text;
  const sought = bare ? text : lookedFor(english);
  const { words, places } = withoutPlaces(english);
  const thing = searchedThing(english);
  const own = searchedThing(understood?.said ?? text);
  return {
    text,
    language: understood ? { ...languageOf(text), code: understood.language } : languageOf(text),
    understood,
    thing: understood ? own : thing,
    subject: searchedThing(words),
    places,
    caption: withoutPlaces(sought).words,
    wanted: withUnknown(match(sought, labels), understood?.unknown),
    textQuery: textQueryOf(text, understood?.said),
    category: english !== '' && isCategory(english) ? singular(thing) : undefined,
  };
}

/** Words that nobody knows ask for something that nobody looks for. */
function withUnknown(wanted: WantedObjects, unknown: readonly string[] = []): WantedObjects {
  return unknown.length === 0 ? wanted : { ...wanted, rest: [...wanted.rest, ...unknown], covered: false };
}

/** What of a bundle's dialect decides in which words it is asked. */
type Spoken = Pick<QueryDialect, 'languages' | 'names' | 'own'>;

/**
 * The words by which a bundle compares a query with pictures: the user's own where it was taught that language, else English;
 * undefined where it would understand neither.
 */
export function captionFor(
  { caption, understood, language: { code, script }, text }: ParsedQuery,
  { languages, names = [], own }: Spoken = {},
): string | undefined {
  if (languages === undefined) return understood ? text : caption;
  const foreign = code !== undefined || (script !== undefined && script !== 'latin');
  if (foreign && ![...languages, ...names].includes(code ?? '')) return undefined;
  if (!understood) return caption;
  if ((own ?? languages).includes(understood.language)) return text;
  return understood.english === '' ? undefined : caption;
}

/** Nothing is looked for by the detector: what it knows of a query counts for nothing. */
export const nothingWanted: WantedObjects = { objects: [], rest: [], covered: false };

/** How many parsed queries are kept. */
const mostKept = 256;

/** Takes each query apart once, for one detector. */
export class QueryParser {
  readonly #options: Omit<ParseOptions, 'bare'>;
  readonly #known = new Remembered<ParsedQuery>(mostKept);

  constructor(options: Omit<ParseOptions, 'bare'> = {}) {
    this.#options = options;
  }

  /** A query as it was typed. */
  query(text: string): ParsedQuery {
    return this.#parsed(text, false);
  }

  /** A thing's bare name: the subject of a question, or what a decoder named. */
  thing(name: string): ParsedQuery {
    return this.#parsed(name, true);
  }

  #parsed(text: string, bare: boolean): ParsedQuery {
    return this.#known.get(`${bare} ${text}`, () => parseQuery(text, { ...this.#options, bare }));
  }
}

/**
 * What a text must hold to be what a query looks for.
 * @param said the words that say anything, in the query's own language, where word lists tell
 */
export function textQueryOf(text: string, said?: string): TextQuery {
  const { literals, rest } = withoutQuotes(text);
  const spoken = spokenSubject(rest);
  const looked = spoken === rest && literals.length === 0 ? (said ?? spoken) : spoken;
  const thing = rest === '' ? '' : casedAs(searchedThing(looked), rest);
  const { terms } = textQuery([...literals, thing].join(' '));
  const all = terms.map((term) =>
    term.literal === undefined ? { ...term, anyOf: term.anyOf.map(withoutParticle) } : term,
  );
  for (const idle of idleTerms) {
    const content = all.filter((term) => !isOneOf(idle, term));
    if (content.length > 0) return { terms: content };
  }
  return { terms: all };
}

/**
 * What says nothing of what is said, as texts are indexed: "where does she say hello" looks for "hello", and "he said" for
 * "said".
 */
const idleTerms: readonly ReadonlySet<string>[] = [[...unsaidWords, ...sayingWords], [...unsaidWords]].map(
  (words) => new Set(words.map(stem)),
);

function isOneOf(words: ReadonlySet<string>, { literal, anyOf: [row] }: TextTerm): boolean {
  return literal === undefined && row.length === 1 && words.has(row[0]);
}

/** A thing as it was typed: capitals tell a plate from words. */
function casedAs(thing: string, text: string): string {
  const at = text.toLowerCase().indexOf(thing);
  return at >= 0 ? text.slice(at, at + thing.length) : thing;
}
