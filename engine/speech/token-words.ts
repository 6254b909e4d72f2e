import type { TimedWord } from './align.ts';
import type { Recognised, Span } from './types.ts';
import type { TextWord } from './words.ts';

/**
 * Times of words from a recogniser that says when each of its tokens begins: a word begins with the token that holds its
 * first character, and ends where the next begins, or with the speech that it lies in.
 *
 * @param time when the piece's first sample is due
 * @returns undefined where the tokens don't spell the text
 */
export function timeByTokens(
  words: readonly TextWord[],
  tokens: NonNullable<Recognised['tokens']>,
  time: number,
  speech: readonly Span[],
): TimedWord[] | undefined {
  // Letters only: tokens mark spaces in their own ways, and texts have their first letter raised.
  const starts: number[] = [];
  let spelled = '';
  for (const { text, start } of tokens)
    for (const letter of lettersOf(text)) {
      spelled += letter;
      starts.push(time + start);
    }
  let at = 0;
  const begins: number[] = [];
  for (const { text } of words) {
    const letters = lettersOf(text).join('');
    const found = letters === '' ? at : spelled.indexOf(letters, at);
    if (found < 0 || found > at + 40) return undefined;
    begins.push(starts[Math.min(found, starts.length - 1)] ?? time);
    at = found + letters.length;
  }
  return words.map((word, n) => {
    const start = begins[n];
    const spoken = speech.find((span) => span.end > start);
    const next = begins[n + 1] ?? Infinity;
    return { ...word, start, end: Math.max(start, Math.min(next, spoken?.end ?? next)) };
  });
}

function lettersOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}\p{M}]/gu) ?? [];
}
