import type { Slices } from '../slices.ts';
import type { Block } from '../types.ts';
import { limits, linesOf, seconds } from '../limits.ts';
import { plain } from '../markup.ts';

const stamp = /\[(\d{1,4}):(\d{1,2})(?:[.:](\d{1,3}))?\]/y;
/** Times inside an enhanced line. */
const wordStamp = /<\d{1,4}:\d{1,2}(?:[.:]\d{1,3})?>/g;
/** A line of a song that nothing follows is shown so long, in seconds. */
const longest = 10;

/** LRC: lyrics with the time at which each line begins; it ends where the next begins. */
export function* lyrics(text: string): Slices<Block[]> {
  const blocks: Block[] = [];
  let shift = 0;
  for (const line of linesOf(text)) {
    if (line === undefined) {
      yield;
      continue;
    }
    const offset = /^\s*\[offset:\s*([+-]?\d{1,7})\s*\]/i.exec(line);
    // "+" shows the words sooner.
    if (offset) shift = -Number(offset[1]) / 1000;
    const begins: number[] = [];
    stamp.lastIndex = 0;
    let past = 0;
    for (let match; begins.length < limits.linesOfCue && (match = stamp.exec(line)); past = stamp.lastIndex)
      begins.push(seconds([undefined, ...match.slice(1)]));
    const words = plain(line.slice(past).replace(wordStamp, ''), 'srt');
    for (const begin of begins)
      blocks.push({ start: begin, end: Infinity, lines: words === '' ? [] : [words] });
    if (blocks.length >= limits.cues) break;
  }
  blocks.sort((a, b) => a.start - b.start);
  for (const [index, block] of blocks.entries()) {
    const next = blocks[index + 1]?.start ?? Infinity;
    block.end = Math.max(0, Math.min(next, block.start + longest) + shift);
    block.start = Math.max(0, block.start + shift);
  }
  return blocks;
}
