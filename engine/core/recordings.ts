import path from 'node:path';

/** A recording that a camera wrote as several files, or one that is a single file. */
export interface Recording<File extends ListedFile = ListedFile> {
  /** Its parts in the order in which they were recorded. */
  parts: File[];
}

/** A file of a folder. */
export interface ListedFile {
  path: string;
  bytes: number;
  /** Where its own clock begins and ends, in seconds, where the recorder's clock goes on from file to file. */
  clock?: { start: number; end: number } | undefined;
  /** What all parts of one recording have alike: codec, size, rate; not looked at where absent. */
  form?: string;
}

/** FAT32 ends a file before 4 GiB, some cameras at 2 GiB; a part that was cut off there is nearly that large. */
const fullSizes = [2 ** 31, 2 ** 32];
const fullShare = 0.93;
/** AVCHD, XAVC and others count on with the next number. */
const counted = /^(.*?)(\d{3,6})(\.[^.]+)$/;
/** So many seconds apart two clocks still go on: a frame or a packet of sound may be left out between two files. */
const clockSlackSec = 0.5;
const collator = new Intl.Collator('en', { numeric: true });

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
 * Which files are parts of one recording, as their names say (GoPro, Insta360), or their numbers with their sizes (what
 * stops at 2 or 4 GiB and goes on with the next number) or with their clocks (AVCHD: each file's clock goes on where the
 * last one's ended). Files of different folders or forms never are. Chapters of a GoPro go by recording, not by file name:
 * GH010001, GH020001, GH010002.
 * @param files in any order
 * @returns recordings in the order of their first parts; every file is in one
 */
export function recordingsOf<File extends ListedFile>(files: readonly File[]): Recording<File>[] {
  const named = new Map<string, { chapter: number; file: File }[]>();
  const rest: File[] = [];
  for (const file of files) {
    const { dir, name, ext } = path.parse(file.path);
    const chapter = chapterNames.map((read) => read(name)).find((read) => read !== undefined);
    if (!chapter) {
      rest.push(file);
      continue;
    }
    const key = path.join(dir, `${chapter.recording}${ext.toLowerCase()}`);
    named.set(key, [...(named.get(key) ?? []), { chapter: chapter.chapter, file }]);
  }
  const recordings = [...named].sort(([a], [b]) => byName(a, b)).flatMap(([, parts]) => inChapters(parts));
  return [...recordings, ...byNumber(rest)];
}

/** Chapters in a row; where one is missing or of another form, what follows is a recording of its own. */
function inChapters<File extends ListedFile>(chapters: { chapter: number; file: File }[]): Recording<File>[] {
  const recordings: Recording<File>[] = [];
  let before: { chapter: number; file: File } | undefined;
  for (const one of chapters.sort((a, b) => a.chapter - b.chapter)) {
    const goesOn = before && one.chapter === before.chapter + 1 && alike(before.file, one.file);
    if (goesOn) recordings.at(-1)!.parts.push(one.file);
    else recordings.push({ parts: [one.file] });
    before = one;
  }
  return recordings;
}

function byNumber<File extends ListedFile>(files: readonly File[]): Recording<File>[] {
  const recordings: Recording<File>[] = [];
  let before: File | undefined;
  for (const file of [...files].sort((a, b) => byName(a.path, b.path))) {
    const goesOn =
      before &&
      isNext(before.path, file.path) &&
      alike(before, file) &&
      (isFull(before) || clockGoesOn(before, file));
    if (goesOn) recordings.at(-1)!.parts.push(file);
    else recordings.push({ parts: [file] });
    before = file;
  }
  return recordings;
}

function alike(a: ListedFile, b: ListedFile): boolean {
  return a.form === undefined || b.form === undefined || a.form === b.form;
}

function isFull({ bytes }: ListedFile): boolean {
  return fullSizes.some((size) => bytes <= size && bytes >= size * fullShare);
}

function clockGoesOn({ clock: before }: ListedFile, { clock: after }: ListedFile): boolean {
  if (!before || !after || after.start <= before.start) return false;
  return Math.abs(after.start - before.end) < clockSlackSec;
}

function isNext(before: string, after: string): boolean {
  const [a, b] = [before, after].map((file) => counted.exec(path.basename(file)));
  if (!a || !b || path.dirname(before) !== path.dirname(after)) return false;
  return a[1] === b[1] && a[3].toLowerCase() === b[3].toLowerCase() && Number(b[2]) === Number(a[2]) + 1;
}

function byName(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
