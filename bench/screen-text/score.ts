import type { ScreenTextLine } from '../../engine/protocol/screen-text.ts';
import type { SlideTruth } from '../../demo/slides/film-slides.ts';

/** How well lines tell what was on slides. */
export interface Score {
  /** Words of the slides: letters and digits in a row; of Chinese, each two letters in a row, as they are searched for. */
  words: number;
  found: number;
  /** Words that were read, and those of them that stood there. */
  read: number;
  right: number;
  /** Seconds between when a line came and when it is said to have come, for lines all of whose words were found. */
  startErrors: number[];
  endErrors: number[];
  missed: { word: string; line: string; at: number }[];
}

/** A line may be told so much too early or too late and still count, in seconds. */
const slack = 2.5;
const han = /\p{Script=Han}/u;

/** The words of a text as a search takes them: letters and digits, width and case folded; Chinese as pairs of letters. */
export function wordsOf(text: string): string[] {
  const folded = text.normalize('NFKC').toLowerCase();
  return [...folded.matchAll(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}])+/gu)].flatMap(([piece]) => {
    if (!han.test(piece)) return [piece];
    const letters = [...piece];
    return letters.length < 2 ? [piece] : letters.slice(1).map((letter, i) => letters[i] + letter);
  });
}

/** Compares lines with the truth. A word counts as found when a line that overlaps its time has it. */
export function score(truth: readonly SlideTruth[], lines: readonly ScreenTextLine[]): Score {
  const result: Score = { words: 0, found: 0, read: 0, right: 0, startErrors: [], endErrors: [], missed: [] };
  const readings = lines.map((line) => ({ line, words: new Set(wordsOf(line.text)) }));
  const texts = truth.map(({ text }) => text);
  for (const wanted of truth) {
    const words = wordsOf(wanted.text);
    const here = readings.filter(({ line }) => line.start < wanted.end && line.end > wanted.start);
    const missing = words.filter((word) => !here.some((reading) => reading.words.has(word)));
    result.words += words.length;
    result.found += words.length - missing.length;
    for (const word of missing) result.missed.push({ word, line: wanted.text, at: wanted.start });
    const whole = here
      .filter((reading) => words.every((word) => reading.words.has(word)))
      .sort((a, b) => Math.abs(a.line.start - wanted.start) - Math.abs(b.line.start - wanted.start))[0];
    // The same words on two slides may be one line or two.
    if (!whole || texts.indexOf(wanted.text) !== texts.lastIndexOf(wanted.text)) continue;
    result.startErrors.push(whole.line.start - wanted.start);
    result.endErrors.push(whole.line.end - wanted.end);
  }
  for (const { line, words } of readings) {
    const there = new Set(
      truth
        .filter(({ start, end }) => start < line.end + slack && end > line.start - slack)
        .flatMap(({ text }) => wordsOf(text)),
    );
    for (const word of words) {
      result.read++;
      if (there.has(word)) result.right++;
    }
  }
  return result;
}
