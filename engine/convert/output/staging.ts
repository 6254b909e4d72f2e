import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { badArgument } from '../../protocol/errors.ts';
import { cannotWrite, fileProblem } from '../../protocol/file-errors.ts';

/**
 * Makes a folder as a whole or not at all: `fill` writes into a folder beside the target, which takes the
 * target's name when it is done and disappears when it fails or is cancelled. What a killed process left is
 * cleared away by the next one.
 * @throws LongviewError `bad-argument` when the target exists; `disk-full`, `permission-denied`.
 */
export async function stageFolder<Result>(
  target: string,
  fill: (folder: string) => Promise<Result>,
): Promise<Result> {
  if (await stat(target).catch(() => undefined))
    throw badArgument('target', 'a folder that does not exist yet', target);
  const parent = dirname(target);
  const prefix = `.${basename(target)}.partial-`;
  const staging = join(parent, `${prefix}${process.pid}-${Date.now().toString(36)}`);
  try {
    await mkdir(parent, { recursive: true });
    await clearAbandoned(parent, prefix);
    await mkdir(staging);
    const result = await fill(staging);
    await rename(staging, target);
    return result;
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw explain(error, parent);
  }
}

/** Removes staging folders of processes that no longer run. */
async function clearAbandoned(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const owner = Number.parseInt(name.slice(prefix.length), 10);
    if (!isRunning(owner)) await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What a user can act on as such an error; anything else as it is. */
function explain(error: unknown, folder: string): unknown {
  const problem = fileProblem(error);
  return problem === 'full' || problem === 'denied' ? cannotWrite(folder, error) : error;
}
