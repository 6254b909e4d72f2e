import { stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { z } from 'zod';
import { badArgument } from '../../protocol/errors.ts';
import { cannotRead } from '../../protocol/file-errors.ts';
import {
  addFolderRequestSchema,
  changeFolderRequestSchema,
  completeRequestSchema,
  removeFolderRequestSchema,
  type FolderListener,
  type Folders,
  type WatchedFolders,
} from '../../protocol/folders.ts';
import { parseRequest } from '../../protocol/requests.ts';
import { givenPath } from '../../media/index.ts';
import type { Store } from '../../library/index.ts';
import { completePath } from './complete-path.ts';
import { FollowedFolder, usualPace, type FollowPace, type IsSettled } from './followed-folder.ts';
import { ignoredBy } from './ignored.ts';
import { lookThrough } from './look-through.ts';

/** In the library's settings: the folders, and videos that somebody removed though they lie in one. */
const setting = 'folders';
const stored = z.array(z.object({ path: z.string(), ignore: z.array(z.string()) })).catch([]);
const leftOutSetting = 'folders/left-out';
const leftOut = z.array(z.string()).catch([]);

/** The folders whose videos belong into the library. */
export class FolderService implements WatchedFolders {
  readonly #store: () => Store;
  readonly #pace: FollowPace;
  #listener: FolderListener | undefined;
  readonly #followed = new Map<string, FollowedFolder>();

  constructor(store: () => Store, pace: FollowPace = usualPace) {
    this.#store = store;
    this.#pace = pace;
  }

  async folders(): Promise<Folders> {
    return {
      folders: this.#list().map(
        ({ path, ignore }) =>
          this.#followed.get(path)?.told ?? {
            ...{ path, ignore, state: 'polling' as const, videos: 0, lookedAt: null },
          },
      ),
    };
  }

  async addFolder(request: unknown): Promise<Folders> {
    const { path: given, ignore = [] } = parseRequest(addFolderRequestSchema, request);
    const path = withoutEnd(givenPath(given));
    const facts = await stat(path).catch((cause: unknown) => {
      throw cannotRead(path, cause);
    });
    if (!facts.isDirectory()) throw badArgument('path', 'a folder', path);
    if (!this.#list().some((one) => one.path === path)) this.#keep([...this.#list(), { path, ignore }]);
    return this.folders();
  }

  async changeFolder(request: unknown): Promise<Folders> {
    const { path: given, ignore, rescan } = parseRequest(changeFolderRequestSchema, request);
    const { path } = this.#known(given);
    if (ignore !== undefined)
      this.#keep(this.#list().map((one) => (one.path === path ? { path, ignore } : one)));
    else if (rescan) void this.#followed.get(path)?.look();
    return this.folders();
  }

  async removeFolder(request: unknown): Promise<Folders> {
    const { path: given, forget = false } = parseRequest(removeFolderRequestSchema, request);
    const { path } = this.#known(given);
    this.#keep(this.#list().filter((one) => one.path !== path));
    if (forget) {
      const store = this.#store();
      const others = this.#list().map((one) => one.path);
      for (const video of store.videos()) {
        const places = video.paths.length > 0 ? video.paths : [video.path];
        const only = places.every(
          (place) => isIn(place, path) && !others.some((other) => isIn(place, other)),
        );
        if (only) store.removeVideo(video.id);
      }
      this.#listener?.onLibrary();
    }
    return this.folders();
  }

  async completePath(request: unknown) {
    return completePath(parseRequest(completeRequestSchema, request).text);
  }

  async newFootage({ path: given }: { path?: string } = {}): Promise<{ paths: string[] }> {
    const paths: string[] = [];
    const isSettled = this.#settled();
    for (const { path, ignore } of given === undefined ? this.#list() : [this.#known(given)])
      for await (const { videos } of lookThrough(path, {
        ...{ root: path, ignored: ignoredBy(ignore), others: new Map() },
      }))
        for (const [video, stamp] of videos) if (!isSettled(video, stamp)) paths.push(video);
    return { paths };
  }

  followFolders(listener: FolderListener): () => void {
    this.#listener = listener;
    this.#follow();
    return () => {
      this.#listener = undefined;
      for (const folder of this.#followed.values()) folder.close();
      this.#followed.clear();
    };
  }

  /** A video was removed from the library: what of it lies in a followed folder doesn't come back by itself. */
  leaveOut(paths: readonly string[]): void {
    const folders = this.#list();
    const inside = paths.filter((path) => folders.some((folder) => isIn(path, folder.path)));
    if (inside.length === 0) return;
    const before = leftOut.parse(this.#store().setting(leftOutSetting) ?? []);
    this.#store().setSetting(leftOutSetting, [...new Set([...before, ...inside])]);
  }

  /** Somebody asked for these by name: they are left out no longer. */
  takeBack(paths: readonly string[]): void {
    const before = leftOut.parse(this.#store().setting(leftOutSetting) ?? []);
    const after = before.filter((path) => !paths.includes(path));
    if (after.length < before.length) this.#store().setSetting(leftOutSetting, after);
  }

  #list() {
    return stored.parse(this.#store().setting(setting) ?? []);
  }

  #known(given: string) {
    const path = withoutEnd(givenPath(given));
    const found = this.#list().find((one) => one.path === path);
    if (!found) throw badArgument('path', 'a folder that is followed', path);
    return found;
  }

  #keep(folders: readonly { path: string; ignore: string[] }[]): void {
    this.#store().setSetting(setting, folders.length > 0 ? folders : undefined);
    this.#follow();
    this.#listener?.onFolders();
  }

  /** Follows what is on the list, as it is written there. */
  #follow(): void {
    const listener = this.#listener;
    if (!listener) return;
    const list = this.#list();
    for (const [path, followed] of this.#followed) {
      const wanted = list.find((one) => one.path === path);
      if (wanted && wanted.ignore.join('\n') === followed.ignore.join('\n')) continue;
      followed.close();
      this.#followed.delete(path);
    }
    for (const { path, ignore } of list) {
      if (this.#followed.has(path)) continue;
      const folder = new FollowedFolder(
        path,
        ignore,
        {
          onFound: (paths) => listener.onFound(paths),
          onLibrary: () => listener.onLibrary(),
          onFolders: () => listener.onFolders(),
          isBusy: (at) => listener.isBusy(at),
          settled: () => this.#settled(),
          holdsVideos: (at) =>
            this.#store()
              .videos()
              .some((video) => isIn(video.path, at)),
        },
        this.#pace,
      );
      this.#followed.set(path, folder);
      folder.start();
    }
  }

  /** What is indexed as it is, what somebody left out, and what failed since it was last written. */
  #settled(): IsSettled {
    const store = this.#store();
    const indexed = store.indexedFiles();
    const left = new Set(leftOut.parse(store.setting(leftOutSetting) ?? []));
    const jobs = new Map(store.jobs().map((job) => [job.path, job]));
    return (path, { size, modifiedMs }) => {
      const known = indexed.get(path);
      if (known?.sizeBytes === size && known.modifiedMs === modifiedMs) return true;
      const job = jobs.get(path);
      return left.has(path) || (job?.state === 'failed' && job.updatedAt > modifiedMs);
    };
  }
}

const withoutEnd = (path: string) =>
  path.length > 1 && path.endsWith(sep) && !/^[a-z]:\\$/i.test(path) ? path.slice(0, -1) : path;

/** Whether a path lies in a folder, however deep. */
export function isIn(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
