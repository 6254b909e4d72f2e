import { readdirSync, readFileSync } from 'node:fs';
import type { Hub } from '../../engine/hub/index.ts';

/** What each part of the bench gets. */
export interface Part {
  hub: Hub;
  url: string;
  /** Process id of PostgreSQL; its backends are its children. */
  server: number;
  hours: number;
  say: (line: string) => void;
}

/** Linux counts processor time in hundredths of a second. */
const ticks = 100;

/** Seconds of processor time of PostgreSQL and all its backends so far; NaN where the system doesn't tell. */
export function serverCpu(server: number): number {
  try {
    let sum = 0;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/u.test(name))) {
      let stat: string;
      try {
        stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      } catch {
        continue;
      }
      const fields = stat.split(') ').at(-1)!.split(' ');
      // Parent, own time in programs and in the system, and that of ended children.
      const [parent, own] = [Number(fields[1]), Number(fields[11]) + Number(fields[12])];
      const ended = Number(fields[13]) + Number(fields[14]);
      if (Number(pid) === server) sum += own + ended;
      else if (parent === server) sum += own;
    }
    return sum / ticks;
  } catch {
    return NaN;
  }
}

/** What some work took, in seconds: on the clock, of this process's processor time, and of PostgreSQL's. */
export async function measured<T>(server: number, work: () => Promise<T>) {
  const [wall, own, theirs] = [performance.now(), process.cpuUsage(), serverCpu(server)];
  const result = await work();
  const { user, system } = process.cpuUsage(own);
  return {
    result,
    wallSec: (performance.now() - wall) / 1000,
    cpuSec: (user + system) / 1e6,
    serverSec: serverCpu(server) - theirs,
  };
}
