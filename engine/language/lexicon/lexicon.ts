import { isKnown, type Known } from './grammar.ts';
import { de } from './names/de.ts';
import { es } from './names/es.ts';
import { fr } from './names/fr.ts';
import { it } from './names/it.ts';
import { ja } from './names/ja.ts';
import { ko } from './names/ko.ts';
import { pt } from './names/pt.ts';
import { ru } from './names/ru.ts';
import { zh } from './names/zh.ts';
import { stemIn } from './stems.ts';

/** What things are called in one language. */
export interface Lexicon {
  /** English names by what is said, in {@link plain} form. */
  readonly names: ReadonlyMap<string, string>;
  /** The same by words without their endings, joined by spaces. */
  readonly stems: ReadonlyMap<string, string>;
  /** What a thing of an English name is called. */
  readonly called: ReadonlyMap<string, string>;
  /** Most letters, and words, that a name has. */
  readonly longest: { letters: number; words: number };
}

const sources: Record<Known, string> = { zh, de, fr, es, it, pt, ja, ko, ru };
const opened = new Map<Known, Lexicon>();

/** The word list of a language, made when it is first asked for. */
export function lexiconOf(language: Known): Lexicon {
  let known = opened.get(language);
  if (!known) opened.set(language, (known = read(language, sources[language])));
  return known;
}

/** What a thing of an English name is called in a language; undefined where nobody wrote it down. */
export function nameIn(language: string, english: string): string | undefined {
  return isKnown(language) ? lexiconOf(language).called.get(english.toLowerCase()) : undefined;
}

/** Words as they are looked up: width, case, accents' composition, apostrophes and "ё" don't matter. */
export function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’‘ʼ]/gu, "'")
    .replaceAll('ё', 'е')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** A phrase's words without their endings. */
export function stemmed(language: Known, phrase: string): string {
  return phrase
    .split(/[ '-]/u)
    .map((word) => stemIn(language, word))
    .join(' ');
}

function read(language: Known, source: string): Lexicon {
  const names = new Map<string, string>();
  const stems = new Map<string, string>();
  const called = new Map<string, string>();
  for (const entry of source.split(/[;\n]/u)) {
    const [english, said = ''] = entry.split('=');
    for (const name of said.split(',').filter(Boolean)) {
      if (!names.has(name)) names.set(name, english);
      const stem = stemmed(language, name);
      if (!stems.has(stem)) stems.set(stem, english);
      if (!called.has(english)) called.set(english, name);
    }
  }
  const all = [...names.keys()];
  const longest = {
    letters: Math.max(...all.map((name) => name.length)),
    words: Math.max(...all.map((name) => name.split(' ').length)),
  };
  return { names, stems, called, longest };
}
