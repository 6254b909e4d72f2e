import type { TranscriptLine } from '../../protocol/transcript.ts';

/** What a subtitle shows at one time. */
export interface Cue {
  /** In seconds. */
  start: number;
  end: number;
  /** What each speaker says, in at most two rows where nobody speaks at the same time. */
  parts: { speaker: string | undefined; text: string }[];
}

/** No cue is shorter than a player can show, in seconds. */
const shortestSec = 0.1;
/** What a row of a subtitle holds, in characters; Chinese and Japanese ones are twice as wide. */
const rowLength = 42;

/**
 * Cues of at most two rows that don't overlap: a line that is too long is divided where words end, at the times of its
 * words where they are known. Lines that begin together stand in one cue.
 * @param lines by time
 */
export function cuesOf(lines: readonly TranscriptLine[]): Cue[] {
  const pieces = lines.flatMap(divided).sort((a, b) => a.start - b.start || a.end - b.end);
  const cues: Cue[] = [];
  for (const { start, end, text, speaker } of pieces) {
    const last = cues.at(-1);
    if (last && start - last.start < shortestSec) {
      last.parts.push({ speaker, text: inRows(text) });
      last.end = Math.max(last.end, end);
      continue;
    }
    if (last) last.end = Math.min(last.end, start);
    cues.push({ start, end: Math.max(end, start + shortestSec), parts: [{ speaker, text: inRows(text) }] });
  }
  return cues;
}

const isWide = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u3000-\u303f\uff00-\uff60]/u;

/** How wide a text is, in Latin characters. */
function width(text: string): number {
  let sum = 0;
  for (const character of text) sum += isWide.test(character) ? 2 : 1;
  return sum;
}

interface Piece {
  start: number;
  end: number;
  text: string;
  speaker: string | undefined;
}

/** A line in pieces that fit into two rows. */
function divided({ start, end, text, words, speaker }: TranscriptLine): Piece[] {
  const count = Math.ceil(width(text) / (2 * rowLength));
  if (count <= 1) return [{ start, end, text, speaker }];
  const texts = inParts(text, count);
  const whole = letters(text);
  let past = 0;
  const begins = texts.map((part) => {
    const before = past;
    past += letters(part);
    if (before === 0) return start;
    return wordAfter(words ?? [], before)?.start ?? start + (before / whole) * (end - start);
  });
  return texts.map((part, n) => ({
    start: begins[n],
    end: Math.max(begins[n], begins[n + 1] ?? end),
    text: part,
    speaker,
  }));
}

/** How many characters a text has without its spaces. */
function letters(text: string): number {
  return text.replace(/\s/gu, '').length;
}

/** The first word that begins after so many letters. */
function wordAfter<Word extends { text: string }>(words: readonly Word[], count: number): Word | undefined {
  let past = 0;
  return words.find(({ text }) => {
    const begins = past >= count;
    past += letters(text);
    return begins;
  });
}

/** At most two rows of about the same length. */
function inRows(text: string): string {
  return width(text) <= rowLength ? text : inParts(text, 2).join('\n');
}

/** So many parts of about the same width, cut where words end if there are any, else after a comma nearby. */
function inParts(text: string, count: number): string[] {
  if (count <= 1) return [text];
  const characters = [...text];
  const wanted = width(text) / count;
  let best = { off: Infinity, at: Math.ceil(characters.length / count) };
  let past = 0;
  for (const [index, character] of characters.entries()) {
    past += isWide.test(character) ? 2 : 1;
    const isEnd = character === ' ' || /[、，。；！？]/u.test(character);
    const off = Math.abs(past - wanted);
    if (isEnd && off < best.off && index < characters.length - 1) best = { off, at: index + 1 };
  }
  // A text without spaces is cut where it must be; a space far away helps nobody.
  if (best.off > wanted / 2) best.at = cutAtWidth(characters, wanted);
  const first = characters.slice(0, best.at).join('').trim();
  const rest = characters.slice(best.at).join('').trim();
  return [first, ...inParts(rest, count - 1)].filter((part) => part !== '');
}

function cutAtWidth(characters: readonly string[], wanted: number): number {
  let past = 0;
  const at = characters.findIndex((character) => (past += isWide.test(character) ? 2 : 1) >= wanted);
  return Math.max(1, at + 1);
}
