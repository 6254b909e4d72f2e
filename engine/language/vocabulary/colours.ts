import type { Colour } from '../../protocol/colours.ts';
import { determiners } from '../function-words.ts';
import { canFollowNoun, roleOf } from './words.ts';

const names: Readonly<Record<string, Colour>> = {
  ...{ black: 'black', white: 'white', grey: 'grey', gray: 'grey', silver: 'grey', silvery: 'grey' },
  ...{ red: 'red', crimson: 'red', scarlet: 'red', maroon: 'red', orange: 'orange' },
  ...{ yellow: 'yellow', golden: 'yellow', gold: 'yellow', green: 'green', blue: 'blue', navy: 'blue' },
  ...{ purple: 'purple', violet: 'purple', pink: 'pink', brown: 'brown' },
};
/** Words for the basic colours, and for some that are called so. */
export const colourWords: readonly string[] = Object.keys(names);
const shades = new Set('dark light bright pale deep vivid plain coloured colored painted'.split(' '));
const joining = new Set(['and', ',']);
const linking = new Set(
  'in is are was were that which painted dressed wearing coloured colored all'.split(' '),
);
const wearing = new Set('in wearing with has wears wore'.split(' '));
/** What is worn so that it shows on much of a person: its colour is as much as the detector's box can tell. */
const garments = new Set(
  `shirt shirts t-shirt tshirt dress jacket coat sweater jumper hoodie pullover trousers pants jeans skirt suit uniform
  vest top blouse gown robe cardigan raincoat overalls clothes clothing outfit`.split(/\s+/u),
);
/** Names that only sound like a colour and a thing. */
const namedSo = new Set(['golden retriever', 'red panda', 'red bull', 'yellow labrador']);
/** What the colour is of is a small part of what the detector sees. */
const uncoloured = new Set(['traffic light', 'wine glass']);

/** Colours that a query gives to a thing, and which of its tokens say so. */
export interface ColourPhrase {
  /** All of them: "a red and white bus". */
  colours: readonly Colour[];
  /** Indices of the colours' tokens. */
  tokens: readonly number[];
}

/** Nothing is said of colours. */
export const noColours: ColourPhrase = { colours: [], tokens: [] };

/**
 * Finds the colours of a thing that stands at `start` to `end` - 1: "a dark red car", "a car that is red", "a man in
 * black", "a woman in a green dress", but not "a boy in a red cap".
 * @param from where what belongs to the thing before it ends
 * @param to where the next thing begins
 */
export function coloursOf(
  tokens: readonly string[],
  labels: readonly string[],
  { from, start, end, to }: { from: number; start: number; end: number; to: number },
): ColourPhrase {
  if (labels.some((label) => uncoloured.has(label)) || namedSo.has(tokens.slice(start - 1, end).join(' ')))
    return noColours;
  const before = coloursBefore(tokens, from, start);
  return before.colours.length > 0 ? before : coloursAfter(tokens, labels, end, to);
}

/** Colours among the words right before a noun. */
function coloursBefore(tokens: readonly string[], from: number, start: number): ColourPhrase {
  const found: number[] = [];
  for (let at = start - 1; at >= from; at--) {
    const word = tokens[at];
    if (colourNamed(word)) found.unshift(at);
    else if (joining.has(word) && found[0] === at + 1 && colourNamed(tokens[at - 1])) continue;
    else if (roleOf(word) !== 'content') break;
  }
  return phrase(tokens, found);
}

/** Colours after a noun: what it is, or what a person wears. */
function coloursAfter(
  tokens: readonly string[],
  labels: readonly string[],
  end: number,
  to: number,
): ColourPhrase {
  let at = end;
  const first = tokens[at];
  const worn = labels.includes('person') && wearing.has(first);
  while (
    at < to &&
    (linking.has(tokens[at]) || (worn && (wearing.has(tokens[at]) || determiners.has(tokens[at]))))
  )
    at++;
  if (at === end) return noColours;
  const links = Array.from({ length: at - end }, (_, i) => end + i);
  const found: number[] = [];
  for (; at < to; at++) {
    if (colourNamed(tokens[at])) found.push(at);
    else if (!shades.has(tokens[at]) && !(joining.has(tokens[at]) && colourNamed(tokens[at + 1]))) break;
  }
  // "A person with a red umbrella": the colour is the next thing's.
  if (found.length === 0 || (at === to && to < tokens.length)) return noColours;
  const next = tokens[at] as string | undefined;
  const ends = next === undefined || roleOf(next) !== 'content' || canFollowNoun(next);
  // What is small, a cap or hair, shows little of its colour in a person's box.
  const garment = !ends && worn && (garments.has(next) || garments.has(next.replace(/s$/u, '')));
  if (!ends && !garment) return noColours;
  const { colours, tokens: own } = phrase(tokens, found);
  return { colours, tokens: [...links, ...own, ...(garment ? [at] : [])] };
}

function colourNamed(word: string | undefined): boolean {
  return word !== undefined && Object.hasOwn(names, word);
}

function phrase(tokens: readonly string[], found: readonly number[]): ColourPhrase {
  const around = found.flatMap((at) => (shades.has(tokens[at - 1]) ? [at - 1, at] : [at]));
  return { colours: [...new Set(found.map((at) => names[tokens[at]]))], tokens: around };
}

const before = new Set(
  'in is are was were wearing painted dressed coloured colored bright dark light pale'.split(' '),
);

/** "Orange" as a colour: "in orange", "orange and white", "black and orange". */
export function isColour(tokens: readonly string[], at: number): boolean {
  if (tokens[at] !== 'orange') return false;
  const joined = (word: string | undefined) => word === 'and' || word === ',' || word === 'or';
  const another = (word: string | undefined) => word !== 'orange' && (word === 'beige' || colourNamed(word));
  return (
    before.has(tokens[at - 1]) ||
    (joined(tokens[at + 1]) && another(tokens[at + 2])) ||
    (joined(tokens[at - 1]) && another(tokens[at - 2]))
  );
}
