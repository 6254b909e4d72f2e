import { stem } from './inflection.ts';

/**
 * Scripts that are written without spaces between words, and Korean, which writes particles onto its words. The
 * long-vowel mark "ー" belongs to kana though it has no script of its own. Each of their characters is a word of its own here, and a
 * word of them a phrase, so that nothing has to know where words end. Tried on 50,000 made lines of Chinese: words of
 * two characters and of one are all found, in 2 ms; SQLite's trigram index finds neither (it knows nothing shorter than
 * three), pairs of characters only the former, and `unicode61` takes a whole line for one word.
 */
const unspaced =
  /[\p{sc=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]\p{M}*/u;
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

/** What Korean writes behind a noun, the longer ones first. */
const particles =
  /(?:에서는|에서도|으로는|으로도|에게서|한테서|이라고|이라는|부터|까지|에서|에게|한테|께서|으로|처럼|보다|마다|조차|마저|밖에|이나|이랑|라고|라는|하고|은|는|이|가|을|를|에|의|와|과|도|로|만|랑|나|야)$/u;

/**
 * A word as it is looked up: a Korean noun without its particle, so that "강아지가" finds "강아지는" too. What is left has two
 * syllables at least.
 */
export function withoutParticle(word: readonly string[]): string[] {
  if (word.length < 3 || !word.every((term) => /^\p{sc=Hangul}$/u.test(term))) return [...word];
  const noun = word.join('').replace(particles, '');
  return noun.length >= 2 ? [...noun] : [...word];
}
