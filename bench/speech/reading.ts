/**
 * The reading that is measured unless another is given: the opening of A Tale of Two Cities (Dickens, 1859), phrase by
 * phrase, with when each begins in the recording that the PyPI package moonshine-voice 0.1.5 carries (two_cities.wav, 44.4 s).
 * The times are where the level of the sound rises after the pause before, read off in steps of 5 ms.
 */
export const reading: readonly (readonly [start: number, phrase: string])[] = [
  [1.21, 'It was the best of times'],
  [2.99, 'it was the worst of times'],
  [5.04, 'it was the age of wisdom'],
  [6.69, 'it was the age of foolishness'],
  [8.82, 'it was the epoch of belief'],
  [10.78, 'it was the epoch of incredulity'],
  [13.49, 'it was the season of Light'],
  [15.15, 'it was the season of Darkness'],
  [17.57, 'it was the spring of hope'],
  [18.98, 'it was the winter of despair'],
  [21.27, 'we had everything before us'],
  [22.75, 'we had nothing before us'],
  [24.66, 'we were all going direct to Heaven'],
  [26.59, 'we were all going direct the other way'],
  [29.13, 'In short'],
  [29.95, 'the period was so far like the present period'],
  [32.8, 'that some of its noisiest authorities insisted on its being received'],
  [37.02, 'for good or for evil'],
  [38.72, 'in the superlative degree of comparison only'],
];

/** The words of a text as they are compared: letters and figures, lower case. */
export function plainWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}'’]+/gu) ?? [];
}

/** How a text differs from what was said, word by word. */
export interface Comparison {
  errors: number;
  words: number;
  /** For each word that was said, which word of the text it is; undefined where it isn't in the text as it was said. */
  heard: (number | undefined)[];
}

/** Fewest substituted, left out and added words (Levenshtein), as the word error rate counts them. */
export function compareWords(said: readonly string[], heard: readonly string[]): Comparison {
  const cost = Array.from({ length: said.length + 1 }, (_, i) =>
    Array.from({ length: heard.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= said.length; i++)
    for (let j = 1; j <= heard.length; j++)
      cost[i][j] = Math.min(
        cost[i - 1][j - 1] + (said[i - 1] === heard[j - 1] ? 0 : 1),
        cost[i - 1][j] + 1,
        cost[i][j - 1] + 1,
      );
  const matched: (number | undefined)[] = said.map(() => undefined);
  let [i, j] = [said.length, heard.length];
  while (i > 0 && j > 0) {
    const same = said[i - 1] === heard[j - 1];
    if (cost[i][j] === cost[i - 1][j - 1] + (same ? 0 : 1)) {
      if (same) matched[i - 1] = j - 1;
      i--;
      j--;
    } else if (cost[i][j] === cost[i - 1][j] + 1) i--;
    else j--;
  }
  return { errors: cost[said.length][heard.length], words: said.length, heard: matched };
}
