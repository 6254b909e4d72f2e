import type { Colour } from '../../protocol/colours.ts';
import type { Heading } from '../../protocol/headings.ts';
import { coloursOf, isColour, noColours, type ColourPhrase } from './colours.ts';
import { headingAt, type HeadingPhrase } from './headings.ts';
import { placesIn, type Place, type PlacePhrase } from './places.ts';
import { determiners } from '../function-words.ts';
import { singulars } from '../inflection.ts';
import {
  alsoVerbs,
  modifiers,
  pairs,
  vocabulary,
  vocabularyOf,
  type Vocabulary,
  type VocabularyEntry,
} from './table.ts';
import { canFollowNoun, isNegation, quantityAt, roleOf } from './words.ts';

export { cocoLabels } from './table.ts';
export type { Place } from './places.ts';

/** One thing of a query that the detector knows. */
export interface NounMatch {
  /** The classes it may be seen as; any of them will do. */
  labels: readonly string[];
  /** The query's own words for it, as written there (lower case). */
  words: string;
  /** At least so many at once. */
  count: number;
  /** Where in the picture; of a corner its first half. */
  place?: Place;
  /** Where in the picture, all of it: ["top", "right"] for a corner, empty where none is named. */
  places: readonly Place[];
  /** Which colours it has, all of them: "a red and white bus"; empty where none is named. */
  colours: readonly Colour[];
  /** Which way it moves, where that is said. */
  heading?: Heading;
  /** True where the classes are just what the words mean; false for "poodle" (narrower) and "animal" (wider). */
  exact: boolean;
  /** Chance that one of the class is what the words mean, where the class stands for several words: "a woman". */
  chance?: number;
}

/** What of a query the detector knows. */
export interface QueryMatch {
  /** In the order of the query. */
  objects: readonly NounMatch[];
  /** Words that ask for more than the detector knows ("red", "riding"), in the order of the query. */
  rest: readonly string[];
  /** True where the objects are all that the query asks for, so that the detector's silence means "not here". */
  covered: boolean;
}

/** A phrase of the vocabulary found in the query. */
interface Found {
  start: number;
  length: number;
  entry: VocabularyEntry;
  plural: boolean;
}

/**
 * Finds in an English query the things that the detector knows: its classes, common other names, plurals, how many are
 * asked for, where and in which colours. Rules and word lists, no model; what they don't know is left in `rest`, and `covered` is false.
 * @param labels the classes that the detector knows, COCO's where absent; where there are none, nothing is a thing that it knows
 */
export function matchNouns(text: string, labels?: readonly string[]): QueryMatch {
  const known = labels === undefined ? vocabulary : vocabularyOf(labels);
  const tokens = tokenize(text, known);
  const places = placesIn(tokens);
  const used = new Set(places.flatMap(({ start, length }) => Array.from({ length }, (_, i) => start + i)));
  const negated = negatedTokens(tokens);
  const kept: Found[] = [];
  for (const found of phrasesIn(tokens, used, known)) {
    if (found.entry.labels.length === 0 || negated.has(found.start)) continue;
    if (
      isVerb(tokens, found, known) ||
      isModifier(tokens, used, found, known) ||
      isColour(tokens, found.start)
    )
      continue;
    kept.push(found);
  }
  const counts = kept.map((found, i) => countBefore(tokens, used, found, kept[i - 1]));
  for (const found of kept) for (let i = 0; i < found.length; i++) used.add(found.start + i);
  const coloured = kept.map(({ start, length, entry }, i) => {
    const end = start + length;
    const from = i > 0 ? kept[i - 1].start + kept[i - 1].length : 0;
    return coloursOf(tokens, entry.labels, { from, start, end, to: kept.at(i + 1)?.start ?? tokens.length });
  });
  // "A red car or a bus" wants either, which no one colour tells.
  for (let i = 1; i < kept.length; i++)
    if (isAlternative(tokens, kept, i) && coloured[i].colours.join() !== coloured[i - 1].colours.join())
      coloured[i - 1] = coloured[i] = noColours;
  for (const phrase of coloured) for (const token of phrase.tokens) used.add(token);
  // "A man in black walking away": what it is like comes before what it does.
  const headings = kept.map(({ start, length }, i) =>
    headingAt(tokens, Math.max(start + length, 1 + (coloured[i].tokens.at(-1) ?? 0))),
  );
  for (const phrase of headings) for (let i = 0; phrase && i < phrase.length; i++) used.add(phrase.start + i);
  // "Walking from left to right" ends at no place.
  const still = places.filter(
    ({ start }) => !headings.some((one) => one && start >= one.start && start < one.start + one.length),
  );
  const objects = joinAlternatives(tokens, kept, counts, still, { coloured, headings });
  const rest = tokens.filter((token, i) => !used.has(i) && roleOf(token) !== 'function');
  const covered = objects.length > 0 && rest.length === 0 && objects.every((object) => object.exact);
  return { objects, rest, covered };
}

/**
 * What a query asks for, and where in the picture: "a lamp on the left" is "a lamp", ["left"]. "A car going from left to
 * right" names no place.
 */
export function withoutPlaces(text: string): { words: string; places: readonly Place[] } {
  const tokens = tokenize(text, vocabulary);
  const places = placesIn(tokens);
  const goes = tokens.some((token) => /^(?:from|towards?)$/u.test(token));
  if (places.length === 0 || goes || matchNouns(text).objects.some(({ heading }) => heading))
    return { words: text, places: [] };
  const isPlace = (i: number) => places.some(({ start, length }) => i >= start && i < start + length);
  const rest = tokens.filter((token, i) => token !== ',' && !isPlace(i));
  return rest.length === 0
    ? { words: text, places: [] }
    : { words: rest.join(' '), places: places.flatMap((one) => one.places) };
}

/** Lower-case words; commas stay, as they part and join. A possessive or hyphenated word is one word. */
function tokenize(text: string, known: Vocabulary): string[] {
  const plain = text.normalize('NFKC').toLowerCase().replace(/[‘’]/gu, "'").replace(/[‐‑]/gu, '-');
  const tokens = plain.match(/[\p{L}\p{M}\p{N}]+(?:['-][\p{L}\p{M}\p{N}]+)*|[,;.:!?]/gu) ?? [];
  const words = tokens.map((token) => (/^[;.:!?]$/u.test(token) ? ',' : token));
  while (words.at(-1) === ',') words.pop();
  return words.flatMap((word) => (word.includes('-') ? hyphenated(word, known) : [word]));
}

/** "Hot-dog" is "hot dog"; "bird's-eye" stays one word, which nobody takes for a bird. */
function hyphenated(word: string, known: Vocabulary): string[] {
  const parts = word.split('-');
  return lookUp([word], known) || !lookUp(parts, known) ? [word] : parts;
}

/** The vocabulary's entry for a phrase whose last word may be a plural. */
function lookUp(
  phrase: readonly string[],
  known: Vocabulary,
): { entry: VocabularyEntry; plural: boolean } | undefined {
  const last = phrase.at(-1);
  if (last === undefined) return undefined;
  for (const singular of singulars(last)) {
    const entry = known.get([...phrase.slice(0, -1), singular].join(' '));
    if (entry) return { entry, plural: singular !== last };
  }
  return undefined;
}

/** The longest phrases of the vocabulary, left to right, without overlap. */
function phrasesIn(tokens: readonly string[], used: ReadonlySet<number>, known: Vocabulary): Found[] {
  const found: Found[] = [];
  for (let start = 0; start < tokens.length; start++) {
    // "A couple of dogs" holds no couple.
    const quantity = quantityAt(tokens, start);
    if (quantity && tokens[start + quantity.length - 1] === 'of') {
      start += quantity.length - 1;
      continue;
    }
    for (let length = Math.min(3, tokens.length - start); length > 0; length--) {
      if (used.has(start) || used.has(start + length - 1)) continue;
      const hit = lookUp(tokens.slice(start, start + length), known);
      if (!hit) continue;
      found.push({ start, length, ...hit });
      start += length - 1;
      break;
    }
  }
  return found;
}

/** Words from a "no" or "without" to the end of its clause. */
function negatedTokens(tokens: readonly string[]): Set<number> {
  const negated = new Set<number>();
  let inside = false;
  for (const [i, token] of tokens.entries()) {
    if (token === ',' || token === 'but' || token === 'with') inside = false;
    else if (isNegation(token)) inside = true;
    if (inside) negated.add(i);
  }
  return negated;
}

/** "Watch the dog", "people watch tv": a word that is also a verb, where a verb stands. */
function isVerb(tokens: readonly string[], { start, length, plural }: Found, known: Vocabulary): boolean {
  if (length !== 1 || !singulars(tokens[start]).some((form) => alsoVerbs.has(form))) return false;
  const before = tokens[start - 1] as string | undefined;
  if (before !== undefined && (determiners.has(before) || quantityAt(tokens, start - 1))) return false;
  if (before === 'to' || determiners.has(tokens[start + 1])) return true;
  const subject = before === undefined ? undefined : lookUp([before], known);
  return subject !== undefined && subject.entry.labels.length > 0 && subject.plural !== plural;
}

/** "Car park", "orange dress": a noun right before another, which is the one that is meant. */
function isModifier(
  tokens: readonly string[],
  used: ReadonlySet<number>,
  found: Found,
  known: Vocabulary,
): boolean {
  const at = found.start + found.length;
  const next = tokens[at] as string | undefined;
  // "Glasses of wine" holds its own "of", so what follows is what they hold.
  if (next === undefined || used.has(at) || found.plural || tokens[at - 1] === 'of') return false;
  // "When does the car drive to the left?" is about no drive.
  if (headingAt(tokens, at)) return false;
  if (roleOf(next) !== 'content' || canFollowNoun(next)) return false;
  if (found.length === 1 && modifiers.has(tokens[found.start])) return true;
  // Two things of the vocabulary side by side are both meant ("person bicycle"), but not in "bus driver".
  const head = lookUp(tokens.slice(at, at + 2), known) ?? lookUp([next], known);
  return !head || (!head.entry.exact && head.entry.labels[0] === 'person');
}

/** How many are asked for, and the quantity's tokens marked as used: "two big dogs" is two. */
function countBefore(
  tokens: readonly string[],
  used: Set<number>,
  found: Found,
  previous: Found | undefined,
): number {
  const floor = previous ? previous.start + previous.length : 0;
  let start = found.start;
  while (start > floor && roleOf(tokens[start - 1]) === 'content' && !used.has(start - 1)) start--;
  // "A couple of" starts with words that join, so a quantity may begin up to four words earlier.
  for (let at = Math.max(floor, start - 4); at < found.start; at++) {
    const quantity = quantityAt(tokens, at);
    if (!quantity || at + quantity.length < start || at + quantity.length > found.start) continue;
    for (let i = 0; i < quantity.length; i++) used.add(at + i);
    const isPair =
      tokens[at + quantity.length - 2] === 'pair' && found.entry.labels.every((label) => pairs.has(label));
    return isPair ? 1 : Math.max(quantity.count, found.entry.count);
  }
  return found.entry.count;
}

/** Makes the matches, one for "a dog, a cat or a bird", and gives each the place named next to it. */
function joinAlternatives(
  tokens: readonly string[],
  found: readonly Found[],
  counts: readonly number[],
  places: readonly PlacePhrase[],
  {
    coloured,
    headings,
  }: { coloured: readonly ColourPhrase[]; headings: readonly (HeadingPhrase | undefined)[] },
): NounMatch[] {
  const objects: { match: NounMatch; end: number }[] = [];
  for (const [i, { start, length, entry }] of found.entries()) {
    const words = tokens.slice(start, start + length).join(' ');
    const { labels, exact, chance } = entry;
    const { colours } = coloured[i];
    const heading = headings[i]?.heading;
    const match: NounMatch = {
      ...{ labels, words, count: counts[i], places: [], colours, exact },
      ...(heading && { heading }),
      ...(chance !== undefined && { chance }),
    };
    const last = objects.at(-1);
    if (last && isAlternative(tokens, found, i)) {
      last.match.labels = [...new Set([...last.match.labels, ...labels])];
      last.match.words += ` or ${words}`;
      last.match.count = Math.min(last.match.count, counts[i]);
      last.match.exact &&= exact;
      // "A man or a woman": together they are what the class stands for.
      const both = (last.match.chance ?? 1) + (chance ?? 1);
      if (both < 1) last.match.chance = both;
      else delete last.match.chance;
      if (heading) last.match.heading = heading;
      last.end = start + length;
    } else objects.push({ match, end: start + length });
  }
  for (const phrase of places) {
    // "A dog on the left and a cat": the place belongs to the thing before it; at the start, to the one after it.
    const owner = objects.findLast(({ end }) => end <= phrase.start) ?? objects[0];
    if (!owner) continue;
    owner.match.places = phrase.places;
    owner.match.place = phrase.places[0];
  }
  return objects.map(({ match }) => match);
}

/** True where "or" stands between this find and the one before it, or a comma of a list that ends in "or". */
function isAlternative(tokens: readonly string[], found: readonly Found[], i: number): boolean {
  for (let next = i; next < found.length; next++) {
    const from = found[next - 1].start + found[next - 1].length;
    const between = tokens.slice(from, found[next].start);
    if (between.includes('or')) return true;
    if (!between.every((word) => word === ',' || determiners.has(word)) || !between.includes(','))
      return false;
  }
  return false;
}
