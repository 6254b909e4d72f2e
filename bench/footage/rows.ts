import { basename } from 'node:path';
import { percent, range } from '../../engine/hosts/cli/format.ts';

/** What came back for one search or question. */
export interface Row {
  kind: 'find' | 'ask';
  query: string;
  /** Of a question. */
  answer?: string;
  confident: boolean;
  confidence?: number;
  /** The file. */
  path?: string;
  /** Of the best moment, or of the first evidence, in seconds. */
  start?: number;
  end?: number;
  reason?: string;
}

/** The table's columns. */
export const titles = ['query', 'answer', 'file', 'best moment', 'confidence', 'why'] as const;

/** A row as text; what the engine itself doesn't hold for found says so. */
export function cellsOf(row: Row): string[] {
  const { kind, query, answer, confident, confidence, path, start, end, reason } = row;
  const said = kind === 'ask' ? answer || '(nothing)' : confident ? 'found' : 'not found; nearest';
  return [
    query,
    kind === 'ask' && !confident ? `${said} (a guess)` : said,
    path === undefined ? '' : basename(path),
    start === undefined || end === undefined ? '' : range(start, end),
    confidence === undefined ? '' : percent(confidence),
    reason ?? '',
  ];
}

/** The table as Markdown, for the model card. */
export function markdown(rows: readonly Row[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replace(/[\r\n]+/gu, ' ').replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map((row) => line(cellsOf(row)))];
}
