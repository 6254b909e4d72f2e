import type { TranscriptCorrection, TranscriptLine } from '../protocol/transcript.ts';
import { alignWords } from './align.ts';
import { wordsIn } from './words.ts';

/** Lines after what a person put right. */
export interface CorrectedLines {
  lines: TranscriptLine[];
  /** Which line each correction became; undefined where it says that nothing was said. */
  placed: (TranscriptLine | undefined)[];
}

/** A line belongs to a correction that shares at least this much of the shorter of both. */
const sharedEnough = 0.5;

/**
 * Puts a person's corrections into recognised lines. A correction replaces all lines that lie in its time, however they
 * are cut now, and stands also where the recogniser hears nothing there any more; so it stays when speech is recognised
 * again. Of two corrections for the same time the later one holds.
 *
 * Words keep their times where the line has as many as before, else they share its time.
 */
export function correctLines(
  lines: readonly TranscriptLine[],
  corrections: readonly TranscriptCorrection[],
): CorrectedLines {
  const inOrder = [...corrections.entries()].sort(([, a], [, b]) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const placed: (TranscriptLine | undefined)[] = corrections.map(() => undefined);
  let current = [...lines];
  for (const [n, correction] of inOrder) {
    const replaced = current.filter((line) => belongs(line, correction));
    current = current.filter((line) => !replaced.includes(line));
    for (const [other, line] of placed.entries())
      if (line && replaced.includes(line)) placed[other] = undefined;
    if (correction.text.trim() === '') continue;
    const line = corrected(correction, replaced);
    placed[n] = line;
    current.push(line);
  }
  return { lines: current.sort((a, b) => a.start - b.start || a.end - b.end), placed };
}

function belongs(line: TranscriptLine, { start, end }: TranscriptCorrection): boolean {
  const shared = Math.min(line.end, end) - Math.max(line.start, start);
  const shorter = Math.min(line.end - line.start, end - start);
  return shorter > 0 ? shared >= sharedEnough * shorter : shared >= 0;
}

function corrected(
  { start, end, text, speaker: named }: TranscriptCorrection,
  replaced: readonly TranscriptLine[],
): TranscriptLine {
  const spoken = wordsIn(text);
  const before = replaced.flatMap(({ words }) => words ?? []);
  const words =
    before.length === spoken.length
      ? before.map((word, n) => ({ ...word, text: spoken[n].text }))
      : alignWords(spoken, { start, end }, []).map((word) => ({
          start: word.start,
          end: word.end,
          text: word.text,
        }));
  const language = replaced.find((line) => line.language)?.language;
  const speaker = named ?? replaced.find((line) => line.speaker)?.speaker;
  return {
    ...{ start, end, text: text.trim() },
    ...(words.length > 0 ? { words } : {}),
    ...(language ? { language } : {}),
    ...(speaker ? { speaker } : {}),
    corrected: true,
  };
}
