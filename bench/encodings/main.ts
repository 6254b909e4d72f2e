// Every position encoding as a picture, and how long its positions take.
//   npm run -s bench -- encodings [--out docs/encodings] [--rounds 20] [--json]
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { layoutTokens } from '../../engine/hope/index.ts';
import { badArgument } from '../../engine/protocol/errors.ts';
import { draw } from './draw.ts';
import { examples } from './examples.ts';
import { long, measure, type Cost } from './measure.ts';

export const what = 'draws every position encoding, and times the positions of 100,000 tokens';

const options = {
  out: { type: 'string', default: join('docs', 'encodings') },
  rounds: { type: 'string', default: '20' },
  json: { type: 'boolean', default: false },
} as const;

/** Writes one SVG an encoding, and prints the times. @param args see `options` */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw badArgument('rounds', 'a whole number >= 1', values.rounds);
  await mkdir(values.out, { recursive: true });
  for (const example of examples()) await writeFile(join(values.out, fileOf(example.variant)), draw(example));
  const costs = measure(rounds);
  const tokens = layoutTokens(long);
  const print = values.json
    ? `${JSON.stringify({ tokens, rounds, costs }, null, 1)}\n`
    : table(costs, tokens);
  process.stdout.write(`${print}`);
}

/** A variant's picture. */
export function fileOf(variant: string): string {
  return `${variant.replaceAll('+', 'p')}.svg`;
}

function table(costs: readonly Cost[], tokens: number): string {
  return [
    `| encoding | positions of ${tokens.toLocaleString('en')} tokens, ms (slowest) | tables of 512, ms |`,
    '| --- | ---: | ---: |',
    ...costs.map(
      ({ variant, positions, slowest, tables }) =>
        `| ${variant} | ${positions.toFixed(1)} (${slowest.toFixed(1)}) | ${tables.toFixed(1)} |`,
    ),
    '',
  ].join('\n');
}
