import type { TranscriptLine } from '../protocol/transcript.ts';
import type { TimedWord } from './align.ts';

/** A pause that ends a line without any punctuation, in seconds. */
const longPause = 1;
/** What can be read at one glance: two subtitle lines of 42 characters, some 7 seconds. */
const longest = { characters: 84, seconds: 8 };
/** A line that is cut is not cut shorter than this. */
const leastWords = 4;

/**
 * Makes lines of words: a sentence each; long ones are divided at their commas, else at their longest pauses.
 *
 * @param text what the words were taken from: it knows where there are spaces
 */
export function linesOf(
  text: string,
  words: readonly TimedWord[],
  rest: Pick<TranscriptLine, 'language' | 'confidence'>,
): TranscriptLine[] {
  return sentences(words)
    .flatMap(divided)
    .map((line) => ({
      start: line[0].start,
      end: Math.max(line[0].start, line.at(-1)!.end),
      text: text.slice(line[0].from, line.at(-1)!.to),
      words: line.map(({ start, end, text: word }) => ({ start, end, text: word })),
      ...rest,
    }));
}

function sentences(words: readonly TimedWord[]): TimedWord[][] {
  const found: TimedWord[][] = [];
  for (const word of words) {
    const last = found.at(-1)?.at(-1);
    const follows = last && last.stop !== 'sentence' && word.start - last.end < longPause;
    if (follows) found.at(-1)!.push(word);
    else found.push([word]);
  }
  return found;
}

function divided(line: TimedWord[]): TimedWord[][] {
  const characters = line.at(-1)!.to - line[0].from;
  const seconds = line.at(-1)!.end - line[0].start;
  if (line.length < 2 * leastWords || (characters <= longest.characters && seconds <= longest.seconds))
    return [line];
  const middle = (line[0].from + line.at(-1)!.to) / 2;
  const places = line.slice(leastWords, -leastWords + 1).map((word, n) => {
    const last = line[n + leastWords - 1];
    const off = Math.abs(word.from - middle) / characters;
    return {
      at: n + leastWords,
      good: (last.stop === 'none' ? 0 : 1) + 2 * (word.start - last.end) - 2 * off,
    };
  });
  const { at } = places.reduce((best, place) => (place.good > best.good ? place : best));
  return [...divided(line.slice(0, at)), ...divided(line.slice(at))];
}
