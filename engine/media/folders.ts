import { open, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { LongviewError } from '../protocol/errors.ts';
import { throwIfCancelled } from '../protocol/errors.ts';
import { fileError } from './file-check.ts';

/** File name extensions that are taken for video when a folder is walked, in lower case. */
export const videoExtensions: ReadonlySet<string> = new Set(
  (
    '3g2 3gp asf avi divx dv f4v flv m2t m2ts m2v m4v mkv mod mov mp4 mpe mpeg mpg mts mxf ogm ogv qt rm rmvb ' +
    'tod ts vob webm wmv wtv y4m'
  ).split(' '),
);

/** What was found under some paths. */
export interface FoundVideos {
  /** Absolute paths, folders' contents in natural order, each file once. */
  files: string[];
  /** What could not be looked at; the rest was. */
  errors: { path: string; error: LongviewError }[];
}

/**
 * Lists the videos under some paths. A path to a file counts whatever its name; folders are walked (hidden entries
 * left out, links followed, no folder twice, so that loops end) for the usual {@link videoExtensions}.
 * @throws LongviewError `cancelled`; everything else becomes an entry of `errors`.
 */
export async function findVideos(
  paths: readonly string[],
  options: { signal?: AbortSignal } = {},
): Promise<FoundVideos> {
  const found: FoundVideos = { files: [], errors: [] };
  const given = new Set(paths.map((entry) => path.resolve(entry)));
  const visited = new Set<string>();
  const seen = new Set<string>();
  const add = (file: string) => {
    if (!seen.has(file)) found.files.push(file);
    seen.add(file);
  };
  const walk = async (folder: string): Promise<void> => {
    throwIfCancelled(options.signal);
    const real = await realpath(folder);
    if (visited.has(real)) return;
    visited.add(real);
    const names = (await readdir(folder)).filter((name) => !name.startsWith('.'));
    for (const name of names.sort(naturalOrder)) {
      const entry = path.join(folder, name);
      await attempt(entry, async () => {
        const facts = await stat(entry);
        if (facts.isDirectory()) await walk(entry);
        else if (facts.isFile() && hasVideoExtension(name) && !(await isTypeScript(entry))) add(entry);
      });
    }
  };
  const attempt = async (entry: string, look: () => Promise<void>) => {
    try {
      await look();
    } catch (error) {
      throwIfCancelled(options.signal);
      if (isDangling(error) && !given.has(entry) && !hasVideoExtension(entry)) return;
      found.errors.push({ path: entry, error: fileError(entry, error) });
    }
  };
  for (const entry of given) {
    await attempt(entry, async () => {
      if ((await stat(entry)).isDirectory()) await walk(entry);
      else add(entry);
    });
  }
  return found;
}

/** Whether a file name ends like a video's. */
export function hasVideoExtension(name: string): boolean {
  return videoExtensions.has(path.extname(name).slice(1).toLowerCase());
}

/** ".ts" and ".mts" are source code as often as MPEG transport streams, which have a sync byte every 188 or 192 bytes. */
async function isTypeScript(file: string): Promise<boolean> {
  if (!/\.m?ts$/i.test(file)) return false;
  const handle = await open(file, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(5), 0, 5, 0);
    return bytesRead > 0 && buffer[0] !== 0x47 && buffer[4] !== 0x47;
  } finally {
    await handle.close();
  }
}

/** A link to nowhere. */
function isDangling(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function naturalOrder(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true }) || (a < b ? -1 : a > b ? 1 : 0);
}
