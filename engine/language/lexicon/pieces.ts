import { vocabulary } from '../vocabulary/table.ts';
import { withoutParticle } from '../text-words.ts';
import { singulars } from '../inflection.ts';
import { grammars, type Known, type PieceKind } from './grammar.ts';
import { lexiconOf, plain, stemmed } from './lexicon.ts';

/** A word or phrase of a query, with what it does and its English. */
export interface Piece {
  kind: PieceKind;
  /** Empty for what says nothing, the words themselves where nobody knows them. */
  english: string;
  /** As it was written, in {@link plain} form. */
  said: string;
}

/** Takes a phrase apart: the longest names and small words from the left on; what is left over is unknown. */
export function piecesOf(text: string, language: Known): Piece[] {
  const words = plain(text);
  const pieces = grammars[language].spaced ? spaced(words, language) : unspaced(words, language);
  const named = pieces.map((piece, at) => asColour(piece, pieces, at, language));
  return joinUnknown(grammars[language].spaced ? named : named.map(partOfUnknown));
}

const compiled = new Map<Known, readonly { kind: PieceKind; english: string; pattern: RegExp }[]>();

/** @returns the small words' expressions, each from where it stands on to a whole match of `sticky` text */
function smallWords(language: Known) {
  let known = compiled.get(language);
  if (!known) {
    const end = grammars[language].spaced ? '(?![\\p{L}\\p{M}\\p{N}])' : '';
    known = grammars[language].rows.map(([kind, english, source]) => ({
      kind,
      english,
      pattern: new RegExp(`(?:${source})${source.endsWith("'") ? '' : end}`, 'uy'),
    }));
    compiled.set(language, known);
  }
  return known;
}

function smallWordAt(text: string, at: number, language: Known): Piece | undefined {
  let best: Piece | undefined;
  for (const { kind, english, pattern } of smallWords(language)) {
    pattern.lastIndex = at;
    const [said] = pattern.exec(text) ?? [''];
    if (said !== '' && said.length > (best?.said.length ?? 0)) best = { kind, english, said };
  }
  return best;
}

/** Chinese and Japanese: no spaces, so the longest that fits. */
function unspaced(text: string, language: Known): Piece[] {
  const { names, longest } = lexiconOf(language);
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length;) {
    if (/[\s。！？!?.]/u.test(text[at])) {
      at++;
      continue;
    }
    const latin = /^[a-z][a-z0-9-]*(?: [a-z][a-z0-9-]*)*/u.exec(text.slice(at))?.[0];
    let thing: Piece | undefined;
    for (let length = Math.min(longest.letters, text.length - at); length > 0 && !thing; length--) {
      const said = text.slice(at, at + length);
      const english = names.get(said);
      if (english) thing = { kind: 'thing', english, said };
    }
    const small = smallWordAt(text, at, language);
    const best = [thing, small, latin === undefined ? undefined : englishThing(latin)]
      .filter((piece) => piece !== undefined)
      // A name goes before a small word of the same length.
      .reduce<Piece | undefined>((a, b) => (a && a.said.length >= b.said.length ? a : b), undefined);
    const piece = best ?? { kind: 'unknown', english: latin ?? text[at], said: latin ?? text[at] };
    pieces.push(piece);
    at += piece.said.length;
  }
  return pieces;
}

/** An English name in the midst of other writing: "iPhone 手机", "tv". */
function englishThing(words: string): Piece | undefined {
  const known = singulars(words).find((one) => (vocabulary.get(one)?.labels.length ?? 0) > 0);
  return known === undefined ? undefined : { kind: 'thing', english: known, said: words };
}

/** Languages with spaces: the longest phrase of whole words, then the same without endings. */
function spaced(text: string, language: Known): Piece[] {
  const { longest } = lexiconOf(language);
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length;) {
    const rest = text.slice(at);
    const gap = /^[\s.!?;:"«»„“”()¿¡]+/u.exec(rest)?.[0];
    if (gap !== undefined) {
      at += gap.length;
      continue;
    }
    const small = smallWordAt(text, at, language);
    const thing = thingAt(rest, language, longest.words);
    const word = /^(?:[\p{L}\p{M}\p{N}]+(?:[-'][\p{L}\p{M}\p{N}]+)*|.)/u.exec(rest)?.[0] ?? rest;
    const best = [thing, small]
      .filter((piece) => piece !== undefined)
      .reduce<Piece | undefined>((a, b) => (a && a.said.length >= b.said.length ? a : b), undefined);
    const piece = best ?? { kind: 'unknown', english: word, said: word };
    pieces.push(piece);
    at += piece.said.length;
  }
  return pieces;
}

function thingAt(rest: string, language: Known, most: number): Piece | undefined {
  const { names, stems } = lexiconOf(language);
  const tokens = /^(?:[\p{L}\p{M}\p{N}]+(?:[-'][\p{L}\p{M}\p{N}]+)*(?: |$|(?=[^\p{L}\p{M}\p{N}])))+/u.exec(
    rest,
  )?.[0];
  if (tokens === undefined) return undefined;
  const words = tokens.trim().split(' ');
  for (let length = Math.min(most, words.length); length > 0; length--) {
    const said = words.slice(0, length).join(' ');
    const bare = language === 'ko' ? withoutParticle([...said]).join('') : said;
    const english = names.get(said) ?? names.get(bare) ?? stems.get(stemmed(language, said));
    if (english) return { kind: 'thing', english, said };
  }
  return undefined;
}

/** "Une rose" is a flower and "une voiture rose" a pink car: a name that is a colour too is one beside another name. */
function asColour(piece: Piece, all: readonly Piece[], at: number, language: Known): Piece {
  if (piece.kind !== 'thing' && piece.kind !== 'colour') return piece;
  const colour = smallWords(language).find(({ kind, pattern }) => {
    pattern.lastIndex = 0;
    return kind === 'colour' && pattern.exec(piece.said)?.[0] === piece.said;
  });
  const name = lexiconOf(language).names.get(piece.said);
  if (!colour || name === undefined) return piece;
  const beside = [all.at(at - 1), all.at(at + 1)].some(
    (other, side) => other?.kind === 'thing' && (side === 1 || at > 0),
  );
  return beside
    ? { ...piece, kind: 'colour', english: colour.english }
    : { ...piece, kind: 'thing', english: name };
}

/** A single character beside one that nobody knows may be half of another word: "手" of "握手" is no hand. */
function partOfUnknown(piece: Piece, at: number, all: readonly Piece[]): Piece {
  const beside = [all[at - 1], all.at(at + 1)] as (Piece | undefined)[];
  const half =
    piece.kind === 'thing' &&
    piece.said.length === 1 &&
    beside.some((other) => other?.kind === 'unknown' && /\p{L}/u.test(other.said));
  return half ? { kind: 'unknown', english: piece.said, said: piece.said } : piece;
}

/** Letters that nobody knows, side by side, are one word. */
function joinUnknown(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (piece.kind === 'unknown' && last?.kind === 'unknown' && !/^[\p{P}]$/u.test(piece.said)) {
      const between = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u.test(piece.said) ? '' : ' ';
      last.said += between + piece.said;
      last.english = last.said;
    } else joined.push({ ...piece });
  }
  return joined;
}
