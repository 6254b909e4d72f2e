/**
 * `npm run -s bench -- NAME [options]`: the measurements behind the numbers in README and docs. Every one of them is a
 * folder of bench/ with a main.ts that exports `what` (a line for the list) and `run(args)`.
 */
import { readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LongviewError } from '../engine/protocol/errors.ts';

/** What a bench exports: `run` writes its table (or JSON with --json) to standard output. */
export interface Bench {
  readonly what: string;
  run(args: readonly string[]): Promise<void>;
}

const notBenches = ['demo', 'sample'];

async function names(): Promise<string[]> {
  const entries = await readdir(import.meta.dirname, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !notBenches.includes(entry.name))
    .filter((entry) => existsSync(join(import.meta.dirname, entry.name, 'main.ts')))
    .map((entry) => entry.name)
    .sort();
}

async function load(name: string): Promise<Bench> {
  return (await import(`./${name}/main.ts`)) as Bench;
}

async function list(): Promise<string> {
  const known = await names();
  const lines = await Promise.all(
    known.map(async (name) => `  ${name.padEnd(22)}${(await load(name)).what}`),
  );
  return `usage: npm run -s bench -- NAME [options]\n\n${lines.join('\n')}\n`;
}

const [name, ...args] = process.argv.slice(2);
try {
  if (name === undefined || name === '--help') process.stdout.write(await list());
  else if (!(await names()).includes(name))
    throw new LongviewError(
      'bad-argument',
      `There is no bench "${name}".`,
      `Known: ${(await names()).join(', ')}.`,
    );
  else await (await load(name)).run(args);
} catch (error) {
  if (!(error instanceof LongviewError)) throw error;
  process.stderr.write(`${error.message}\n${error.remedy}\n`);
  process.exitCode = 2;
}
