import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { throwIfCancelled } from '../../protocol/errors.ts';
import { looksLikeVideo } from '../../media/index.ts';

/** A file's size and time of modification: another content has others. */
export interface Stamp {
  size: number;
  modifiedMs: number;
}

/** What lies in one folder, not beneath it. */
export interface FolderContent {
  folder: string;
  /** Its videos by path. */
  videos: Map<string, Stamp>;
  /** Folders in it that aren't left out. */
  folders: string[];
}

/** What is left out, and what was looked at before. */
export interface LookOptions {
  root: string;
  ignored: (relative: string) => boolean;
  /** Files that are no video as they are, by path: they needn't be opened again. */
  others: Map<string, number>;
  signal?: AbortSignal;
}

/**
 * Looks into one folder: hidden and ignored entries are left out, links followed.
 * @throws what the file system says of the folder itself; an entry that can't be looked at is left out
 */
export async function lookInto(folder: string, options: LookOptions): Promise<FolderContent> {
  const { root, ignored, others, signal } = options;
  throwIfCancelled(signal);
  const content: FolderContent = { folder, videos: new Map(), folders: [] };
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (ignored(relative(root, path).replaceAll(sep, '/'))) continue;
    try {
      if (entry.isDirectory()) content.folders.push(path);
      else if (entry.isSymbolicLink() && (await stat(path)).isDirectory()) content.folders.push(path);
      else if (entry.isFile() || entry.isSymbolicLink()) {
        const known = others.get(path);
        if (known === undefined && (await looksLikeVideo(path))) {
          const { size, mtimeMs } = await stat(path);
          content.videos.set(path, { size, modifiedMs: mtimeMs });
        } else if (known === undefined) others.set(path, 0);
      }
    } catch {
      throwIfCancelled(signal);
      // It went, or nobody may read it: the indexing tells, where somebody asked for it.
    }
  }
  return content;
}

/** {@link lookInto} for a folder and everything beneath it; each folder once, so that links in a circle end. */
export async function* lookThrough(from: string, options: LookOptions): AsyncGenerator<FolderContent> {
  const visited = new Set<string>();
  const left = [from];
  for (let folder = left.pop(); folder !== undefined; folder = left.pop()) {
    const facts = await stat(folder).catch((error: unknown) => {
      if (folder === from) throw error;
      return undefined;
    });
    const identity = `${facts?.dev} ${facts?.ino}`;
    if (!facts || (facts.ino !== 0 && visited.has(identity))) continue;
    visited.add(identity);
    try {
      const content = await lookInto(folder, options);
      yield content;
      left.push(...content.folders);
    } catch (error) {
      throwIfCancelled(options.signal);
      if (folder === from) throw error;
    }
  }
}
