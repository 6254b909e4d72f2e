// What the built-in bundle can do, through the engine, on held-out data only.
//   npm run -s bench -- model [--json | --markdown] [--quick] [--bundle FOLDER] [--compare FOLDER] [--natural FOLDER]
//     [--seed N] [--sheets FOLDER]
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openTerminal, type Terminal } from '../../engine/hosts/cli/terminal.ts';
import { badArgument } from '../../engine/protocol/errors.ts';
import { measureBundle } from './measure.ts';
import { compared, comparedLines, measuredLines, measuredMarkdown, type Measured } from './report.ts';
import { Sheets } from './sheet.ts';
import { full, quick } from './sizes.ts';

export const what = 'what the built-in bundle finds and reads of held-out photographs and made scenes';

const builtin = join(import.meta.dirname, '../../models/builtin');
const options = {
  json: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  bundle: { type: 'string', default: builtin },
  compare: { type: 'string' },
  natural: { type: 'string' },
  seed: { type: 'string', default: '1' },
  sheets: { type: 'string' },
} as const;

/** Measures, and prints a table or JSON. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw badArgument('--seed', 'a whole number', values.seed);
  const terminal = openTerminal(process);
  const at = (folder: string) => resolve(process.env.INIT_CWD ?? '.', folder);
  const natural = values.natural ?? process.env.LONGVIEW_NATURAL;
  const measureOne = async (bundle: string, sheets: Sheets): Promise<Measured> => {
    const measured = await measureBundle({
      bundle: at(bundle),
      natural: natural === undefined || natural === '' ? undefined : at(natural),
      sizes: values.quick ? quick : full,
      seed,
      sheets,
      tell: (stage, fraction) => terminal.progress({ stage, fraction }),
    });
    terminal.clear();
    return measured;
  };
  const sheets = new Sheets(values.sheets === undefined ? undefined : at(values.sheets));
  const ours = await measureOne(values.bundle, sheets);
  const theirs =
    values.compare === undefined ? undefined : await measureOne(values.compare, new Sheets(undefined));
  await sheets.write();
  if (values.json) {
    const both = theirs ? { compared: theirs, differences: compared(ours, theirs) } : {};
    terminal.line(JSON.stringify({ seed, quick: values.quick, ...ours, ...both }, null, 2));
  } else if (values.markdown) for (const line of measuredMarkdown(ours)) terminal.line(line);
  else print(ours, theirs, values.quick, terminal);
}

function print(ours: Measured, theirs: Measured | undefined, isQuick: boolean, terminal: Terminal): void {
  if (isQuick) terminal.line('A first look at few examples (--quick): not for the model card.');
  for (const line of measuredLines(ours, terminal.width)) terminal.line(line);
  if (!theirs) return;
  terminal.line();
  for (const line of comparedLines(ours, theirs, terminal.width)) terminal.line(line);
}
