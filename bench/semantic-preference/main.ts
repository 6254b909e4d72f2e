// The paper's analysis of semantic preference as numbers and a plot (arXiv 2505.20444, section 3).
//   npm run -s bench -- semantic-preference [--limit 1000000] [--out docs/semantic-preference.svg] [--json]
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { badArgument } from '../../engine/protocol/errors.ts';
import { distortions, measureAll, type VariantPreference } from './measure.ts';
import { plot } from './plot.ts';

export const what = 'how far each position encoding prefers what is alike, as numbers and a plot';

const options = {
  limit: { type: 'string', default: '1000000' },
  out: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** Prints the tables (or JSON), and writes the plot where a file is named. @param args see `options` */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const limit = Number(values.limit);
  if (!Number.isSafeInteger(limit) || limit < 2)
    throw badArgument('limit', 'a whole number >= 2', values.limit);
  const measured = measureAll(limit);
  if (values.out !== undefined) await writeFile(values.out, plot(measured, limit));
  const plain = measured.map(({ curve: _, ...rest }) => rest);
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ limit, variants: plain, distortions: distortions() }, null, 1)}\n`
      : tables(plain, limit),
  );
}

function tables(measured: readonly Omit<VariantPreference, 'curve'>[], limit: number): string {
  const number = (value: number | null) => (value === null ? 'none' : value.toLocaleString('en'));
  const lines = [
    `Temporal sum over distances 1 to ${number(limit)}`,
    '',
    '| geometry | variant | temporal pairs | least sum | at distance | first below 0 | in patches of 9 x 16 | share below 0 | all pairs: first below 0 |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...measured.map(
      (one) =>
        `| ${one.geometry} | ${one.variant} | ${one.pairs} | ${one.least.sum.toFixed(2)} | ${number(one.least.distance)} | ${number(one.firstFailure)} | ${number(one.firstFailurePatches)} | ${(one.failing * 100).toFixed(1)} % | ${number(one.wholeFirstFailure)} |`,
    ),
    '',
    'Proposition 3.1: distance in one row of tokens between neighbours in the grid',
    '',
    '| grid | next patch | next row | next column |',
    '| --- | ---: | ---: | ---: |',
    ...distortions().map(
      ({ grid, time, column, row }) => `| ${grid} | ${number(time)} | ${column} | ${row} |`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
