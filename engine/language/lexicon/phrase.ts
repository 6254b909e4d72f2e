import { withArticle } from '../prompts.ts';
import type { Piece } from './pieces.ts';

/** What is looked for, in English. */
export interface EnglishPhrase {
  /** "a red car on the left"; empty where nothing of it is known. */
  english: string;
  /** What nobody knows, as it was written. */
  unknown: string[];
}

/**
 * English for the pieces of a phrase. Chinese and Japanese put what describes a thing before it, with "的" or "の" between:
 * "戴帽子的人" is "a person wearing a hat", "桌子上的瓶子" "a bottle on a table".
 */
export function englishOf(pieces: readonly Piece[], article = true): EnglishPhrase {
  const parts: string[] = [];
  const unknown = pieces.filter(({ kind }) => kind === 'unknown').map(({ said }) => said);
  let from = 0;
  for (let at = 0; at <= pieces.length; at++) {
    const joins = pieces.at(at)?.kind;
    if (at < pieces.length && joins !== 'and' && joins !== 'or') continue;
    const words = onePhrase(pieces.slice(from, at), article);
    if (words !== '') {
      const joint = from > 0 && parts.length > 0 ? pieces[from - 1].english : undefined;
      if (joint !== undefined) parts.push(joint);
      parts.push(words);
    }
    from = at + 1;
  }
  return { english: parts.join(' '), unknown };
}

function onePhrase(pieces: readonly Piece[], article: boolean): string {
  const at = pieces.findLastIndex(
    ({ kind }, index) => kind === 'of' && pieces.slice(index + 1).some((piece) => piece.kind === 'thing'),
  );
  const before = at < 0 ? [] : pieces.slice(0, at);
  const describes = before.some(({ kind }) => kind === 'thing' || kind === 'act' || kind === 'relation');
  if (!describes) return plainPhrase(pieces, article);
  const head = plainPhrase(pieces.slice(at + 1), article);
  return `${head} ${described(before)}`;
}

/** "Riding a bicycle", "on a table": what comes behind an English noun. */
function described(pieces: readonly Piece[]): string {
  const act = pieces.find(({ kind }) => kind === 'act')?.english;
  const relation = pieces.findLast(({ kind }) => kind === 'relation')?.english;
  const rest = pieces.filter(({ kind }) => kind !== 'relation' && kind !== 'act');
  const joint = relation ?? (act === undefined ? 'with' : undefined);
  return [act, joint, plainPhrase(rest, true)].filter(Boolean).join(' ');
}

/** Count, colours and name, then what it does, where it goes and where it is. */
function plainPhrase(pieces: readonly Piece[], article: boolean): string {
  const of = (wanted: Piece['kind']) =>
    pieces.filter(({ kind }) => kind === wanted).map(({ english }) => english);
  const [count = ''] = of('count');
  const [colour, acts, headings, places] = [of('colour'), of('act'), of('heading'), of('place')];
  const [first, ...others] = of('thing');
  const several = count !== '' && count !== 'a' && count !== 'some';
  const noun = first === undefined ? '' : several ? plural(first) : first;
  const name = [colour.join(' and '), noun].filter(Boolean).join(' ');
  const one = article && noun !== '' && !uncounted.test(noun);
  const counted = several ? `${count} ${name}` : one ? withArticle(name) : name;
  const behind = others.map((thing) => (acts.length > 0 ? withArticle(thing) : thing));
  return [counted, ...acts, ...behind, ...headings, ...places].filter(Boolean).join(' ');
}

/** What there is no "a" or several of. */
const uncounted =
  /(?:^| )(?:clothing|clothes|food|luggage|furniture|grass|snow|rain|fire|bread|rice|people)$/u;

const irregular: Readonly<Record<string, string>> = {
  ...{ person: 'people', man: 'men', woman: 'women', child: 'children', mouse: 'mice', knife: 'knives' },
  ...{ sheep: 'sheep', fish: 'fish', wolf: 'wolves', deer: 'deer', leaf: 'leaves', goose: 'geese' },
};

/** More than one of an English name. */
export function plural(name: string): string {
  const last = name.split(' ').at(-1) ?? '';
  const many = Object.hasOwn(irregular, last)
    ? irregular[last]
    : uncounted.test(last) || /(?:scissors|skis|trousers|shorts|glasses|shoes)$/u.test(last)
      ? last
      : /(?:s|x|ch|sh)$/u.test(last)
        ? `${last}es`
        : /[^aeiou]y$/u.test(last)
          ? `${last.slice(0, -1)}ies`
          : `${last}s`;
  return name.slice(0, name.length - last.length) + many;
}
