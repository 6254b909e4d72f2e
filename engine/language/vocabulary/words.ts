import { unseenWords } from '../function-words.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/u));

/** Words that say how things lie or follow: they can't be seen by the detector, and no noun compound ends in one. */
const relations = words(`
  under underneath below beneath behind over above inside outside between among through across along around round
  against during after before into onto off toward towards like than while until since within without beyond past
  front back background foreground left right top bottom middle center centre upper lower
  not no never neither nor none nobody nothing except but only exactly just zero
`);

/** What ends the reach of a "no" or "without". */
const negations = words('not no never neither nor none nobody nothing except without zero');

/** What may follow a noun without making it the first half of another ("dog asleep", "car outside"). */
const afterNouns = words(`
  outdoors indoors alone again now upside close up down away everywhere tonight today asleep awake full empty open
  closed ahead apart
  runs walks sits stands jumps lies sleeps eats drinks drives rides flies plays moves passes crosses enters leaves
  turns rolls swims talks speaks dances looks holds carries opens closes comes goes waits barks chases catches
  throws kicks reads writes cooks cuts works smiles laughs waves points rests grazes hangs
  ran sat stood lay slept ate drank drove rode flew came went left fell swam spoke held caught threw
`);

/** Nouns that only look like forms of verbs, so they do make compounds: "car ring", "bird seed". */
const notVerbs = words(`
  building painting drawing ceiling clothing wedding ring king wing string spring thing icing lightning racing
  training spotting bed shed seed breed weed sled speed feed
`);

const numberWords = [
  ...[
    'zero',
    'one',
    'two',
    'three',
    'four',
    'five',
    'six',
    'seven',
    'eight',
    'nine',
    'ten',
    'eleven',
    'twelve',
  ],
  ...['thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen', 'twenty'],
];

/** Words and phrases that ask for more than one, with the least that they stand for. Longer ones first. */
const quantities: readonly [phrase: readonly string[], least: number][] = (
  [
    ['a large number of', 3],
    ['a number of', 3],
    ['a couple of', 2],
    ['a pair of', 2],
    ['a group of', 3],
    ['a crowd of', 3],
    ['a bunch of', 3],
    ['a herd of', 3],
    ['a flock of', 3],
    ['a row of', 3],
    ['a lot of', 3],
    ['lots of', 3],
    ['plenty of', 3],
    ['dozens of', 12],
    ['couple of', 2],
    ['pair of', 2],
    ['pairs of', 2],
    ['group of', 3],
    ['crowd of', 3],
    ['bunch of', 3],
    ['herd of', 3],
    ['flock of', 3],
    ['row of', 3],
    ['a few', 3],
    ['a dozen', 12],
    ['a single', 1],
    ['dozen', 12],
    ['both', 2],
    ['multiple', 2],
    ['few', 3],
    ['several', 3],
    ['many', 3],
    ['numerous', 3],
    ['various', 2],
    ['single', 1],
    ['all', 1],
  ] satisfies [string, number][]
).map(([phrase, least]) => [phrase.split(' '), least]);

/** What a word does in a query. */
export type WordRole = 'function' | 'relation' | 'content';

/** Tells what a word (lower case) does; "," is a function word. */
export function roleOf(word: string): WordRole {
  if (word === ',' || unseenWords.has(word)) return 'function';
  return relations.has(word) ? 'relation' : 'content';
}

/** True for "no", "without" and their like. */
export function isNegation(word: string): boolean {
  return negations.has(word) || word.endsWith("n't");
}

/** True for a word that may follow a noun without joining it: "running", "parked", "runs", "asleep". */
export function canFollowNoun(word: string): boolean {
  if (afterNouns.has(word)) return true;
  return /(?:.{2}ing|.{2}ed)$/u.test(word) && !notVerbs.has(word);
}

/** A quantity at the start of `tokens`, with how many tokens it takes: "two", "3", "a couple of", "two or three". */
export function quantityAt(
  tokens: readonly string[],
  at: number,
): { count: number; length: number } | undefined {
  for (const [phrase, least] of quantities)
    if (phrase.every((word, i) => tokens[at + i] === word)) return { count: least, length: phrase.length };
  if (tokens[at] === 'at' && tokens[at + 1] === 'least') return shifted(quantityAt(tokens, at + 2), 0);
  if (tokens[at] === 'more' && tokens[at + 1] === 'than') return shifted(quantityAt(tokens, at + 2), 1);
  const count = numberOf(tokens[at]);
  if (count === undefined) return undefined;
  if (tokens[at + 1] === 'or' && (numberOf(tokens[at + 2]) !== undefined || tokens[at + 2] === 'more'))
    return { count, length: 3 };
  return { count, length: 1 };
}

/** A quantity after two words ("at least", "more than") that add so many to it. */
function shifted(quantity: { count: number; length: number } | undefined, more: number) {
  return quantity && { count: quantity.count + more, length: quantity.length + 2 };
}

function numberOf(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const spelled = numberWords.indexOf(word);
  if (spelled > 0) return spelled;
  const value = /^\d{1,3}$/u.test(word) ? Number(word) : 0;
  return value > 0 && value <= 100 ? value : undefined;
}
