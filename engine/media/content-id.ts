import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { throwIfCancelled } from '../protocol/errors.ts';
import { cannotRead } from '../protocol/file-errors.ts';
import { checkFile } from './file-check.ts';

const BLOCKS = 64;
const BLOCK_BYTES = 64 * 1024;

/**
 * Identifies a video by its content: a hash (SHA-256, 32 hexadecimal digits of it) of the file's size and of 64 blocks
 * of 64 KiB spread evenly over it, the first and the last bytes included; of every byte where the file is smaller than
 * those. It reads at most 4 MiB, so that a file of many hours takes milliseconds, and a moved or renamed file keeps
 * its id.
 * @param options.first only so many bytes from its beginning: what the file was before it grew. A recording that goes on
 * keeps them, so that it can be told from another file at the same place.
 * @throws LongviewError `file-not-found`, `permission-denied`, `file-unreadable`, `file-empty`, `not-a-video`, `cancelled`.
 */
export async function contentId(
  file: string,
  options: { signal?: AbortSignal; first?: number } = {},
): Promise<string> {
  const facts = await checkFile(file);
  const bytes = options.first === undefined ? facts.bytes : Math.min(options.first, facts.bytes);
  const hash = createHash('sha256').update(`longview-content-1:${bytes}:`);
  try {
    const handle = await open(file, 'r');
    try {
      const block = Buffer.alloc(BLOCK_BYTES);
      for (const offset of blockOffsets(bytes)) {
        throwIfCancelled(options.signal);
        const length = Math.min(BLOCK_BYTES, bytes - offset);
        const { bytesRead } = await handle.read(block, 0, length, offset);
        hash.update(block.subarray(0, bytesRead));
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    throwIfCancelled(options.signal);
    throw cannotRead(file, error);
  }
  return hash.digest('hex').slice(0, 32);
}

/** Where the blocks start: all of the file in a row, or 64 places from its start to its end. */
function blockOffsets(bytes: number): number[] {
  if (bytes <= BLOCKS * BLOCK_BYTES)
    return Array.from({ length: Math.ceil(bytes / BLOCK_BYTES) }, (_, index) => index * BLOCK_BYTES);
  const last = bytes - BLOCK_BYTES;
  return Array.from({ length: BLOCKS }, (_, index) => Math.floor((last * index) / (BLOCKS - 1)));
}
