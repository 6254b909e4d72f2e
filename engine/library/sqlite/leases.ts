import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { LibraryDatabase } from './database.ts';

/** So long a lease lasts, and so often it is renewed, in milliseconds. */
const lastsMs = 60_000;
const renewedMs = 10_000;
const held = ['claims', 'jobs', 'requests'] as const;

/** When a process of this machine began, as the system tells; undefined where it doesn't, or there is no such process. */
function startOf(pid: number): string | undefined {
  try {
    // The name of a program may hold spaces and brackets; the start is the 20th field behind it.
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19];
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Who holds what in a library. On this machine a holder lives as long as its process, whatever the clock does; of another
 * machine's only the lease tells.
 */
export class Leases {
  /** "host pid start name": the last tells two open libraries of one process apart. */
  readonly holder: string = [
    hostname().replaceAll(' ', '-') || 'host',
    process.pid,
    startOf(process.pid) ?? '-',
    randomBytes(4).toString('hex'),
  ].join(' ');
  readonly #db: LibraryDatabase;
  #timer: NodeJS.Timeout | undefined;

  constructor(db: LibraryDatabase) {
    this.#db = db;
  }

  /** Until when a lease taken now lasts. Starts renewing. */
  until(): number {
    this.#timer ??= setInterval(() => this.#renew(), renewedMs).unref();
    return Date.now() + lastsMs;
  }

  /** Whether a holder still lives. */
  lives(holder: string | null, leaseUntil: number | null): boolean {
    if (holder === null) return false;
    if (holder === this.holder) return true;
    const [host, pid, start] = holder.split(' ');
    const valid = (leaseUntil ?? 0) > Date.now();
    if (host !== this.holder.split(' ')[0]) return valid;
    if (!isRunning(Number(pid))) return false;
    return start === '-' ? valid : startOf(Number(pid)) === start;
  }

  /** Lets go of everything that is held. */
  close(): void {
    clearInterval(this.#timer);
    if (this.#timer === undefined) return;
    this.#timer = undefined;
    this.#db.write(() => {
      this.#db.run('DELETE FROM claims WHERE holder = ?', this.holder);
      for (const table of ['jobs', 'requests'])
        this.#db.run(`UPDATE ${table} SET holder = NULL, lease_until = NULL WHERE holder = ?`, this.holder);
    });
  }

  #renew(): void {
    try {
      for (const table of held)
        this.#db.run(
          `UPDATE ${table} SET lease_until = ? WHERE holder = ?`,
          Date.now() + lastsMs,
          this.holder,
        );
    } catch {
      // A full disk or a lock: the next time is soon enough.
    }
  }
}
