import { LongviewError } from '../../protocol/errors.ts';
import { caption, fileName, oneLine } from '../text.ts';
import type { Clip, Timeline } from '../timeline.ts';

/**
 * WebVTT chapters for one video's player, in time order. Times are rounded up to the millisecond, so that going to one
 * shows the moment's first frame and not the one before it. Chapters may not overlap in part: where two moments do,
 * the earlier one ends where the later begins.
 * @throws LongviewError `bad-argument` for moments of several videos.
 */
export function toVtt({ clips, videos, title, notes }: Timeline): string {
  if (videos.length > 1) throw severalVideos(videos.length);
  const inOrder = [...clips].sort((a, b) => a.startSec - b.startSec || b.endSec - a.endSec);
  const about = [`${fileName(videos[0].path)}: ${title}`, ...notes].map((note) => comment(oneLine(note)));
  const cues = inOrder.map((clip, index) => {
    const end = endOf(clip, inOrder.slice(index + 1));
    return `${clip.number}\n${timestamp(clip.startSec)} --> ${timestamp(end)}\n${cueText(caption(clip.moment))}\n`;
  });
  return ['WEBVTT\n', ...about.map((note) => `NOTE ${note}\n`), ...cues].join('\n');
}

function endOf(clip: Clip, later: readonly Clip[]): number {
  const cut = later.find(({ startSec, endSec }) => startSec < clip.endSec && endSec > clip.endSec);
  return cut && cut.startSec > clip.startSec ? cut.startSec : clip.endSec;
}

/** "00:00:10.010" */
function timestamp(seconds: number): string {
  // A microsecond off makes no millisecond more.
  const milliseconds = Math.ceil(Math.round(seconds * 1e6) / 1000);
  const part = (divisor: number, modulus: number, digits: number) =>
    String(Math.floor(milliseconds / divisor) % modulus).padStart(digits, '0');
  const hours = String(Math.floor(milliseconds / 3_600_000)).padStart(2, '0');
  return `${hours}:${part(60_000, 60, 2)}:${part(1000, 60, 2)}.${part(1, 1000, 3)}`;
}

function cueText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A comment may hold anything on its line but the arrow. */
function comment(text: string): string {
  return text.replaceAll('-->', '->');
}

function severalVideos(count: number): LongviewError {
  return new LongviewError(
    'bad-argument',
    `Chapters belong to one video, and these moments are from ${count}.`,
    'Choose one with --in, or export as csv or json.',
  );
}
