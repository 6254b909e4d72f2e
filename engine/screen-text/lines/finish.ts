import type { ScreenTextLine, ScreenTextScript } from '../../protocol/screen-text.ts';
import type { Sighting } from '../types.ts';
import { joinLines } from './join-lines.ts';
import { kindsOf, type SpeechInterval } from './kinds.ts';

const scripts: readonly (readonly [ScreenTextScript, RegExp])[] = [
  ['kana', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['hangul', /\p{Script=Hangul}/gu],
  ['han', /\p{Script=Han}/gu],
  ['latin', /\p{Script=Latin}/gu],
  ['other', /\p{L}/gu],
];

/** The script of most of a text's letters. Japanese mixes: where there is kana, Han counts as kana. */
export function scriptOf(text: string): ScreenTextScript {
  const counts = scripts.map(([script, pattern]) => ({ script, count: [...text.matchAll(pattern)].length }));
  const letters = counts[counts.length - 1].count;
  if (letters === 0) return 'none';
  if (counts[0].count > 0) counts[0].count += counts[2].count;
  const known = counts.slice(0, -1);
  const best = known.reduce((a, b) => (b.count > a.count ? b : a));
  return best.count * 2 >= letters ? best.script : 'other';
}

/**
 * Makes a video's lines of all that was seen in it: joined, each with its kind and script. Pure, so it can be done
 * again when more is known (when somebody speaks).
 * @returns by start
 */
export function finishLines(
  sightings: readonly Sighting[],
  speech?: readonly SpeechInterval[],
): ScreenTextLine[] {
  const lines = joinLines(sightings);
  const kinds = kindsOf(lines, speech);
  return lines.map(({ angle: _, ...line }, index) => ({
    ...line,
    script: scriptOf(line.text),
    kind: kinds[index],
  }));
}
