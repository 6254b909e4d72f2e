import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { throwIfCancelled } from '../../protocol/errors.ts';
import { inputArguments } from '../input.ts';
import { runProcess } from '../process.ts';
import { findMediaTools, type MediaTools } from '../tools.ts';
import type { SubtitleStream, VideoInfo } from '../video-info.ts';
import { parseCues } from './cues.ts';
import { findSidecars, readSidecar } from './sidecars.ts';

/** Something that comes with a video as text, in seconds on its own timeline. */
export interface FootageText {
  /** "said": a subtitle; "chapter": a chapter's title; "title": the recording's own, for its whole length. */
  kind: 'said' | 'chapter' | 'title';
  start: number;
  end: number;
  text: string;
  language: string | undefined;
}

/** How text is read. */
export interface ReadTextOptions {
  signal?: AbortSignal;
  /** Default: what {@link findMediaTools} finds. */
  tools?: MediaTools;
}

/** ffmpeg reads through the whole file to gather its subtitles. */
const EXTRACT_TIMEOUT_MS = 1_200_000;

/**
 * What changes when the text that comes with a video does without the video changing: the sidecars' names, sizes and
 * times. Cheap: it lists a folder.
 */
export async function textSignature(file: string): Promise<string> {
  const sidecars = await findSidecars(file);
  return JSON.stringify(
    sidecars.map(({ path: sidecar, bytes, modifiedMs }) => [path.basename(sidecar), bytes, modifiedMs]),
  );
}

/**
 * Reads the text that comes with a video: subtitles inside it and beside it, chapter titles, its own title. A stream
 * or file that can't be read is passed over.
 * @throws LongviewError `cancelled`, `ffmpeg-missing`.
 */
export async function readText(
  file: string,
  info: VideoInfo,
  options: ReadTextOptions = {},
): Promise<FootageText[]> {
  const texts: FootageText[] = [];
  if (info.title !== undefined)
    texts.push({ kind: 'title', start: 0, end: info.durationSec, text: info.title, language: undefined });
  for (const { start, end, title } of info.chapters)
    if (title !== undefined && title.trim() !== '')
      texts.push({ kind: 'chapter', start, end, text: title.trim(), language: undefined });
  for (const sidecar of await findSidecars(file)) {
    throwIfCancelled(options.signal);
    for (const cue of await readSidecar(sidecar))
      texts.push({ kind: 'said', ...cue, language: sidecar.language });
  }
  texts.push(...(await embedded(file, info, options)));
  return texts.filter(({ start, end }) => start >= 0 && end >= start);
}

async function embedded(
  file: string,
  info: VideoInfo,
  { signal, tools }: ReadTextOptions,
): Promise<FootageText[]> {
  const streams = info.subtitles.filter((stream) => stream.isText);
  if (streams.length === 0) return [];
  const { ffmpeg } = tools ?? (await findMediaTools());
  const folder = await mkdtemp(path.join(tmpdir(), 'longview-text-'));
  try {
    const place = ({ index }: SubtitleStream) => path.join(folder, `${index}.srt`);
    // One pass for all of them. A stream that can't be converted must not cost the others: then each on its own.
    const convert = (some: readonly SubtitleStream[]) =>
      runProcess(
        ffmpeg,
        [
          ...['-v', 'error', '-nostdin', '-y', ...inputArguments(file)],
          ...some.flatMap((stream) => [
            '-map',
            `0:${stream.index}`,
            '-c:s',
            'srt',
            '-f',
            'srt',
            place(stream),
          ]),
        ],
        { signal, timeoutMs: EXTRACT_TIMEOUT_MS },
      );
    const { code } = await convert(streams);
    if (code !== 0 && streams.length > 1) for (const stream of streams) await convert([stream]);
    const texts: FootageText[] = [];
    for (const stream of streams) {
      const source = await readFile(place(stream), 'utf8').catch(() => '');
      for (const cue of parseCues(source, 'srt'))
        texts.push({ kind: 'said', ...cue, language: stream.language });
    }
    return texts;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
