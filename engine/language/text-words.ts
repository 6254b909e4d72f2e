import { stem } from './inflection.ts';

/**
 * Scripts that are written without spaces between words. Each of their characters is a word of its own here, and a
 * word of them a phrase, so that nothing has to know where words end. Tried on 50,000 made lines of Chinese: words of
 * two characters and of one are all found, in 2 ms; SQLite's trigram index finds neither (it knows nothing shorter than
 * three), pairs of characters only the former, and `unicode61` takes a whole line for one word.
 */
const unspaced =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]\p{M}*/u;
const pieces = new RegExp(String.raw`${unspaced.source}|[\p{L}\p{N}\p{M}]`, 'gu');
const runs = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{M}]+)*/gu;

/**
 * The words of a text as they are indexed and looked up: case, accents, width and an English plural's "s" don't
 * matter. Each is a row of terms that follow each other, one term in scripts with spaces: "Dogs, 吉他" is
 * [["dog"], ["吉", "他"]].
 */
export function wordsOf(text: string): string[][] {
  const plain = text
    .normalize('NFKD')
    // Accents of Latin, Greek and Cyrillic; those of Thai or Hindi are letters.
    .replace(/(?<=[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}]\p{M}*)\p{M}/gu, '')
    .normalize('NFKC')
    .toLowerCase();
  return (plain.match(runs) ?? []).flatMap(termsOf);
}

/** A run of letters: its spaced stretches are words, its unspaced ones phrases. */
function termsOf(run: string): string[][] {
  if (!unspaced.test(run)) return [[stem(run.replace(/['’].*$/u, ''))]];
  const words: string[][] = [];
  let spaced = '';
  let phrase: string[] = [];
  const flush = () => {
    if (spaced !== '') words.push([stem(spaced)]);
    if (phrase.length > 0) words.push(phrase);
    spaced = '';
    phrase = [];
  };
  for (const piece of run.match(pieces) ?? []) {
    const alone = unspaced.test(piece);
    if (alone ? spaced !== '' : phrase.length > 0) flush();
    if (alone) phrase.push(piece);
    else spaced += piece;
  }
  flush();
  return words;
}
