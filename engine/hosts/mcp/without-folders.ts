import { homedir } from 'node:os';
import { basename, dirname, sep } from 'node:path';

/**
 * A text of the engine's without the folders of the files that it names: their names stay.
 * @param paths files that it may name
 */
export function withoutFolders(text: string, paths: readonly string[]): string {
  const folders = [...new Set(paths.map((path) => dirname(path)))]
    .filter((folder) => folder !== dirname(folder))
    .sort((a, b) => b.length - a.length);
  const plain = folders.reduce((left, folder) => {
    const inside = folder + sep;
    // Messages quote as JSON does.
    return left.replaceAll(inside, '').replaceAll(JSON.stringify(inside).slice(1, -1), '');
  }, text);
  return plain
    .replace(/"(?:[/~]|[A-Za-z]:\\\\|\\\\\\\\)(?:[^"\\]|\\.)*"/gu, (quoted) => {
      const path = quoted.slice(1, -1).replaceAll('\\\\', '/');
      // A long one is cut: what is left of it may be folders alone.
      return path.endsWith('...') ? 'a file' : `"${basename(path)}"`;
    })
    .replaceAll(homedir(), '~');
}
