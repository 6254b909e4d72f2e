import { fileName, folderOf } from '../format.ts';
import type { LibraryVideo } from '../../../engine/protocol/results.ts';
import type { Show } from '../state/router.svelte.ts';

/** How the library is laid out. */
export interface Arrangement {
  show: Show;
  /** Only videos in this folder or beneath it; all where empty. */
  folder: string;
  sort: 'added' | 'name' | 'duration';
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
const shows: Record<Show, (video: LibraryVideo) => boolean> = {
  all: () => true,
  ready: (video) => video.status === 'indexed',
  unready: (video) => ['pending', 'partial', 'failed'].includes(video.status),
  failed: (video) => video.status === 'failed' || video.error !== undefined,
  missing: (video) => video.status === 'missing',
};
const orders: Record<Arrangement['sort'], (a: LibraryVideo, b: LibraryVideo) => number> = {
  added: (a, b) => b.addedAt.localeCompare(a.addedAt) || collator.compare(fileName(a.path), fileName(b.path)),
  name: (a, b) => collator.compare(fileName(a.path), fileName(b.path)),
  duration: (a, b) => (b.durationSec ?? 0) - (a.durationSec ?? 0),
};

/** The videos to show, in order. */
export function arranged(videos: readonly LibraryVideo[], how: Arrangement): LibraryVideo[] {
  const inFolder = (video: LibraryVideo) =>
    how.folder === '' || video.path.startsWith(how.folder + separator(how.folder));
  return videos.filter((video) => shows[how.show](video) && inFolder(video)).sort(orders[how.sort]);
}

/** The folders that hold videos, with how many, by name. */
export function foldersOf(videos: readonly LibraryVideo[]): { folder: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const video of videos) {
    const folder = folderOf(video.path);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .map(([folder, count]) => ({ folder, count }))
    .sort((a, b) => collator.compare(a.folder, b.folder));
}

function separator(path: string): string {
  return path.includes('\\') ? '\\' : '/';
}
