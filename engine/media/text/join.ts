import type { Slices } from './slices.ts';
import type { Block, Cue } from './types.ts';
import { limits, linesOfSlice } from './limits.ts';

/**
 * Makes cues of a file's blocks, which come in order of their start: the lines of a block become one, and what a
 * rolling caption repeats from the block before is said once; the same words again make the line stay longer.
 */
export function* joinRolling(blocks: readonly Block[]): Slices<Cue[]> {
  const cues: Cue[] = [];
  // A file of several languages rolls in each by itself.
  const before = new Map<string | undefined, { lines: readonly string[]; last: Cue | undefined }>();
  for (const [index, { start, end, lines, speaker, language }] of blocks.entries()) {
    if (index % linesOfSlice === linesOfSlice - 1) yield;
    const said = lines.filter((line) => line !== '').slice(0, limits.linesOfCue);
    if (said.length === 0) continue;
    const { lines: repeated = [], last } = before.get(language) ?? {};
    const fresh = said.filter((line) => !repeated.includes(line));
    let current = last;
    if (fresh.length === 0 && last && start <= last.end + 0.5) last.end = Math.max(last.end, end);
    else {
      const text = (fresh.length > 0 && last && start <= last.end + 0.5 ? fresh : said).join(' ');
      current = {
        ...{ start, end, text },
        ...(speaker === undefined ? {} : { speaker }),
        ...(language === undefined ? {} : { language }),
      };
      if (cues.length >= limits.cues) break;
      cues.push(current);
    }
    before.set(language, { lines: said, last: current });
  }
  return cues;
}
