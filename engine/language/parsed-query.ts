import type { Colour } from '../protocol/colours.ts';
import type { Heading } from '../protocol/headings.ts';
import type { QueryDialect } from '../protocol/calibration.ts';
import { isCategory } from './categories.ts';
import { unsaidWords } from './function-words.ts';
import { singular } from './inflection.ts';
import { languageOf, type Language } from './language.ts';
import { inEnglish, type Understood } from './lexicon/index.ts';
import { lookedFor, searchedThing } from './prompts.ts';
import { withoutParticle, wordsOf } from './text-words.ts';
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
  /** Stretches in quotation marks, without them: what a text must hold literally. */
  readonly quoted: readonly string[];
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
  /** The words that a text must hold, each a row of terms; all of them where none says anything. */
  readonly textWords: readonly (readonly string[])[];
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
    quoted: quotedIn(text),
    thing: understood ? own : thing,
    subject: searchedThing(words),
    places,
    caption: withoutPlaces(sought).words,
    wanted: withUnknown(match(sought, labels), understood?.unknown),
    textWords: textWordsOf(own),
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
  readonly #known = new Map<string, ParsedQuery>();

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
    const key = `${bare} ${text}`;
    let parsed = this.#known.get(key);
    if (!parsed) {
      if (this.#known.size >= mostKept) this.#known.clear();
      parsed = parseQuery(text, { ...this.#options, bare });
      this.#known.set(key, parsed);
    }
    return parsed;
  }
}

function quotedIn(text: string): string[] {
  const found = text.matchAll(/"([^"]+)"|“([^”]+)”|„([^“”]+)[“”]|«([^»]+)»|「([^」]+)」|『([^』]+)』/gu);
  return [...found]
    .map((match) =>
      match
        .slice(1)
        .find((part) => part !== undefined)!
        .trim(),
    )
    .filter(Boolean);
}

/** The words of a thing that a text must hold, each a row of terms; all of them where none says anything. */
export function textWordsOf(thing: string): string[][] {
  const all = wordsOf(thing).map(withoutParticle);
  const content = all.filter((word) => word.length > 1 || !unsaidWords.has(word[0]));
  return content.length > 0 ? content : all;
}
