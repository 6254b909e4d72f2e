import { table, type Column } from '../engine/hosts/cli/table.ts';
import type { Row } from './run.ts';
import type { Terminal } from '../engine/hosts/cli/terminal.ts';

/** Prints what was asked, what came, what is true, and how long it took. */
export function printTable(rows: readonly Row[], terminal: Terminal): void {
  const known = rows.some((row) => row.truth !== undefined);
  const columns: Column[] = [
    { title: 'question', shrink: 'end' },
    { title: 'answer', shrink: 'end' },
    ...(known ? [{ title: 'truth', shrink: 'end' } as const, { title: '' }] : []),
    { title: 'ms', right: true },
  ];
  const cells = rows.map((row) => [
    row.question,
    row.answer,
    ...(known ? [row.truth ?? '', row.hit === undefined ? '' : row.hit ? 'hit' : 'MISS'] : []),
    String(Math.round(row.milliseconds)),
  ]);
  terminal.line();
  for (const line of table(columns, cells, terminal.width)) terminal.line(line);
  if (!known) return;
  const judged = rows.filter((row) => row.hit !== undefined);
  terminal.line();
  terminal.line(`${judged.filter((row) => row.hit).length} of ${judged.length} right.`);
}
