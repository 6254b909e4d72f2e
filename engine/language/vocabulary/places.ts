import { roleOf } from './words.ts';

/** Where in the picture something may be asked for. */
export type Place = 'left' | 'right' | 'top' | 'bottom' | 'middle';

/** A place named in a query: "in the top right corner". */
export interface PlacePhrase {
  /** One place, or two for a corner. */
  places: readonly Place[];
  /** Index of its first token. */
  start: number;
  /** How many tokens it takes. */
  length: number;
}

const placeWords: Readonly<Record<string, readonly Place[]>> = {
  left: ['left'],
  'left-hand': ['left'],
  right: ['right'],
  'right-hand': ['right'],
  top: ['top'],
  upper: ['top'],
  bottom: ['bottom'],
  lower: ['bottom'],
  middle: ['middle'],
  center: ['middle'],
  centre: ['middle'],
  'top-left': ['top', 'left'],
  'top-right': ['top', 'right'],
  'upper-left': ['top', 'left'],
  'upper-right': ['top', 'right'],
  'bottom-left': ['bottom', 'left'],
  'bottom-right': ['bottom', 'right'],
  'lower-left': ['bottom', 'left'],
  'lower-right': ['bottom', 'right'],
};
const regions = new Set('side half part corner edge third area portion quarter section'.split(' '));
const pictures = new Set('frame picture image screen shot view photo photograph'.split(' '));
const leading = new Set('on at in to near'.split(' '));

/**
 * Finds the places of the picture that a query names. "To the left of the car" and "in the middle of the road" are no
 * places of the picture, nor are "the right tool" and "turning to the left".
 */
export function placesIn(tokens: readonly string[]): PlacePhrase[] {
  const found: PlacePhrase[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const phrase = placeAt(tokens, i);
    if (!phrase) continue;
    found.push(phrase);
    i = phrase.start + phrase.length - 1;
  }
  return found;
}

function placeAt(tokens: readonly string[], start: number): PlacePhrase | undefined {
  let at = start;
  const preposition = leading.has(tokens[at]) ? tokens[at++] : undefined;
  if (preposition === 'to' && movesBefore(tokens[start - 1])) return undefined;
  const definite = tokens[at] === 'the';
  if (definite) at++;
  if (tokens[at] === 'far' || tokens[at] === 'very') at++;
  const places: Place[] = [];
  while (places.length < 2 && Object.hasOwn(placeWords, tokens[at] ?? ''))
    places.push(...placeWords[tokens[at++]]);
  if (places.length === 0 || places.length > 2 || new Set(places).size !== places.length) return undefined;
  if (tokens[at] === 'hand') at++;
  const region = regions.has(tokens[at]);
  if (region) at++;
  // A lone "left" or "top" may be anything; a preposition, a region or a corner makes it a place.
  const clear =
    places.length === 2 || region || (preposition !== undefined && (definite || places[0] !== 'top'));
  if (!clear || !(preposition || places.length === 2)) return undefined;
  if (tokens[at] === 'of') {
    const article = tokens[at + 1] === 'the' || tokens[at + 1] === 'this' ? 1 : 0;
    if (!pictures.has(tokens[at + 1 + article])) return undefined;
    at += 2 + article;
  } else if (at < tokens.length && roleOf(tokens[at]) === 'content') {
    return undefined;
  }
  return { places, start, length: at - start };
}

/** "Turning to the left" says where something goes, not where it is. */
function movesBefore(word: string | undefined): boolean {
  return word !== undefined && /(?:ing|ed|s)$/u.test(word);
}
