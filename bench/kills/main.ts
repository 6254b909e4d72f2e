import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { badArgument } from '../../engine/protocol/errors.ts';
import { mishaps, mishapsOf, type Mishap } from './mishaps.ts';
import { works } from './works.ts';

/** For the list of benches. */
export const what =
  'kills, jumps of the clock and dying providers in everything that writes: nothing lost or doubled';

/** Disturbs each work the same number of times; exit code 1 where a library broke or came out different. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      mishap: { type: 'string', default: 'kill' },
    },
  });
  const count = Number(values.count);
  if (!Number.isInteger(count) || count < 1) throw badArgument('--count', 'a whole number', values.count);
  const mishap = values.mishap as Mishap;
  if (!mishaps.includes(mishap)) throw badArgument('--mishap', mishaps.join(', '), values.mishap);
  const folder = await mkdtemp(join(tmpdir(), 'longview-kills-'));
  const names = Object.keys(works);
  let wrong = 0;
  try {
    process.stdout.write(`work                 steps ${`${mishap}s`.padStart(9)}   broken   different\n`);
    for (const [index, name] of names.entries()) {
      const each = Math.ceil(count / names.length);
      const place = join(folder, String(index));
      const found = await mishapsOf(name, mishap, each, Number(values.seed) + index, place);
      const cells = [found.steps, found.happened, found.broken.length, found.different.length];
      process.stdout.write(`${name.padEnd(18)} ${cells.map((cell) => String(cell).padStart(7)).join(' ')}\n`);
      for (const one of [...found.broken, ...found.different]) process.stdout.write(`  ${one}\n`);
      wrong += found.broken.length + found.different.length;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (wrong > 0) process.exitCode = 1;
}
