import type { Slices } from '../slices.ts';
import type { Block } from '../types.ts';
import { limits, linesOf, seconds } from '../limits.ts';
import { plain } from '../markup.ts';

const time = String.raw`(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2})(?:[.,](\d{1,9}))?`;
const arrow = new RegExp(String.raw`^\s*${time}\s*--?>\s*${time}`);
const comma = new RegExp(String.raw`^\s*${time}\s*,\s*${time}\s*$`);
/** `<v.loud Esme>` at the start of what somebody says. */
const voice = /<v(?:\.[^\s<>]*)?\s+([^<>]{1,100})>/i;

/**
 * SRT, WebVTT and SBV: a line of times, then text. In WebVTT and SBV an empty line ends it (one of spaces does not); in SRT,
 * as players read it, only the next times do.
 */
export function* timedBlocks(text: string, format: 'srt' | 'vtt' | 'sbv'): Slices<Block[]> {
  const blocks: Block[] = [];
  const range = format === 'sbv' ? comma : arrow;
  const markup = format === 'vtt' ? 'vtt' : 'srt';
  let open: { block: Block; lines: string[] } | undefined;
  const close = () => {
    if (!open) return;
    const { block, lines } = open;
    if (format === 'vtt') blocks.push(...voices(block, lines));
    else {
      block.lines = lines.map((line) => plain(line, markup)).filter((line) => line !== '');
      if (block.lines.length > 0) blocks.push(block);
    }
    open = undefined;
  };
  for (const line of linesOf(text)) {
    if (line === undefined) {
      yield;
      continue;
    }
    const times = range.exec(line);
    if (times) {
      // The number of this cue was taken for text.
      if (open && /^\d+$/.test(open.lines.at(-1)?.trim() ?? '')) open.lines.pop();
      close();
      if (blocks.length >= limits.cues) break;
      const [start, end] = [seconds(times.slice(1, 5)), seconds(times.slice(5, 9))];
      open = end >= start ? { block: { start, end, lines: [] }, lines: [] } : undefined;
    } else if (line === '' && format !== 'srt') close();
    else if (open && open.lines.length < limits.linesOfCue) open.lines.push(line);
  }
  close();
  return blocks;
}

/** Lines of several speakers in one cue are a block each. */
function voices({ start, end }: Block, lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  for (const line of lines) {
    const name = voice.exec(line)?.[1];
    const speaker = name === undefined ? blocks.at(-1)?.speaker : plain(name, 'vtt') || undefined;
    const said = plain(line, 'vtt');
    if (said === '') continue;
    const last = blocks.at(-1);
    if (last && last.speaker === speaker) last.lines.push(said);
    else blocks.push({ start, end, lines: [said], ...(speaker === undefined ? {} : { speaker }) });
  }
  return blocks;
}
