import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { badArgument } from '../../engine/protocol/errors.ts';
import { killsOf } from './kills.ts';
import { works } from './works.ts';

/** For the list of benches. */
export const what = 'kills in the middle of everything that writes: nothing lost, nothing doubled';

/** Kills each work the same number of times; exit code 1 where a library broke or came out different. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { count: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
  });
  const count = Number(values.count);
  if (!Number.isInteger(count) || count < 1) throw badArgument('--count', 'a whole number', values.count);
  const folder = await mkdtemp(join(tmpdir(), 'longview-kills-'));
  const names = Object.keys(works);
  let wrong = 0;
  try {
    process.stdout.write('work                 steps   kills   broken   different\n');
    for (const [index, name] of names.entries()) {
      const kills = await killsOf(
        name,
        Math.ceil(count / names.length),
        Number(values.seed) + index,
        join(folder, String(index)),
      );
      const cells = [kills.steps, kills.kills, kills.broken.length, kills.different.length];
      process.stdout.write(`${name.padEnd(18)} ${cells.map((cell) => String(cell).padStart(7)).join(' ')}\n`);
      for (const one of [...kills.broken, ...kills.different]) process.stdout.write(`  ${one}\n`);
      wrong += kills.broken.length + kills.different.length;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (wrong > 0) process.exitCode = 1;
}
