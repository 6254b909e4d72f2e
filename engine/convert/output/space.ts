import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LongviewError, quote } from '../../protocol/errors.ts';

/**
 * Refuses work whose result would not fit before it begins.
 * @throws LongviewError `disk-full` with both numbers.
 */
export async function requireSpace(folder: string, bytes: number): Promise<void> {
  const found = await nearest(folder);
  if (found === undefined) return;
  const free = Number(found.bavail) * Number(found.bsize);
  if (free >= bytes) return;
  throw new LongviewError(
    'disk-full',
    `The model needs ${gigabytes(bytes)} and the disk of ${quote(folder)} has ${gigabytes(free)} free.`,
    'Free some space, choose a folder on another disk, or a smaller precision.',
    { details: { needed: bytes, free } },
  );
}

/** The file system that a folder will lie on: its nearest parent that exists. */
async function nearest(folder: string): Promise<Awaited<ReturnType<typeof statfs>> | undefined> {
  const found = await statfs(folder).catch(() => undefined);
  const parent = dirname(folder);
  return found ?? (parent === folder ? undefined : nearest(parent));
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e9 ? 3 : 1)} GB`;
}
