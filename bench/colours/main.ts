// How colours are named, held against a survey of what people call them.
//   npm run -s bench -- colours FILE [--json]
// FILE has a name and a colour a line, "dark red #840000", as the xkcd survey publishes them (xkcd.com/color/rgb.txt, CC0).
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { table } from '../../engine/hosts/cli/table.ts';
import { openTerminal } from '../../engine/hosts/cli/terminal.ts';
import { colourOf } from '../../engine/vision/object-colours.ts';
import { LongviewError } from '../../engine/protocol/errors.ts';
import { named, tally } from './survey.ts';

export const what = 'how many colours of a survey are called as people call them';

const options = { json: { type: 'boolean', default: false } } as const;

/** Prints how many of a survey's colours have the survey's name, by name. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [file] = positionals;
  if (!file)
    throw new LongviewError(
      'bad-argument',
      'There is no survey to compare with.',
      'Name a file of colours: npm run -s bench -- colours rgb.txt',
    );
  const text = await readFile(resolve(process.env.INIT_CWD ?? '.', file), 'utf8').catch((cause: unknown) => {
    throw new LongviewError('file-not-found', `${file} can't be read.`, 'Check the path.', { cause });
  });
  const rows = tally(named(text), colourOf);
  const terminal = openTerminal(process);
  if (values.json) return terminal.line(JSON.stringify(rows, null, 2));
  const all = rows.reduce((sum, { of }) => sum + of, 0);
  const right = rows.reduce((sum, row) => sum + row.right, 0);
  const columns = ['colour', 'right', 'of', 'else called'].map((title) => ({
    title,
    shrink: 'end' as const,
  }));
  const cells = rows.map((row) => [row.colour, `${row.right}`, `${row.of}`, row.wrong.join(', ')]);
  for (const line of table(columns, cells, terminal.width)) terminal.line(line);
  terminal.line(`${right} of ${all} are called as in the survey.`);
}
