import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * The files and folders among a program's arguments ("open with", a drop on the icon): what exists, and isn't a
 * switch of Chromium's.
 */
export function pathsIn(
  args: readonly string[],
  workingFolder: string,
  exists: (path: string) => boolean = existsSync,
): string[] {
  const paths = args
    .filter((arg) => arg !== '' && !arg.startsWith('-'))
    .map((arg) => resolve(workingFolder, arg))
    .filter(exists);
  return [...new Set(paths)];
}
