import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, parse, sep } from 'node:path';
import { givenPath, hasVideoExtension } from '../../media/index.ts';
import type { Completed } from '../../protocol/folders.ts';

/** More than a list beside a field can show. */
const most = 60;

/**
 * The folders and videos whose path begins as somebody wrote: without anything, those of the home folder. Hidden ones are
 * left out, and of files everything that isn't named like a video.
 */
export async function completePath(text: string): Promise<Completed> {
  const nothing: Completed = { in: null, entries: [], more: false };
  let whole: string;
  try {
    whole = text.trim() === '' || text.trim() === '~' ? homedir() + sep : givenPath(text.trimStart());
  } catch {
    return nothing;
  }
  const ended = /[/\\]$/.test(text) || whole.endsWith(sep);
  const { dir, base } = ended ? { dir: whole, base: '' } : parse(whole);
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return nothing;
  const begins = base.toLowerCase();
  const fitting = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.') || !entry.name.toLowerCase().startsWith(begins)) continue;
    const path = join(dir, entry.name);
    const folder =
      entry.isDirectory() ||
      (entry.isSymbolicLink() && ((await stat(path).catch(() => undefined))?.isDirectory() ?? false));
    if (folder || hasVideoExtension(entry.name)) fitting.push({ path, name: entry.name, folder });
  }
  fitting.sort(
    (a, b) => Number(b.folder) - Number(a.folder) || a.name.localeCompare(b.name, 'en', { numeric: true }),
  );
  return { in: dir, entries: fitting.slice(0, most), more: fitting.length > most };
}
