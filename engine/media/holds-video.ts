import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { LongviewError, throwIfCancelled } from '../protocol/errors.ts';
import { cannotRead } from '../protocol/file-errors.ts';
import { looksLikeVideo } from './looks-like-video.ts';

/**
 * Whether a folder holds a video, however deep, by the rules of `findVideos`; ends with the first one.
 * @throws LongviewError `cancelled`, and for the folder itself what {@link cannotRead} makes of the file system's error.
 */
export async function holdsVideo(folder: string, options: { signal?: AbortSignal } = {}): Promise<boolean> {
  const visited = new Set<string>();
  const look = async (at: string): Promise<boolean> => {
    throwIfCancelled(options.signal);
    const real = await realpath(at);
    if (visited.has(real)) return false;
    visited.add(real);
    const names = (await readdir(at)).filter((name) => !name.startsWith('.'));
    const folders: string[] = [];
    for (const name of names) {
      const entry = path.join(at, name);
      // What can't be looked at is told by the indexing itself.
      const facts = await stat(entry).catch(() => undefined);
      if (facts?.isDirectory()) folders.push(entry);
      else if (facts?.isFile() && (await looksLikeVideo(entry).catch(() => true))) return true;
    }
    for (const inner of folders) if (await look(inner).catch(unlessCancelled)) return true;
    return false;
  };
  try {
    return await look(folder);
  } catch (error) {
    throw cannotRead(folder, error);
  }
}

function unlessCancelled(error: unknown): false {
  if (error instanceof LongviewError) throw error;
  return false;
}
