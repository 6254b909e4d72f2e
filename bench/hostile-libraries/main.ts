import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { badArgument } from '../../engine/protocol/errors.ts';
import { mutations } from './mutate.ts';

/** For the list of benches. */
export const what =
  'libraries that somebody else or a bad disk changed: none is a bug, none leads out of its folder';

/** Tries as many changed libraries as asked for; exit code 1 where one was a mistake. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { count: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' } },
  });
  const count = Number(values.count);
  if (!Number.isInteger(count) || count < 1) throw badArgument('--count', 'a whole number', values.count);
  const folder = await mkdtemp(join(tmpdir(), 'longview-libraries-'));
  try {
    const found = mutations(count, Number(values.seed), folder);
    const lines = [
      `libraries       ${found.tried} (seed ${values.seed})`,
      `read            ${found.read}`,
      `refused         ${found.refused}`,
      `mistakes        ${found.mistakes.length}`,
      ...found.mistakes.slice(0, 20).map((one) => `  ${one}`),
      `slow            ${found.slow.length}`,
      `files touched   ${found.touched.length}`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
    if (found.mistakes.length + found.slow.length + found.touched.length > 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
