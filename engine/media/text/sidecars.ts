import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { hasVideoExtension } from '../looks-like-video.ts';
import type { SubtitleFormat } from './cues.ts';
import { languageOf, readTokens } from './languages.ts';

/** A subtitle file that lies beside a video. */
export interface Sidecar {
  /** Absolute path. */
  path: string;
  /** Undefined for a kind that can't be read. */
  format: SubtitleFormat | undefined;
  /** As its name says: "en" of "film.en.srt", "zh-Hant" of "film.cht.ass". */
  language: string | undefined;
  bytes: number;
  /** Last modification, milliseconds since 1970. */
  modifiedMs: number;
}

/** Extensions of files that are read, and what they hold. */
const readable: Readonly<Record<string, SubtitleFormat>> = {
  srt: 'srt',
  vtt: 'vtt',
  webvtt: 'vtt',
  sbv: 'sbv',
  ass: 'ass',
  ssa: 'ssa',
  smi: 'smi',
  sami: 'smi',
  ttml: 'ttml',
  dfxp: 'ttml',
  itt: 'ttml',
  lrc: 'lrc',
  sub: 'sub',
  mpl: 'sub',
  scc: 'scc',
};
/** Extensions of subtitle files that can't be read: pictures, binary formats, and some that hardly anybody has. */
const unreadable = new Set(
  'idx sup stl mcc cap usf rt jss pjs aqt psb mpsub mks xss srv1 srv2 srv3 json3 890 pac ult'.split(' '),
);
const folderNames =
  /^(?:\d+[ ._-]*)?(?:subs?|subtitles?|subtitulos|subtítulos|legendas?|untertitel|sous-?titres|sottotitoli|napisy|titulky|captions?|cc|srt|vtt|ass|字幕|자막)$/i;
const mostFolders = 20;

/** A file's name, taken apart. */
interface Named {
  name: string;
  base: string;
  /** The base as names are compared. */
  folded: string;
  extension: string;
}

/**
 * Subtitle files that belong to a video, by the habits that people and programs have: "film.srt", "film.mp4.srt",
 * "film.en.srt", "film_zh-Hant.forced.ass", "film (English).vtt" beside it; the same in a folder "Subs", in one named after
 * the video there ("Subs/film/2_English.srt"), or named by language only where the folder has one video. Case doesn't
 * matter. None where the folder can't be listed.
 */
export async function findSidecars(video: string): Promise<Sidecar[]> {
  const name = path.basename(video);
  const stem = stemOf(name);
  const folder = await list(path.dirname(path.resolve(video)));
  const isAlone = folder.stems.length <= 1;
  const besides = (named: Named) => languageBesides(named, name, stem, folder.stems);
  const found: Found[] = [];
  const add = (where: Folder, language: (named: Named) => string | null | undefined) => {
    for (const named of where.subtitles) {
      const told = language(named);
      if (told !== null) found.push({ file: path.join(where.path, named.name), named, language: told });
    }
  };
  // A file that is named by its language belongs to the only video there is.
  const besidesOrAlone = (named: Named) => {
    const told = besides(named);
    return told === null && isAlone ? languageAlone(named) : told;
  };
  add(folder, besidesOrAlone);
  for (const sub of folder.folders
    .filter((one) => folderNames.test(one.normalize('NFC')))
    .slice(0, mostFolders)) {
    const inside = await list(path.join(folder.path, sub));
    add(inside, besidesOrAlone);
    for (const below of inside.folders) {
      const own = [stem, fold(name)].includes(fold(below));
      const language = own ? undefined : languageOf(below.normalize('NFC'));
      if (!own && language === undefined) continue;
      const deep = await list(path.join(inside.path, below));
      if (own) add(deep, (named) => languageAlone(named) ?? besides(named) ?? undefined);
      else add(deep, (named) => (besides(named) === null ? null : language));
    }
  }
  return withFacts(found);
}

/** A subtitle file that belongs to the video. */
interface Found {
  file: string;
  named: Named;
  language: string | undefined;
}

/** What matters of a folder's content. */
interface Folder {
  path: string;
  folders: readonly string[];
  subtitles: readonly Named[];
  /** Of its videos. */
  stems: readonly string[];
}

/** Folders that were listed last: a library asks for each of ten thousand videos in one folder. */
const listed = new Map<string, { changedMs: number; readMs: number; folder: Folder }>();
const mostListed = 16;
/** A folder's time has a grain: what changed just before it was listed may have changed just after it too. */
const grainMs = 2_000;

async function list(folder: string): Promise<Folder> {
  const changedMs = (await stat(folder).catch(() => undefined))?.mtimeMs;
  const known = listed.get(folder);
  if (known && known.changedMs === changedMs && known.readMs - known.changedMs > grainMs) return known.folder;
  const readMs = Date.now();
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  const content: Folder = {
    path: folder,
    folders: entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name),
    subtitles: files.map(takeApart).filter((named) => named !== undefined),
    stems: files.filter(hasVideoExtension).map(stemOf),
  };
  if (listed.size >= mostListed) listed.delete(listed.keys().next().value!);
  if (changedMs !== undefined) listed.set(folder, { changedMs, readMs, folder: content });
  return content;
}

async function withFacts(found: readonly Found[]): Promise<Sidecar[]> {
  const sidecars: Sidecar[] = [];
  for (const { file, named, language } of found) {
    const facts = await stat(file).catch(() => undefined);
    if (!facts?.isFile()) continue;
    const format = Object.hasOwn(readable, named.extension) ? readable[named.extension] : undefined;
    sidecars.push({ path: file, format, language, bytes: facts.size, modifiedMs: facts.mtimeMs });
  }
  return sidecars;
}

function takeApart(name: string): Named | undefined {
  const extension = path.extname(name).slice(1).toLowerCase();
  if (!Object.hasOwn(readable, extension) && !unreadable.has(extension)) return undefined;
  const base = name.slice(0, -extension.length - 1).normalize('NFC');
  return { name, base, folded: fold(base), extension };
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

function stemOf(name: string): string {
  return fold(path.basename(name, path.extname(name)));
}

/**
 * The language of a file named after a video; undefined where it tells none, null where it is named after another.
 * @param stems of all videos in the folder: "film.en.srt" belongs to "film.en.mp4" where there is one
 */
function languageBesides(
  { base, folded }: Named,
  video: string,
  stem: string,
  stems: readonly string[],
): string | null | undefined {
  for (const prefix of [fold(video), stem]) {
    if (!isNamedAfter(folded, prefix)) continue;
    if (stems.some((other) => other.length > prefix.length && isNamedAfter(folded, other))) continue;
    const rest = base.slice(prefix.length);
    if (rest === '') return undefined;
    const told = languageIn(rest, /^\.[a-z]{2,3}(?:\.|$)|^\.[a-z]{4,12}$/i.test(rest));
    if (told !== null) return told;
  }
  return null;
}

function isNamedAfter(name: string, stem: string): boolean {
  return name.startsWith(stem) && /^(?:[.\s_\-([{+&]|$)/.test(name.slice(stem.length));
}

/** The language of a file that is named by nothing else: "English", "2_English", "eng.forced". */
function languageAlone({ base }: Named): string | null | undefined {
  return languageIn(base, false);
}

/** @param lenient whether a word that is no known language may stand there */
function languageIn(rest: string, lenient: boolean): string | null | undefined {
  const tokens = readTokens(rest);
  const foreign = tokens.filter(({ is }) => is === 'part').length;
  // "film.2.srt" belongs to "film.2.mp4"; "film.en.2.srt" is a second one of "film.mp4".
  const telling = tokens.filter(({ is }) => is === 'language' || is === 'kind').length;
  if (lenient ? foreign > 1 : foreign > 0 || telling === 0) return null;
  return tokens.find((token) => token.is === 'language')?.tag;
}
