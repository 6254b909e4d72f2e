import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder of one's own for files that go away, readable by its owner only. Its name tells whose it is, so that
 * {@link sweepTemporary} finds it where its process was killed.
 * @param kind what it is for: letters
 */
export function temporaryFolder(kind: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `longview-${kind}-${process.pid}-${Date.now().toString(36)}-`));
}

/** What {@link temporaryFolder} names, and what earlier versions did, who wrote no owner. */
const named = /^longview-[a-z]+-(?<pid>\d+)-(?<since>[0-9a-z]{8,9})-[A-Za-z0-9]{6}$/u;
const namedBefore = /^longview-text-[A-Za-z0-9]{6}$/u;
const dayMs = 86_400_000;

/** Deletes the temporary folders of processes that are gone. What isn't this account's own folder stays. */
export function sweepTemporary(): void {
  sweep(tmpdir(), (name, made) => {
    const { pid, since } = named.exec(name)?.groups ?? {};
    if (pid !== undefined) return !isRunning(Number(pid), parseInt(since, 36));
    return namedBefore.test(name) && made < Date.now() - dayMs;
  });
}

/**
 * Deletes the folders in which killed processes were making something that was to lie in `parent`:
 * ".NAME.partial-PID-TIME", as engine/convert stages bundles.
 */
export function sweepStaging(parent: string): void {
  sweep(parent, (name) => {
    const [, pid, since] = /^\..+\.partial-(\d+)-([0-9a-z]{8,9})$/u.exec(name) ?? [];
    return pid !== undefined && !isRunning(Number(pid), parseInt(since ?? '', 36));
  });
}

function sweep(parent: string, isLeft: (name: string, made: number) => boolean): void {
  try {
    for (const name of readdirSync(parent)) {
      if (!name.includes('longview-') && !name.includes('.partial-')) continue;
      const path = join(parent, name);
      const facts = lstatSync(path, { throwIfNoEntry: false });
      if (!facts?.isDirectory() || (process.getuid && facts.uid !== process.getuid())) continue;
      if (isLeft(name, facts.mtimeMs)) rmSync(path, { recursive: true, force: true });
    }
  } catch (error) {
    // A folder that isn't there has nothing left in it; what can't be deleted now may be the next time.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

/**
 * Whether the process that made something still runs.
 * @param since when it made it, in milliseconds: a process that began later only has the number of the one that did
 */
export function isRunning(pid: number, since: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const began = beganAt(pid);
  // The machine's clock may have been set meanwhile, by a little.
  return began === undefined || began <= since + 5000;
}

/** When a process began, in milliseconds, where the system tells (Linux). */
function beganAt(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the 22nd field, in ticks of 1/100 s since the machine was started; the second may hold anything.
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    const booted = Number(/^btime (\d+)$/mu.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
    const began = booted * 1000 + ticks * 10;
    return Number.isFinite(began) ? began : undefined;
  } catch {
    return undefined;
  }
}
