import type { Slices } from '../slices.ts';
import type { Block } from '../types.ts';
import { limits, linesOfSlice } from '../limits.ts';
import { plain } from '../markup.ts';

const start = /^<sync\s[^>]{0,200}?start\s*=\s*["']?(-?\d{1,10})/i;
const paragraph = /<p\b([^>]{0,200})>/gi;
/** How long the last line is shown, in seconds. */
const lastLength = 5;

/**
 * SAMI: `<SYNC Start=…>` in milliseconds, then a paragraph for each language; it is shown until the next one of its
 * class, which is empty where nothing is.
 */
export function* sami(text: string): Slices<Block[]> {
  const languages = new Map<string, string>();
  for (const [, name, style] of text.slice(0, 20_000).matchAll(/\.([\w-]{1,40})\s*\{([^{}]{0,400})\}/g)) {
    const language = /lang\s*:\s*([a-z]{2,3}(?:-[a-z\d]{2,8})*)/i.exec(style)?.[1];
    if (language !== undefined) languages.set(name.toLowerCase(), language);
  }
  const blocks: Block[] = [];
  const shown = new Map<string, Block>();
  const opens = /<sync\b/gi;
  let at = opens.exec(text)?.index;
  for (let count = 1; at !== undefined && blocks.length < limits.cues; count++) {
    if (count % linesOfSlice === 0) yield;
    const next = opens.exec(text)?.index;
    const piece = text.slice(at, Math.min(next ?? text.length, at + 4 * limits.line));
    const begin = start.exec(piece);
    if (begin) readSync(piece, Number(begin[1]) / 1000, languages, shown, blocks);
    at = next;
  }
  for (const block of shown.values()) block.end = block.start + lastLength;
  return blocks;
}

function readSync(
  piece: string,
  time: number,
  languages: ReadonlyMap<string, string>,
  shown: Map<string, Block>,
  blocks: Block[],
): void {
  const opened = [...piece.matchAll(paragraph)];
  // Some files have no paragraphs.
  const parts =
    opened.length > 0
      ? opened.map((match, index) => partOf(piece, match, opened[index + 1]))
      : [whole(piece)];
  for (const { name, markup } of parts) {
    const before = shown.get(name);
    if (before) before.end = Math.max(before.start, time);
    shown.delete(name);
    const lines = markup
      .split(/<br\s*\/?>|\n/i)
      .map((line) => plain(line, 'html'))
      .filter((line) => line !== '');
    if (lines.length === 0) continue;
    const language = languages.get(name);
    const block: Block = { start: time, end: time, lines, ...(language === undefined ? {} : { language }) };
    shown.set(name, block);
    blocks.push(block);
  }
}

function partOf(piece: string, match: RegExpExecArray, next: RegExpExecArray | undefined) {
  const name = /class\s*=\s*["']?([\w-]+)/i.exec(match[1])?.[1].toLowerCase() ?? '';
  return { name, markup: piece.slice(match.index + match[0].length, next?.index ?? piece.length) };
}

function whole(piece: string) {
  return { name: '', markup: piece.slice(piece.indexOf('>') + 1) };
}
