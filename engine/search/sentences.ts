import type { StoredLine, TrackKind } from '../library/track-types.ts';
import type { TrackMoment } from '../library/track-search.ts';
import type { SearchStore } from './types.ts';

/** Lines of one sentence follow each other without a longer pause, and a sentence ends some time; in seconds. */
const pauseSec = 1.5;
const longestSec = 20;

const tracks: readonly TrackKind[] = ['captions', 'transcript', 'screen-text'];

/**
 * Widens moments of what is said to whole sentences: captions cut them wherever a row ends. Where nobody wrote full stops,
 * nothing tells where one ends, and the lines stay as they are.
 * @param most how many of the best are widened: each costs a look into the library, and what comes after them isn't shown
 */
export function inSentences(
  store: Pick<SearchStore, 'lines'>,
  moments: readonly TrackMoment[],
  most: number,
): TrackMoment[] {
  const best = new Set(moments.toSorted((a, b) => b.score - a.score).slice(0, most));
  return moments.map((moment) => {
    const [why] = moment.explanations;
    if (why.code !== 'said' || !best.has(moment)) return moment;
    const within = { from: moment.start - longestSec, to: moment.end + longestSec };
    const near = store
      .lines(moment.video.id, tracks, within)
      .filter(({ kind, language }) => kind === 'said' && language === why.language);
    const own = near.find(({ start, text }) => start === moment.start && why.text.startsWith(text));
    if (!own) return moment;
    return {
      ...moment,
      ...sentenceAround(
        near.filter(({ track }) => track === own.track),
        moment,
      ),
    };
  });
}

/** From the beginning of the sentence that a stretch begins in to the end of the one that it ends in. */
export function sentenceAround(
  lines: readonly Pick<StoredLine, 'start' | 'end' | 'text'>[],
  { start, end }: { start: number; end: number },
): { start: number; end: number } {
  let first = lines.findIndex((line) => line.start >= start);
  let last = lines.findLastIndex((line) => line.end <= end);
  if (first < 0 || last < first || !lines.some(({ text }) => isEnd(text))) return { start, end };
  const follows = (at: number) =>
    lines[at].start - lines[at - 1].end <= pauseSec && !isEnd(lines[at - 1].text);
  while (first > 0 && follows(first) && end - lines[first - 1].start <= longestSec) first--;
  while (last + 1 < lines.length && follows(last + 1) && lines[last + 1].end - start <= longestSec) last++;
  return { start: Math.min(start, lines[first].start), end: Math.max(end, lines[last].end) };
}

function isEnd(text: string): boolean {
  return /[.!?…。！？][\s"'”’»」』)\]]*$/u.test(text);
}
