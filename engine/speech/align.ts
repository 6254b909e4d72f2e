import type { Span } from './types.ts';
import type { TextWord } from './words.ts';

/** A word with when it was said. */
export interface TimedWord extends TextWord, Span {}

/** Between two anchors the words may take longer or shorter than their letters say, by about this (seconds squared). */
const variance = (seconds: number) => 0.03 + 0.05 * seconds;
/** A pause that no punctuation is for. People pause before the small words that begin a phrase: "… that", "… in the". */
const pauseInside = (seconds: number, next: TextWord) =>
  (next.to - next.from <= 4 ? 0.5 : 1.5) * (0.8 + 3 * Math.min(seconds, 1));
/** A pause that no word ends at: a long one is hardly inside a word. */
const pauseIgnored = (seconds: number) => (seconds < 0.1 ? 4 * seconds : 10 * seconds);
/** Punctuation without a pause. */
const unpaused = { none: 0, comma: 0.6, sentence: 1.2 };
/** So many pauses in a row may be ignored. */
const mostIgnored = 12;

/**
 * Says when each word of a piece was said, for recognisers that only give text: words are laid into the speech by how
 * long they are, and the pauses are matched with punctuation and word ends, so that the whole fits best (dynamic
 * programming over pauses and word boundaries). Between two matched pauses words share the time by their length.
 *
 * @param span from the first sound of speech to the last
 * @param pauses in it, in order, not overlapping
 */
export function alignWords(words: readonly TextWord[], span: Span, pauses: readonly Span[]): TimedWord[] {
  if (words.length === 0) return [];
  const before = [0];
  for (const { weight } of words) before.push(before.at(-1)! + weight);
  const anchors = matchPauses(words, before, span, pauses);
  const timed: TimedWord[] = [];
  let from = { word: 0, time: span.start };
  for (const { word, pause } of [
    ...anchors,
    { word: words.length, pause: { start: span.end, end: span.end } },
  ]) {
    const inside = pauses.filter(({ start, end }) => start > from.time && end < pause.start);
    const at = spokenClock({ start: from.time, end: pause.start }, inside);
    const whole = before[word] - before[from.word];
    for (let n = from.word; n < word; n++) {
      const start = at((before[n] - before[from.word]) / whole, 'start');
      const end = at((before[n + 1] - before[from.word]) / whole, 'end');
      timed.push({ ...words[n], start, end: Math.max(start, end) });
    }
    from = { word, time: pause.end };
  }
  return timed;
}

/** A clock that stands still in pauses: from a share of the spoken time to the time. */
function spokenClock(span: Span, pauses: readonly Span[]): (share: number, edge: 'start' | 'end') => number {
  const spoken = span.end - span.start - pauses.reduce((sum, { start, end }) => sum + end - start, 0);
  return (share, edge) => {
    let time = span.start + share * spoken;
    for (const { start, end } of pauses)
      if (time > start + 1e-9 || (edge === 'start' && time > start - 1e-9)) time += end - start;
      else break;
    return Math.min(time, span.end);
  };
}

interface Anchor {
  /** The word that begins after the pause. */
  word: number;
  pause: Span;
}

interface State {
  cost: number;
  /** The anchor before: number of its pause (-1: the beginning) and word. */
  pause: number;
  word: number;
}

function matchPauses(
  words: readonly TextWord[],
  before: readonly number[],
  span: Span,
  pauses: readonly Span[],
): Anchor[] {
  const [count, last] = [words.length, pauses.length];
  // Spoken time up to the beginning of each pause; the end of the span counts as one more.
  const spokenTo = [...pauses, { start: span.end, end: span.end }].map(
    ({ start }, n) =>
      start - span.start - pauses.slice(0, n).reduce((sum, pause) => sum + pause.end - pause.start, 0),
  );
  const rate = spokenTo[last] / before[count];
  const unpausedTo = [0];
  for (const { stop } of words) unpausedTo.push(unpausedTo.at(-1)! + unpaused[stop]);
  const ignoredTo = [0];
  for (const { start, end } of pauses) ignoredTo.push(ignoredTo.at(-1)! + pauseIgnored(end - start));

  const best: State[][] = [];
  /** The cheapest way to have pause `k` before word `j`. */
  const reach = (k: number, j: number): State => {
    let found: State = { cost: Infinity, pause: -1, word: 0 };
    const consider = (pause: number, word: number, cost: number) => {
      const expected = (before[j] - before[word]) * rate;
      const actual = spokenTo[k] - (pause < 0 ? 0 : spokenTo[pause]);
      const ignored = ignoredTo[k] - ignoredTo[pause + 1];
      // The last word's own punctuation has its pause here.
      const silent = unpausedTo[Math.max(word, j - 1)] - unpausedTo[word];
      const total = cost + (expected - actual) ** 2 / variance(actual) + ignored + silent;
      if (total < found.cost) found = { cost: total, pause, word };
    };
    if (k <= mostIgnored) consider(-1, 0, 0);
    for (let pause = Math.max(0, k - 1 - mostIgnored); pause < k; pause++)
      for (let word = 1; word < j; word++) consider(pause, word, best[pause][word].cost);
    return found;
  };
  for (let k = 0; k < last; k++) {
    const { start, end } = pauses[k];
    best.push([{ cost: Infinity, pause: -1, word: 0 }]);
    for (let j = 1; j < count; j++) {
      const state = reach(k, j);
      const placed = words[j - 1].stop === 'none' ? pauseInside(end - start, words[j]) : 0;
      best[k].push({ ...state, cost: state.cost + placed });
    }
  }
  const anchors: Anchor[] = [];
  let state = reach(last, count);
  while (state.pause >= 0) {
    anchors.unshift({ word: state.word, pause: pauses[state.pause] });
    state = best[state.pause][state.word];
  }
  return anchors;
}
