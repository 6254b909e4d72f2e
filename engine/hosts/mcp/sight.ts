import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { LongviewError, quote } from '../../protocol/errors.ts';
import { givenPath } from '../../media/given-path.ts';
import { withoutFolders } from './without-folders.ts';
import type { LibraryVideo, LibraryResult } from '../../protocol/results.ts';

/** A video that a client may know of. */
export interface SightedVideo extends LibraryVideo {
  /** The file's name. */
  name: string;
  /** The folder that it lies in: from an allowed one on, or its own name alone where the whole library may be seen. */
  folder: string;
}

/** Which videos a request is about, as the engine takes it. */
export interface Scope {
  /** Ids and folders for the engine's `in`; undefined: nothing needs to be said. */
  in: string[] | undefined;
  /** For the engine's `folders`: where everything must lie. */
  folders: string[] | undefined;
  /** Every video that may be spoken of, by id. */
  videos: ReadonlyMap<string, SightedVideo>;
}

/** What a client may see of a library. Everything else is as if it were not there, whoever guesses its id or path. */
export interface Sight {
  /** The videos that may be seen, newest first. */
  videos(): Promise<SightedVideo[]>;
  /** One of them by id, name or path. @throws LongviewError `video-not-in-library`, `bad-argument` for a name of several. */
  video(place: string): Promise<SightedVideo>;
  /** The same for many, in their order. @throws LongviewError as `video`. */
  each(places: readonly string[]): Promise<SightedVideo[]>;
  /** Videos by id, name, path or folder; everything that may be seen where none is named. @throws LongviewError as `video`. */
  scope(places: readonly string[] | undefined): Promise<Scope>;
  /** The ids of videos by id, name, path or folder. @throws LongviewError as `video`. */
  within(places: readonly string[]): Promise<ReadonlySet<string>>;
  /** A text of the engine's as a client may have it: without the folders of the files that it names, unless paths are told. */
  told(text: string): Promise<string>;
}

/** How much of a library may be seen and told. */
export interface SightOptions {
  /** What may be seen; the whole library where absent. */
  folders?: readonly string[] | undefined;
  /** Whether it may be told where files lie. */
  paths: boolean;
}

/** @param library asks the engine which videos there are */
export async function createSight(
  library: () => Promise<LibraryResult>,
  { folders, paths }: SightOptions,
): Promise<Sight> {
  const roots = folders && (await rootsOf(folders));
  const videos = async () =>
    (await library()).videos.flatMap((video): SightedVideo[] => {
      const root = roots?.find((one) => isInside(video.path, one));
      if (roots && root === undefined) return [];
      return [{ ...video, name: basename(video.path), folder: labelOf(dirname(video.path), root) }];
    });
  return {
    videos,
    async video(place) {
      return one(place, await videos());
    },
    async each(places) {
      const seen = await videos();
      return places.map((place) => one(place, seen));
    },
    async told(text) {
      if (paths) return text;
      const { folder, videos: all } = await library();
      return withoutFolders(text, [...all.map(({ path }) => path), join(folder, 'library.db')]);
    },
    async scope(places) {
      const seen = await videos();
      const byId = new Map(seen.map((video) => [video.id, video]));
      if (places === undefined) return { in: roots && indexedIn(roots, seen), folders: roots, videos: byId };
      const within = places.flatMap((place) => {
        const found = placesAt(place, seen, roots);
        return 'video' in found ? [found.video.id] : indexedIn(found.folders, seen);
      });
      return { in: within, folders: roots, videos: byId };
    },
    async within(places) {
      const seen = await videos();
      const ids = places.flatMap((place) => {
        const found = placesAt(place, seen, roots);
        if ('video' in found) return [found.video.id];
        return seen
          .filter(({ path }) => found.folders.some((folder) => isInside(path, folder)))
          .map(({ id }) => id);
      });
      return new Set(ids);
    },
  };
}

/** Folders as they were named and as they really lie: a library holds one or the other. */
async function rootsOf(folders: readonly string[]): Promise<string[]> {
  const roots = new Set<string>();
  for (const folder of folders) {
    const named = givenPath(folder, { from: process.cwd() });
    roots.add(named);
    // A drive that isn't connected has no other name.
    roots.add(await realpath(named).catch(() => named));
  }
  return [...roots];
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** "Videos/trip/day 1" of a folder below the allowed folder Videos, with slashes everywhere. */
function labelOf(folder: string, root: string | undefined): string {
  if (root === undefined) return basename(folder);
  return [basename(root), relative(root, folder)]
    .filter((part) => part !== '')
    .join(sep)
    .replaceAll(sep, '/');
}

/** The videos that a word names: by id, else by path, else by name. */
function named(place: string, videos: readonly SightedVideo[]): SightedVideo[] {
  const path = wholePath(place);
  for (const fits of [
    ({ id }: SightedVideo) => id === place,
    (video: SightedVideo) => path !== undefined && video.path === path,
    ({ folder, name }: SightedVideo) => `${folder}/${name}` === place,
    ({ name }: SightedVideo) => name === place,
  ]) {
    const found = videos.filter(fits);
    if (found.length > 0) return found;
  }
  return [];
}

/** The one video that a word names. @throws LongviewError as {@link Sight}. */
function one(place: string, videos: readonly SightedVideo[]): SightedVideo {
  const [found, ...others] = named(place, videos);
  if (others.length > 0) throw severalSo(place, others.length + 1);
  if (!found) throw notHere(place);
  return found;
}

/** The one video that a word names, or the folders. @throws LongviewError as {@link Sight}. */
function placesAt(
  place: string,
  videos: readonly SightedVideo[],
  roots: readonly string[] | undefined,
): { video: SightedVideo } | { folders: string[] } {
  const [found, ...others] = named(place, videos);
  if (others.length > 0) throw severalSo(place, others.length + 1);
  if (found) return { video: found };
  const folders = foldersAt(place, videos, roots);
  if (folders.length === 0) throw notHere(place);
  return { folders };
}

/** The folders on disk that a word names, as far as they may be seen and hold a video. */
function foldersAt(
  place: string,
  videos: readonly SightedVideo[],
  roots: readonly string[] | undefined,
): string[] {
  const label = place.replace(/\/+$/u, '');
  const labelled = videos.filter(({ folder }) => folder === label || folder.startsWith(`${label}/`));
  const own = labelled.map(({ path, folder }) => {
    const whole = dirname(path);
    return whole.slice(0, whole.length - (folder.length - label.length));
  });
  const path = wholePath(place);
  const wanted = own.length > 0 ? [...new Set(own)] : path === undefined ? [] : [path];
  // Of a folder around an allowed one, that one.
  const seen = wanted.flatMap((folder) =>
    !roots || roots.some((root) => root === folder || isInside(folder, root))
      ? [folder]
      : roots.filter((root) => isInside(root, folder)),
  );
  return seen.filter((folder) => videos.some((video) => isInside(video.path, folder)));
}

/** The folders that hold something to search: of others the engine says that they aren't there. */
function indexedIn(folders: readonly string[], videos: readonly SightedVideo[]): string[] {
  const found = folders.filter((folder) =>
    videos.some(({ path, patches }) => patches > 0 && isInside(path, folder)),
  );
  if (found.length > 0) return found;
  throw new LongviewError(
    'video-not-indexed',
    'No video here is indexed yet, so that nothing can be found in any.',
    'Wait until Longview has indexed one, or have it do so: longview index <folder>.',
  );
}

/** A path as a person writes it; undefined for what is none: this process's own folder means nothing to a client. */
function wholePath(place: string): string | undefined {
  const path = /^(?:~$|~[/\\]|file:\/\/)/iu.test(place) ? givenPath(place) : place;
  return isAbsolute(path) ? resolve(path) : undefined;
}

/**
 * What is wrong with a word of the client's own. It comes back as it was written: were the folders taken out of it that
 * the library knows, a guess could be told from a hit.
 */
export class UnknownPlace extends LongviewError {}

function notHere(place: string): LongviewError {
  return new UnknownPlace(
    'video-not-in-library',
    `There is no video or folder ${quote(place)} here.`,
    'The tool "list" tells which videos there are, with their ids.',
  );
}

function severalSo(place: string, count: number): LongviewError {
  return new UnknownPlace(
    'bad-argument',
    `${count} videos here are called ${quote(place)}.`,
    'Give the id of the one that is meant; the tool "list" tells it.',
  );
}
