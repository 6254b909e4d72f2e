import { readFile } from 'node:fs/promises';
import { cannotRead } from '../protocol/file-errors.ts';

/**
 * A text file that a user named, in UTF-8.
 * @param missing what to do where it isn't there
 * @throws LongviewError `file-not-found`, `permission-denied`, `file-unreadable`.
 */
export async function readTextFile(file: string, missing: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw cannotRead(file, cause, missing);
  }
}
