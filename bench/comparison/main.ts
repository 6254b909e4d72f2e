// The comparison of five position encodings: tables and heat maps from what models/training measured.
//   npm run -s bench -- comparison [--write] [--json]
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { heatMap } from '../../engine/needle/index.ts';
import { LongviewError } from '../../engine/protocol/errors.ts';
import { resultsSchema, together, type Results } from './results.ts';
import { tables } from './tables.ts';

export const what = 'five position encodings on one small model: tables and heat maps from the measurements';

const docs = join(import.meta.dirname, '../../docs');
const [begin, end] = ['<!-- tables -->', '<!-- end of tables -->'];

/** Prints the tables; with --write puts them into docs/comparison.md and draws the heat maps beside its numbers. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { write: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  });
  const results = resultsSchema.parse(
    JSON.parse(await readFile(join(docs, 'comparison/results.json'), 'utf8')),
  );
  process.stdout.write(values.json ? `${JSON.stringify(results)}\n` : `${tables(results)}\n`);
  if (!values.write) return;
  for (const [file, svg] of maps(results)) await writeFile(join(docs, 'comparison', file), svg);
  const page = join(docs, 'comparison.md');
  await writeFile(page, between(await readFile(page, 'utf8'), tables(results)));
}

/** One heat map a variant, of all its seeds together: [file name, SVG]. */
function maps({ setting, runs }: Results): [string, string][] {
  return [...Map.groupBy(runs, ({ variant }) => variant)].map(([variant, own]) => {
    const lengths = Object.keys(own[0].needles);
    const squares = lengths.flatMap((frames) =>
      Object.keys(own[0].needles[frames]).map((depth) => {
        const [right, asked] = together(own.map(({ needles }) => needles[frames]?.[depth] ?? [0, 0]));
        return { frames: Number(frames), depth: Number(depth), accuracy: right / asked };
      }),
    );
    const title = `${variant}, ${own.length === 1 ? `seed ${own[0].seed}` : `${own.length} seeds`}`;
    const trainedFrames = setting.trainedPatches;
    return [`vniah-${variant}.svg`, heatMap({ squares, title, trainedFrames, unit: 'patches' })];
  });
}

function between(page: string, text: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from)
    throw new LongviewError(
      'bad-argument',
      `docs/comparison.md has no place for its tables.`,
      `Put ${begin} and ${end} where they go.`,
    );
  return `${page.slice(0, from)}${begin}\n\n${text}\n\n${page.slice(to)}`;
}
