import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Cue, parseCues, type SubtitleFormat } from './cues.ts';
import { decodeText } from './decode.ts';

/** A subtitle file that lies beside a video. */
export interface Sidecar {
  /** Absolute path. */
  path: string;
  format: SubtitleFormat;
  /** As its name says: "en" of "film.en.srt". */
  language: string | undefined;
  bytes: number;
  /** Last modification, milliseconds since 1970. */
  modifiedMs: number;
}

/** Larger than any subtitle file; what is larger is something else. */
const mostBytes = 20_000_000;
const extension = /\.(srt|vtt|ass|ssa)$/i;
/** Parts of a name that say of what kind the subtitles are, not in which language. */
const kinds = /^(?:forced|sdh|cc|hi|default|full|sub|subs|subtitles?|captions?)$/i;
const language = /^[a-z]{2,3}(?:[-_][a-z]{2,4})?$|^[a-z]{4,12}$/i;

/**
 * Subtitle files of the same base name in the same folder: "film.srt", "film.en.srt", "film.zh-Hans.forced.ass". None
 * where the folder can't be listed.
 */
export async function findSidecars(video: string): Promise<Sidecar[]> {
  const folder = path.dirname(path.resolve(video));
  const stem = path.basename(video, path.extname(video)).normalize('NFC').toLowerCase();
  const names = await readdir(folder).catch(() => []);
  const found: Sidecar[] = [];
  for (const name of names.sort()) {
    const format = extension.exec(name)?.[1].toLowerCase() as SubtitleFormat | undefined;
    const base = name.replace(extension, '').normalize('NFC');
    if (!format || !base.toLowerCase().startsWith(stem)) continue;
    const rest = base.slice(stem.length);
    const parts = rest === '' ? [] : rest.slice(1).split('.');
    // "film.2.srt" belongs to "film.2.mp4".
    if (rest !== '' && (rest[0] !== '.' || !parts.every((part) => language.test(part)))) continue;
    const file = path.join(folder, name);
    const facts = await stat(file).catch(() => undefined);
    if (!facts?.isFile() || facts.size > mostBytes) continue;
    found.push({
      path: file,
      format,
      language: parts.find((part) => !kinds.test(part)),
      bytes: facts.size,
      modifiedMs: facts.mtimeMs,
    });
  }
  return found;
}

/** The lines of a sidecar; none where it can't be read. */
export async function readSidecar({ path: file, format }: Sidecar): Promise<Cue[]> {
  const bytes = await readFile(file).catch(() => undefined);
  return bytes ? parseCues(decodeText(bytes), format) : [];
}
