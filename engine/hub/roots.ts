import { posix, win32 } from 'node:path';

/** Where a video lies for everybody: a root's name and a path below it, with slashes. */
export interface Place {
  root: string;
  path: string;
}

/** Where each root is mounted on this machine, by its name. */
export type Mounts = Readonly<Record<string, string>>;

/** Mounts of Windows are written with a drive or with backslashes, whatever machine reads them. */
function dialect(mount: string): typeof posix {
  return /^[a-z]:|^\\\\/iu.test(mount) ? win32 : posix;
}

/** The place of a file by the root that lies nearest above it; undefined where none does. */
export function placeOf(path: string, mounts: Mounts): Place | undefined {
  const found = Object.entries(mounts)
    .map(([root, mount]) => ({ root, mount, relative: dialect(mount).relative(mount, path) }))
    .filter(
      ({ mount, relative }) =>
        relative !== '' && !/^\.\.(?:[/\\]|$)/u.test(relative) && !dialect(mount).isAbsolute(relative),
    )
    .toSorted((a, b) => b.mount.length - a.mount.length)[0];
  if (!found) return undefined;
  const { root, mount, relative } = found;
  return { root, path: relative.split(dialect(mount).sep).join('/') };
}

/**
 * Where a place is on this machine; undefined where its root isn't mounted here. What another machine wrote never leads
 * out of the root.
 */
export function pathOf({ root, path }: Place, mounts: Mounts): string | undefined {
  const mount = Object.hasOwn(mounts, root) ? mounts[root] : undefined;
  if (mount === undefined) return undefined;
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0')))
    return undefined;
  const written = dialect(mount);
  // On Windows a backslash or a colon would begin another folder or drive.
  if (written.sep === '\\' && parts.some((part) => /[\\:]/u.test(part))) return undefined;
  return written.join(mount, ...parts);
}

/** What names a place that can't be reached from here: `footage:/lectures/first.mp4`. */
export function shownPlace({ root, path }: Place): string {
  return `${root}:/${path}`;
}
