import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What SQLite needs to open a library and to take the rows of a large video away, whose features go first. */
const reservedBytes = 2 * 2 ** 20;
/** Only a disk with more than this has something to spare. */
const spareBytes = 4 * reservedBytes;

const place = (folder: string) => join(folder, 'reserve.bin');

/** Bytes that may still be written in a folder; undefined where the system doesn't tell. */
export function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/** Takes some space while there is plenty: on a full disk it is what opening and removing need. */
export function keepReserve(folder: string): void {
  try {
    if (statSync(place(folder), { throwIfNoEntry: false }) || (freeBytes(folder) ?? 0) < spareBytes) return;
    // What doesn't compress takes its space on every file system.
    writeFileSync(`${place(folder)}.new`, randomBytes(reservedBytes), { mode: 0o600 });
    renameSync(`${place(folder)}.new`, place(folder));
  } catch {
    // Without it a full disk is told as such.
  }
}

/** Gives that space back. @returns false where there was none */
export function releaseReserve(folder: string): boolean {
  try {
    rmSync(place(folder));
    return true;
  } catch {
    return false;
  }
}
