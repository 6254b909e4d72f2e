import { isUtf8 } from 'node:buffer';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { LongviewError, quote, throwIfCancelled } from '../protocol/errors.ts';
import { cannotRead, fileProblem } from '../protocol/file-errors.ts';
import { recordingsOf, type ListedFile } from '../core/recordings.ts';
import { hasVideoExtension, looksLikeVideo } from './looks-like-video.ts';

/** What was found under some paths. */
export interface FoundVideos {
  /** Absolute paths, folders' contents in natural order, each file once. */
  files: string[];
  /** What could not be looked at; the rest was. */
  errors: { path: string; error: LongviewError }[];
}

/**
 * Lists the videos under some paths. A path to a file counts whatever its name; folders are walked (hidden entries
 * left out, links followed, no folder twice, so that loops end) for what is named like a video, or begins like one.
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
    const names = (await namesIn(folder, found)).filter((name) => !name.startsWith('.'));
    const files: ListedFile[] = [];
    const folders: string[] = [];
    for (const name of names) {
      const entry = path.join(folder, name);
      await attempt(entry, async () => {
        const facts = await stat(entry);
        if (facts.isDirectory()) folders.push(entry);
        else if (facts.isFile() && (await looksLikeVideo(entry)))
          files.push({ path: entry, bytes: facts.size });
      });
    }
    for (const entry of inOrder(files, folders)) {
      if (folders.includes(entry)) await attempt(entry, () => walk(entry));
      else add(entry);
    }
  };
  const attempt = async (entry: string, look: () => Promise<void>) => {
    try {
      await look();
    } catch (error) {
      throwIfCancelled(options.signal);
      if (isDangling(error) && !given.has(entry) && !hasVideoExtension(entry)) return;
      found.errors.push({ path: entry, error: cannotRead(entry, error) });
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

/**
 * The names in a folder. Linux allows names of any bytes (an old archive's, in GBK or Latin-1), which neither a library
 * nor ffmpeg's arguments can carry: those of videos are told.
 */
async function namesIn(folder: string, found: FoundVideos): Promise<string[]> {
  const names: string[] = [];
  for (const bytes of await readdir(folder, { encoding: 'buffer' })) {
    const name = bytes.toString('utf8');
    if (isUtf8(bytes)) names.push(name);
    else if (hasVideoExtension(name)) {
      const entry = path.join(folder, name);
      found.errors.push({ path: entry, error: notUtf8(folder, name) });
    }
  }
  return names;
}

function notUtf8(folder: string, name: string): LongviewError {
  return new LongviewError(
    'file-unreadable',
    `The name of a video in ${quote(folder)}, shown as ${quote(name)}, is not valid UTF-8.`,
    'Rename it (its name is in another encoding, as old archives leave it), then index the folder again.',
    { details: { path: path.join(folder, name) } },
  );
}

/** A link to nowhere. */
function isDangling(error: unknown): boolean {
  return fileProblem(error) === 'missing';
}

/** Files and folders in natural order, but for parts of one recording, which follow on its first. */
function inOrder(files: readonly ListedFile[], folders: readonly string[]): string[] {
  const recordings = recordingsOf(files).map(({ parts }) => parts.map(({ path: file }) => file));
  return [...recordings, ...folders.map((folder) => [folder])].sort(([a], [b]) => naturalOrder(a, b)).flat();
}

function naturalOrder(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true }) || (a < b ? -1 : a > b ? 1 : 0);
}
