import { completePath } from '../../engine/services/folders/complete-path.ts';
import type { Folders, WatchedFolders } from '../../engine/protocol/folders.ts';

/** Followed folders that nobody looks into. */
export function pretendFolders(): WatchedFolders {
  let folders: Folders['folders'] = [];
  return {
    folders: async () => ({ folders }),
    async addFolder({ path, ignore = [] }) {
      const folder = {
        path,
        ignore,
        state: 'watching' as const,
        videos: 12,
        lookedAt: '2026-02-03T10:00:00.000Z',
      };
      folders = [...folders.filter((one) => one.path !== path), folder];
      return { folders };
    },
    async changeFolder({ path, ignore }) {
      folders = folders.map((one) => (one.path === path ? { ...one, ignore: ignore ?? one.ignore } : one));
      return { folders };
    },
    async removeFolder({ path }) {
      folders = folders.filter((one) => one.path !== path);
      return { folders };
    },
    completePath: ({ text }) => completePath(text),
    newFootage: async () => ({ paths: [] }),
    followFolders: () => () => undefined,
  };
}
