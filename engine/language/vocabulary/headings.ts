import type { Heading } from '../../protocol/headings.ts';

/** "Driving to the left": which way, and which of a query's tokens say so. */
export interface HeadingPhrase {
  heading: Heading;
  /** Index of its first token. */
  start: number;
  /** How many tokens it takes. */
  length: number;
}

const verbs = 'move go drive walk run fly ride swim head roll come travel cycle sail drift'.split(' ');
const irregular =
  'running goes swimming travelling moved went drove walked ran flew rode swam headed rolled came travelled';
const moving = new Set([
  ...verbs.flatMap((verb) => [verb, `${verb}s`, `${verb.replace(/e$/u, '')}ing`]),
  ...irregular.split(' '),
]);
const linking = new Set(['is', 'are', 'was', 'were', 'that', 'which', 'who']);
const camera = new Set(['camera', 'viewer', 'us', 'me', 'you', 'lens']);
const sides: Readonly<Record<string, Heading>> = {
  ...{
    left: 'left',
    leftward: 'left',
    leftwards: 'left',
    right: 'right',
    rightward: 'right',
    rightwards: 'right',
  },
  ...{ up: 'up', upward: 'up', upwards: 'up', down: 'down', downward: 'down', downwards: 'down' },
};
const opposite: Readonly<Record<Heading, Heading>> = {
  ...{ left: 'right', right: 'left', up: 'down', down: 'up', nearer: 'farther', farther: 'nearer' },
};

/**
 * Which way the thing that ends before token `at` moves, as the words right after it say: "moving to the left", "that drives
 * from left to right", "walking away", "coming towards the camera", "approaching".
 */
export function headingAt(tokens: readonly string[], at: number): HeadingPhrase | undefined {
  let next = at;
  while (linking.has(tokens[next])) next++;
  if (/^approach(?:es|ing)?$/u.test(tokens[next] ?? '')) {
    const whom = pastArticle(tokens, next + 1);
    return phrase('nearer', at, camera.has(tokens[whom]) ? whom + 1 : next + 1);
  }
  if (!moving.has(tokens[next])) return undefined;
  return away(tokens, at, next + 1) ?? towards(tokens, at, next + 1) ?? across(tokens, at, next + 1);
}

function away(tokens: readonly string[], at: number, next: number): HeadingPhrase | undefined {
  if (tokens[next] !== 'away') return undefined;
  const whom = tokens[next + 1] === 'from' ? pastArticle(tokens, next + 2) : undefined;
  return phrase('farther', at, whom !== undefined && camera.has(tokens[whom]) ? whom + 1 : next + 1);
}

function towards(tokens: readonly string[], at: number, next: number): HeadingPhrase | undefined {
  if (tokens[next] === 'closer' || tokens[next] === 'nearer') return phrase('nearer', at, next + 1);
  if (tokens[next] !== 'towards' && tokens[next] !== 'toward' && tokens[next] !== 'to') return undefined;
  const whom = pastArticle(tokens, next + 1);
  return camera.has(tokens[whom]) ? phrase('nearer', at, whom + 1) : undefined;
}

/** "To the left", "left", "from left to right", "from the left". */
function across(tokens: readonly string[], at: number, next: number): HeadingPhrase | undefined {
  if (tokens[next] === 'from') {
    const first = pastArticle(tokens, next + 1);
    const side = sides[tokens[first] ?? ''] as Heading | undefined;
    if (!side) return undefined;
    const last = tokens[first + 1] === 'to' ? pastArticle(tokens, first + 2) : first;
    const whole = last !== first && sides[tokens[last] ?? ''] === opposite[side];
    return phrase(opposite[side], at, (whole ? last : first) + 1);
  }
  const to = tokens[next] === 'to' || tokens[next] === 'towards' || tokens[next] === 'toward';
  const last = to ? pastArticle(tokens, next + 1) : next;
  const side = sides[tokens[last] ?? ''] as Heading | undefined;
  // "Walking up the stairs" is no way across the picture.
  if (!side || (!to && tokens[last + 1] === 'the')) return undefined;
  return phrase(side, at, last + 1);
}

function pastArticle(tokens: readonly string[], at: number): number {
  return tokens[at] === 'the' ? at + 1 : at;
}

function phrase(heading: Heading, start: number, end: number): HeadingPhrase {
  return { heading, start, length: end - start };
}
