import type { Cue } from './types.ts';

/** Cues of one subtitle file, stream or channel. */
export interface CueSource {
  cues: readonly Cue[];
  language: string | undefined;
}

/** The same words, so near in time, in two sources are one line: programs round times, and live captions come late. */
const apartSec = 3;

/**
 * The lines of several sources, each line once: what a source says that one before it said at the same time is left out.
 * @param sources the preferred ones first
 */
export function saidOnce(sources: readonly CueSource[]): (Cue & { language: string | undefined })[] {
  const told = new Map<string, number[]>();
  const lines: (Cue & { language: string | undefined })[] = [];
  for (const { cues, language } of sources) {
    const fresh = cues.filter(({ text, start }) => {
      const times = told.get(sameWords(text));
      return !times?.some((time) => Math.abs(time - start) <= apartSec);
    });
    for (const cue of fresh) lines.push({ ...cue, language: cue.language ?? language });
    for (const { text, start } of cues) {
      const key = sameWords(text);
      const times = told.get(key);
      if (!times) told.set(key, [start]);
      // Something said a thousand times is told apart well enough by some of them.
      else if (times.length < 1000) times.push(start);
    }
  }
  return lines;
}

/** Letters and digits only: case, punctuation and line breaks differ between copies. */
function sameWords(text: string): string {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '') || text
  );
}
