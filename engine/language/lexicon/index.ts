import { languageOf } from '../language.ts';
import { singulars } from '../inflection.ts';
import { colourWords } from '../vocabulary/colours.ts';
import { vocabulary } from '../vocabulary/table.ts';
import { roleOf } from '../vocabulary/words.ts';
import { chineseInEnglish } from './chinese-questions.ts';
import { grammars, isKnown, type Known } from './grammar.ts';
import { lexiconOf, plain } from './lexicon.ts';
import { englishOf } from './phrase.ts';
import { piecesOf } from './pieces.ts';

export { answerIn } from './answers.ts';
export { nameIn } from './lexicon.ts';

/** A query or question of another language, in English. */
export interface Understood {
  /** What it was written in, ISO 639-1. */
  language: string;
  /** "a red car on the left"; empty where no word of it is known. */
  english: string;
  /** Words that are in no list, as they were written. */
  unknown: readonly string[];
  /** What it is about, in its own words. */
  said: string;
  /** It is a question of a known wording. */
  asks: boolean;
}

/** Names in other languages that are words of English as well: what is meant isn't told by them. */
const alsoEnglish = new Set(
  `chat pain main gift rot rock bad kind hut mode brief boot wand arm art tag mist coin champ pan sale rat hose fan cane note
  pie ape more fin son four rue mare sole mole pale mute pull short robe sac bol pot tan sol rad wagen see bank wal kran tor
  star dose stern burg zug`.split(/\s+/u),
);

/**
 * Puts a query or question into English, by word lists alone: what isn't in them is left in `unknown`. English, and what is in a
 * language without lists, gives undefined.
 * @param hint the language that the user reads, which counts where the words could be of several
 */
export function inEnglish(text: string, hint?: string): Understood | undefined {
  const { script, code } = languageOf(text);
  if (code === 'zh') return ofHan(text, hint);
  if (script === 'cyrillic') return translated(text, 'ru');
  if (script !== 'latin') return isKnown(code) ? translated(text, code) : undefined;
  if (code === 'en') return undefined;
  const [english, hinted] = [isEnglish(text), isKnown(hint) && latin.includes(hint)];
  if (english && !hinted) return undefined;
  const whole = latin
    .map((language) => translated(text, language))
    .filter((one) => one.english !== '' && one.unknown.length === 0)
    .filter((one) => one.english.replace(/^an? /u, '') !== plain(text));
  const own = [hint, code].flatMap((one) => whole.find(({ language }) => language === one) ?? []).at(0);
  if (own || english) return own;
  if (whole.length === 0) return isKnown(code) ? translated(text, code) : undefined;
  if (wordsIn(text).every((word) => alsoEnglish.has(word))) return undefined;
  // One word may be two things in two languages: what most of them say.
  const readings = Map.groupBy(whole, (one) => one.english);
  return [...readings.values()].sort((a, b) => b.length - a.length)[0][0];
}

/** Japanese is written in the same characters where it has no endings: "自転車" is in no Chinese list. */
function ofHan(text: string, hint: string | undefined): Understood {
  const chinese = { language: 'zh', ...chineseInEnglish(text) };
  if (hint !== 'ja' && chinese.unknown.length === 0) return chinese;
  const japanese = translated(text, 'ja');
  return japanese.english !== '' && japanese.unknown.length === 0 ? japanese : chinese;
}

function translated(text: string, language: Known): Understood {
  return { language, ...englishOf(piecesOf(text, language)), said: text, asks: false };
}

/** Languages in Latin letters. */
const latin = (Object.keys(grammars) as Known[]).filter((one) => !['zh', 'ja', 'ko', 'ru'].includes(one));

let english: ReadonlySet<string> | undefined;

/** Whether all words of a text are English ones, as far as there are lists for. */
function isEnglish(text: string): boolean {
  english ??= new Set([
    ...[...vocabulary.keys(), ...lexiconOf('zh').called.keys(), ...lexiconOf('de').called.keys()].flatMap(
      (phrase) => phrase.split(' ').at(-1) ?? [],
    ),
    ...colourWords,
  ]);
  const words = wordsIn(text).filter((word) => roleOf(word) === 'content');
  return words.length > 0 && words.every((word) => singulars(word).some((one) => english!.has(one)));
}

function wordsIn(text: string): string[] {
  return plain(text).match(/[\p{L}']+/gu) ?? [];
}
