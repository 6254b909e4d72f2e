import { chmodSync, lstatSync, mkdirSync, readdirSync, type Stats } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, parse, resolve } from 'node:path';

/** The umask that the person has; undefined until new files were restricted. */
let usual: number | undefined;

/** From now on, what this process and its children make can be read by their owner only. For programs, not libraries. */
export function restrictNewFiles(): void {
  usual ??= process.umask(0o077);
  process.umask(0o077);
}

/** What is made from now on is as the person has set it: for files that they asked for, at places of theirs. */
export function allowNewFiles(): void {
  if (usual !== undefined) process.umask(usual);
}

/** What Longview makes in a library's folder; anything else there is somebody else's and stays as it is. */
const ours =
  /^(?:library\.|indexing\.lock|backups?(?:$|[.-])|features|thumbnails|logs|stills|models|speech|downloads|exports|verified\.json|\.)/u;

/**
 * Sees to it that nobody but its owner can read a library: makes the folder where there is none, and takes others'
 * rights from it and from what lies in it already. Links are not followed; rights that can't be changed (another's
 * file, a file system without them) stay, and what is wrong with the folder is told by whoever opens it.
 */
export function keepPrivate(folder: string): void {
  try {
    closeToOthers(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

function closeToOthers(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (process.platform === 'win32') return;
  const entries = readdirSync(folder);
  const open = isOpen(lstatSync(folder));
  // A folder that holds other things too, or is one of the system's, is not a library's alone.
  const alone = entries.every((name) => ours.test(name)) && !isShared(folder);
  for (const name of entries) if (ours.test(name)) restrict(join(folder, name), open);
  if (open && alone) change(folder, 0o700);
}

/** @param deep also what lies in a folder; what lies in a closed one can't be reached by others */
function restrict(path: string, deep: boolean): void {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (!facts || facts.isSymbolicLink()) return;
  if (facts.isDirectory() && (deep || isOpen(facts)))
    for (const name of readdirSync(path)) restrict(join(path, name), true);
  if (isOpen(facts)) change(path, facts.mode & 0o700);
}

const isOpen = ({ mode }: Stats) => (mode & 0o077) !== 0;

function isShared(folder: string): boolean {
  const path = resolve(folder);
  const { mode } = lstatSync(path);
  return [parse(path).root, homedir(), dirname(homedir()), tmpdir()].includes(path) || (mode & 0o1000) !== 0;
}

function change(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}
