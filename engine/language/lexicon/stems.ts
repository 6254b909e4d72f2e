import type { Known } from './grammar.ts';

/** Endings of plurals and cases, the longest first; what is left has three letters at least. */
const endings: Partial<Record<Known, RegExp>> = {
  de: /(?:innen|ern|en|er|es|em|e|n|s)$/u,
  fr: /(?:eaux|aux|eau|al|es|s|x|e)$/u,
  es: /(?:ones|ón|es|as|os|s|a|o|e)$/u,
  it: /(?:chi|che|ghi|ghe|co|ca|go|ga|[oaie])$/u,
  pt: /(?:ões|ães|ãos|ão|ais|éis|is|al|el|ns|m|es|as|os|s|a|o|e)$/u,
  ru: /(?:иями|ями|ами|ией|иям|иях|ов|ев|ей|ой|ий|ая|ую|ом|ем|ам|ям|ах|ях|ью|ия|ию|ии|а|я|о|е|ы|и|у|ю|ь)$/u,
};

const least = 3;

/**
 * A word without what its number and case write behind it, so that "Hunde", "собаку" and "camiones" find "Hund", "собака" and
 * "camión". Rough: it serves to look up words that aren't found as they are.
 */
export function stemIn(language: Known, word: string): string {
  const ending = endings[language];
  if (!ending) return word;
  const bare = language === 'de' ? withoutUmlaut(word) : word;
  const [found] = ending.exec(bare) ?? [''];
  const stem = bare.slice(0, bare.length - found.length);
  return stem.length >= least ? stem : bare;
}

function withoutUmlaut(word: string): string {
  return word.replaceAll('ä', 'a').replaceAll('ö', 'o').replaceAll('ü', 'u');
}
