import { watch, type FSWatcher } from 'node:fs';
import { dirname, join } from 'node:path';

/** Tells of folders in which something changed. */
export interface TreeWatch {
  /** A folder that belongs to the tree; where the system watches whole trees, nothing has to be done. */
  add(folder: string): void;
  /** A folder that is gone. */
  forget(folder: string): void;
  /** The system refused to watch some of it: the tree must be looked through now and then. */
  readonly incomplete: boolean;
  close(): void;
}

/** Systems that watch a whole tree by themselves. Node imitates that elsewhere, by watching every single file. */
const wholeTrees = ['darwin', 'win32'];

/**
 * Watches a folder and those in it that are added.
 * @param onDirty gets the folder in which something changed
 */
export function watchTree(root: string, onDirty: (folder: string) => void): TreeWatch {
  const watchers = new Map<string, FSWatcher>();
  const recursive = wholeTrees.includes(process.platform);
  let incomplete = false;
  const add = (folder: string) => {
    if (watchers.has(folder) || (recursive && folder !== root)) return;
    try {
      const watcher = watch(folder, { recursive, persistent: false }, (_, name) =>
        onDirty(recursive && name !== null ? dirname(join(folder, name)) : folder),
      );
      watcher.on('error', () => forget(folder));
      watchers.set(folder, watcher);
    } catch (error) {
      // The system has a limit; what is gone already is found to be so.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') incomplete = true;
    }
  };
  const forget = (folder: string) => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  add(root);
  return {
    add,
    forget,
    get incomplete() {
      return incomplete;
    },
    close() {
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}
