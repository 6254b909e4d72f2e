import type { Slices } from '../slices.ts';
import type { Block } from '../types.ts';
import { limits, linesOf, seconds } from '../limits.ts';
import { plain } from '../markup.ts';

const frames = /^\s*\{(\d{1,9})\}\{(\d{0,9})\}(.*)$/;
const tenths = /^\s*\[(\d{1,9})\]\[(\d{0,9})\](.*)$/;
const time = String.raw`(\d{1,4}):(\d{1,2}):(\d{1,2})[.,:](\d{1,3})`;
const viewer = new RegExp(String.raw`^\s*${time}\s*,\s*${time}\s*$`);
/** Where nobody says how fast the video is. */
const usualRate = 23.976;
/** How long a line is shown that does not say it, in seconds. */
const usualLength = 4;

/**
 * The text formats that are called ".sub": MicroDVD ("{100}{150}text", in frames), MPL2 ("[40][60]text", in tenths of a
 * second) and SubViewer (times on a line, text below).
 */
export function* framedLines(text: string, fps: number | undefined): Slices<Block[]> {
  const blocks: Block[] = [];
  let rate = fps !== undefined && fps > 0 ? fps : usualRate;
  let open: Block | undefined;
  for (const line of linesOf(text)) {
    if (line === undefined) {
      yield;
      continue;
    }
    if (blocks.length >= limits.cues) break;
    const counted = frames.exec(line);
    const match = counted ?? tenths.exec(line);
    if (match) {
      const said = match[3].trim();
      // The first line may say at what rate frames are counted.
      if (
        counted &&
        Number(match[1]) <= 1 &&
        Number(match[2]) <= 1 &&
        /^\d{1,3}(?:[.,]\d{1,6})?$/.test(said)
      ) {
        rate = Number(said.replace(',', '.')) || rate;
        continue;
      }
      const unit = counted ? rate : 10;
      const start = Number(match[1]) / unit;
      const end = match[2] === '' ? start + usualLength : Number(match[2]) / unit;
      // MPL2 marks italics by a slash.
      blocks.push({ start, end, lines: wordsOf(said.split('|').map((part) => part.replace(/^\//, ''))) });
      continue;
    }
    const times = viewer.exec(line);
    if (times) {
      open = { start: seconds(times.slice(1, 5)), end: seconds(times.slice(5, 9)), lines: [] };
      blocks.push(open);
    } else if (line.trim() === '') open = undefined;
    else if (open && open.lines.length < limits.linesOfCue)
      open.lines.push(...wordsOf(line.split(/\[br\]/i)));
  }
  return blocks;
}

function wordsOf(lines: readonly string[]): string[] {
  return lines.map((line) => plain(line, 'srt')).filter((line) => line !== '');
}
