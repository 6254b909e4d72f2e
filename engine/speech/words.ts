/** A word of a recognised text, before it is known when it was said. */
export interface TextWord {
  text: string;
  /** Where it stands in the text. */
  from: number;
  to: number;
  /** How long it takes to say, compared with the others. */
  weight: number;
  /** What follows it: nothing, a comma or the like, the end of a sentence. */
  stop: 'none' | 'comma' | 'sentence';
}

/** Scripts without spaces: each character counts as a word, together with the marks that follow it. */
const unspaced = String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]`;
const closing = String.raw`[\p{M}\p{Pe}\p{Pf}.,!?;:…、。，！？；：・ー"'’%]*`;
const pattern = new RegExp(
  String.raw`[\p{Ps}\p{Pi}"'‘¿¡]*(?:${unspaced}${closing}|(?:(?!${unspaced})\S)+)`,
  'gu',
);

/** The words of a text, in order. What holds neither letter nor digit goes with the word before it. */
export function wordsIn(text: string): TextWord[] {
  const words: TextWord[] = [];
  for (const match of text.matchAll(pattern)) {
    const [word] = match;
    const last = words.at(-1);
    const to = match.index + word.length;
    if (!/[\p{L}\p{N}]/u.test(word)) {
      if (!last) continue;
      last.text = text.slice(last.from, to);
      last.to = to;
      last.stop = stopOf(last.text);
    } else words.push({ text: word, from: match.index, to, weight: weightOf(word), stop: stopOf(word) });
  }
  return words;
}

/** Letters; a character of a script of syllables takes longer, a figure is a word of its own. */
function weightOf(word: string): number {
  let weight = 1;
  for (const character of word)
    if (/\p{N}/u.test(character)) weight += 4;
    else if (new RegExp(unspaced, 'u').test(character)) weight += 2.5;
    else if (/\p{sc=Hangul}/u.test(character)) weight += 2.5;
    else if (/\p{L}/u.test(character)) weight += 1;
  return weight;
}

const abbreviation = /^(?:\p{L}|mr|mrs|ms|dr|prof|st|vs|etc|e\.g|i\.e|no)\.$/iu;

function stopOf(word: string): TextWord['stop'] {
  const bare = word.replace(/[\p{Pe}\p{Pf}"'’]+$/gu, '');
  if (/[!?…。！？]$/.test(bare) || (bare.endsWith('.') && !abbreviation.test(bare))) return 'sentence';
  return /[,;:、，；：—–]$/.test(bare) ? 'comma' : 'none';
}
