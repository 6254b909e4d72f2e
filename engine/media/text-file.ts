import { readFile } from 'node:fs/promises';
import { LongviewError, quote } from '../protocol/errors.ts';

/**
 * A text file that a user named, in UTF-8.
 * @param remedy what to do where it can't be read
 * @throws LongviewError `file-not-found`, `file-unreadable`.
 */
export async function readTextFile(file: string, remedy: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new LongviewError(
      missing ? 'file-not-found' : 'file-unreadable',
      missing
        ? `${quote(file)} does not exist.`
        : `${quote(file)} could not be read: ${(cause as Error).message}`,
      remedy,
      { cause, details: { path: file } },
    );
  }
}
