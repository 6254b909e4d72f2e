import { posix, win32 } from 'node:path';

/** What the choice of the data folder depends on. */
interface Place {
  platform: NodeJS.Platform;
  env: Record<string, string | undefined>;
  home: string;
}

/**
 * Where the library lives when nobody says: LONGVIEW_LIBRARY, or the platform's application-data folder.
 */
export function defaultLibraryFolder({ platform, env, home }: Place): string {
  if (env.LONGVIEW_LIBRARY) return env.LONGVIEW_LIBRARY;
  if (platform === 'win32')
    return win32.join(env.LOCALAPPDATA ?? win32.join(home, 'AppData', 'Local'), 'Longview');
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Longview');
  return posix.join(env.XDG_DATA_HOME ?? posix.join(home, '.local', 'share'), 'longview');
}
