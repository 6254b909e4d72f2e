import type { ScreenTextKind } from '../../protocol/screen-text.ts';
import { comparable } from './similarity.ts';
import type { JoinedLine } from './join-lines.ts';
import { overlap } from './place.ts';

/** When somebody speaks, in seconds. */
export interface SpeechInterval {
  start: number;
  end: number;
}

/** Subtitles stand in the lowest part of the picture, in its middle, level, and not for long. */
const lowest = 0.66;
const offCentre = 0.045;
const [shortest, longest] = [0.3, 12];
/** They are as high as each other, give or take this factor. */
const heights = 1.5;
/** So many different ones make a habit; where speech is known, and they come with it, fewer. */
const [habit, habitWithSpeech] = [4, 2];
/** Of what stands centred in that strip, most come and go as subtitles do; and of the speech times, they fall into most. */
const mostOf = 0.6;

/**
 * Which lines are subtitles burnt into the picture. One alone can't be told from a caption of another kind; a habit
 * can: centred, low, level, each a few seconds, one after the other, equally high.
 * @param speech when somebody speaks, where that is known
 */
export function kindsOf(lines: readonly JoinedLine[], speech?: readonly SpeechInterval[]): ScreenTextKind[] {
  const kinds = lines.map((): ScreenTextKind => 'on-screen');
  const centred = lines.flatMap((line, index) => (isCentred(line) ? [index] : []));
  const left = new Set(centred.filter((index) => isBrief(lines[index])));
  while (left.size > 0) {
    const group = largestGroup([...left].map((index) => ({ index, line: lines[index] })));
    for (const { index } of group) left.delete(index);
    if (
      !isHabit(
        group.map(({ line }) => line),
        centred.map((index) => lines[index]),
        speech,
      )
    )
      continue;
    for (const { index } of group) kinds[index] = 'said';
  }
  return kinds;
}

function isCentred({ box, angle, moving }: JoinedLine): boolean {
  const centre = (box[0] + box[2]) / 2;
  return (
    !moving &&
    Math.abs(angle) < 0.05 &&
    (box[1] + box[3]) / 2 >= lowest &&
    Math.abs(centre - 0.5) <= offCentre
  );
}

function isBrief({ start, end }: JoinedLine): boolean {
  return end - start >= shortest && end - start <= longest;
}

interface Numbered {
  index: number;
  line: JoinedLine;
}

/** The lines whose heights are within the factor of one of them, for the one that has the most. */
function largestGroup(lines: readonly Numbered[]): Numbered[] {
  const height = ({ line }: Numbered) => line.box[3] - line.box[1];
  const sorted = [...lines].sort((a, b) => height(a) - height(b));
  let best: Numbered[] = [];
  for (let from = 0, to = 0; from < sorted.length; from++) {
    while (to < sorted.length && height(sorted[to]) <= heights * height(sorted[from])) to++;
    if (to - from > best.length) best = sorted.slice(from, to);
  }
  return best;
}

function isHabit(
  group: readonly JoinedLine[],
  centred: readonly JoinedLine[],
  speech: readonly SpeechInterval[] | undefined,
): boolean {
  const texts = new Set(group.map(({ text }) => comparable(text)));
  const strip = [Math.min(...group.map(({ box }) => box[1])), Math.max(...group.map(({ box }) => box[3]))];
  const inStrip = centred.filter(({ box }) => overlap(box[1], box[3], strip[0], strip[1]) > 0.5);
  if (group.length < mostOf * inStrip.length) return false;
  if (!speech) return texts.size >= habit;
  const spoken = group.filter((line) => whileSpoken(line, speech)).length;
  return texts.size >= habitWithSpeech && spoken >= mostOf * group.length;
}

function whileSpoken({ start, end }: JoinedLine, speech: readonly SpeechInterval[]): boolean {
  const heard = speech.reduce(
    (sum, interval) => sum + Math.max(0, Math.min(end, interval.end) - Math.max(start, interval.start)),
    0,
  );
  return heard >= 0.3 * (end - start);
}
