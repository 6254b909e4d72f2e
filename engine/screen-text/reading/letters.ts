/** Han, kana, hangul: written without spaces between words, or with letters as wide as they are high. */
const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const fullWidth = /[\uff01-\uff5e]/u;

/** After these signs the net loses spaces most: "page 3,figure 2". A word follows; times, prices and addresses stay. */
const lostSpace = /(?<=[\p{L}\p{N})\]"'])[,;:](?=\p{Script=Latin}{2})/gu;

/** Whether a text has letters of East Asia. */
export function hasWideLetters(text: string): boolean {
  return wide.test(text);
}

/**
 * What the recogniser spells, as it is written: letters and digits at half width; signs and spaces at half width where
 * the line isn't East Asian (its dictionary knows both widths, and the net picks either); one space at a time, and one after a comma, semicolon or colon.
 */
export function tidied(text: string): string {
  const eastAsian = hasWideLetters(text);
  const narrow = [...text].map((letter) => {
    if (letter === '\u3000') return ' ';
    if (letter === '\uffe5') return '¥';
    if (!fullWidth.test(letter)) return letter;
    const half = String.fromCodePoint(letter.codePointAt(0)! - 0xfee0);
    return !eastAsian || /[a-z0-9]/iu.test(half) ? half : letter;
  });
  return narrow.join('').replace(lostSpace, '$& ').replace(/\s+/gu, ' ').trim();
}
