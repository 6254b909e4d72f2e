import { printable } from './format.ts';

/** A column of a table. */
export interface Column {
  title: string;
  /** Numbers stand on the right. */
  right?: boolean;
  /** May be shortened to fit the terminal; "middle" keeps both ends of a path. */
  shrink?: 'end' | 'middle';
}

const gap = '  ';
const least = 8;

/**
 * Rows as lines that fit `width` columns where the shrinkable columns allow it, the titles first.
 * @param width columns of the terminal; Infinity never shortens
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const cells = [columns.map((column) => column.title), ...rows.map((row) => row.map(printable))];
  const widths = columns.map((_, c) => Math.max(...cells.map((row) => textWidth(row[c] ?? ''))));
  let over = widths.reduce((sum, w) => sum + w, 0) + gap.length * (columns.length - 1) - width;
  while (over > 0) {
    const widest = columns
      .map((column, c) => ({ c, w: column.shrink ? widths[c] : 0 }))
      .sort((a, b) => b.w - a.w)[0];
    if (!widest || widest.w <= least) break;
    widths[widest.c] = widest.w - 1;
    over--;
  }
  return cells.map((row) =>
    columns
      .map((column, c) => pad(shorten(row[c] ?? '', widths[c], column.shrink), widths[c], column.right))
      .join(gap)
      .trimEnd(),
  );
}

/** Columns that a text takes on a terminal: East Asian and emoji characters take two, combining marks none. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Text cut to `width` columns, with … where something went. */
export function shorten(text: string, width: number, where: 'end' | 'middle' = 'end'): string {
  if (textWidth(text) <= width) return text;
  const characters = [...text];
  const take = (from: Iterable<string>, room: number) => {
    const taken: string[] = [];
    for (const character of from) {
      room -= characterWidth(character);
      if (room < 0) break;
      taken.push(character);
    }
    return taken;
  };
  const tailRoom = where === 'middle' ? Math.ceil((width - 1) * 0.6) : 0;
  const tail = take(characters.toReversed(), tailRoom).reverse();
  return [...take(characters, width - 1 - tailRoom), '…', ...tail].join('');
}

function pad(text: string, width: number, right = false): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return right ? space + text : text + space;
}

function characterWidth(character: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) return 0;
  return /^[\p{Emoji_Presentation}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\uff01-\uff60\u3000-\u303f]$/u.test(
    character,
  )
    ? 2
    : 1;
}
