import path from 'node:path';

/** A recording that a camera wrote as several files, or one that is a single file. */
export interface Recording {
  /** Paths of its parts in the order in which they were recorded. */
  parts: string[];
}

/** A file of a folder. */
export interface ListedFile {
  path: string;
  bytes: number;
}

/** FAT32 ends a file before 4 GiB, some cameras at 2 GiB; a part that was cut off there is nearly that large. */
const fullSizes = [2 ** 31, 2 ** 32];
const fullShare = 0.93;
/** AVCHD, XAVC and others count on with the next number. */
const counted = /^(.*?)(\d{3,6})(\.[^.]+)$/;

/**
 * Names by which cameras say themselves that files belong together: the number of the recording, then of the chapter.
 * GoPro: GH010001 (and GX, GL, GS: chapter 01 of 0001) and the older GOPR0001, GP010001; Insta360: VID_date_time_00_001.
 */
const chapterNames: readonly ((stem: string) => { recording: string; chapter: number } | undefined)[] = [
  (stem) => {
    const name = /^(G[HXLS])(\d{2})(\d{4})$/i.exec(stem);
    return name ? { recording: `${name[1].toUpperCase()}${name[3]}`, chapter: Number(name[2]) } : undefined;
  },
  (stem) => {
    const first = /^GOPR(\d{4})$/i.exec(stem);
    if (first) return { recording: `GP${first[1]}`, chapter: 0 };
    const next = /^GP(\d{2})(\d{4})$/i.exec(stem);
    return next ? { recording: `GP${next[2]}`, chapter: Number(next[1]) } : undefined;
  },
  (stem) => {
    const name = /^((?:VID|LRV)_\d{8}_\d{6}_\d{2})_(\d{3})$/i.exec(stem);
    return name ? { recording: name[1].toUpperCase(), chapter: Number(name[2]) } : undefined;
  },
];

/**
 * Which files of one folder are parts of one recording, as their names say (GoPro, Insta360), or their numbers and sizes
 * (AVCHD, XAVC and what else stops at 2 or 4 GiB and goes on with the next number). Chapters of a GoPro go by recording,
 * not by file name: GH010001, GH020001, GH010002.
 * @param files of one folder, in any order
 * @returns recordings in the order of their first parts' numbers; every file is in one
 */
export function recordingsOf(files: readonly ListedFile[]): Recording[] {
  const named = new Map<string, { chapter: number; file: ListedFile }[]>();
  const rest: ListedFile[] = [];
  for (const file of files) {
    const { name, ext } = path.parse(file.path);
    const chapter = chapterNames.map((read) => read(name)).find((read) => read !== undefined);
    if (!chapter) {
      rest.push(file);
      continue;
    }
    const key = `${chapter.recording}${ext.toLowerCase()}`;
    named.set(key, [...(named.get(key) ?? []), { chapter: chapter.chapter, file }]);
  }
  const recordings = [...named]
    .sort(([a], [b]) => byName(a, b))
    .map(([, parts]) => ({
      parts: parts.sort((a, b) => a.chapter - b.chapter).map(({ file }) => file.path),
    }));
  return [...recordings, ...bySize(rest)];
}

function bySize(files: readonly ListedFile[]): Recording[] {
  const recordings: Recording[] = [];
  let before: ListedFile | undefined;
  for (const file of [...files].sort((a, b) => byName(a.path, b.path))) {
    if (before && isFull(before) && isNext(before.path, file.path)) recordings.at(-1)!.parts.push(file.path);
    else recordings.push({ parts: [file.path] });
    before = file;
  }
  return recordings;
}

function isFull({ bytes }: ListedFile): boolean {
  return fullSizes.some((size) => bytes <= size && bytes >= size * fullShare);
}

function isNext(before: string, after: string): boolean {
  const [a, b] = [before, after].map((file) => counted.exec(path.basename(file)));
  if (!a || !b || path.dirname(before) !== path.dirname(after)) return false;
  return a[1] === b[1] && a[3].toLowerCase() === b[3].toLowerCase() && Number(b[2]) === Number(a[2]) + 1;
}

function byName(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true }) || (a < b ? -1 : a > b ? 1 : 0);
}
