import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { LongviewError, quote, throwIfCancelled, type ErrorData } from '../../protocol/errors.ts';
import { findMediaTools, type MediaTools } from '../tools.ts';
import type { VideoInfo } from '../video-info.ts';
import { readPictureCaptions } from './closed-captions/picture-captions.ts';
import { readBlocks, type SubtitleFormat } from './cues.ts';
import { inSlices } from './slices.ts';
import type { Block } from './types.ts';
import { decodeText } from './decode.ts';
import { readStreams } from './embedded.ts';
import { joinRolling } from './join.ts';
import { limits } from './limits.ts';
import { findSidecars, type Sidecar } from './sidecars.ts';
import { saidOnce, type CueSource } from './sources.ts';
import { telemetryOf, type TelemetrySample } from './telemetry.ts';

/** Something that comes with a video as text, in seconds on its own timeline. */
export interface FootageText {
  /** "said": a subtitle; "chapter": a chapter's title; "title": the recording's own, for its whole length. */
  kind: 'said' | 'chapter' | 'title';
  start: number;
  end: number;
  text: string;
  language: string | undefined;
  /** Who says it, where the captions tell. */
  speaker?: string;
}

/** All that comes with a video as text. */
export interface FootageTexts {
  lines: FootageText[];
  /** What a camera wrote down in the form of subtitles, a sample a second at most; no speech. */
  telemetry: TelemetrySample[];
  /** Subtitles that are there and can't be read. */
  notices: ErrorData[];
}

/** How text is read. */
export interface ReadTextOptions {
  signal?: AbortSignal;
  /** Default: what {@link findMediaTools} finds. */
  tools?: MediaTools;
  /** Where the same video lies too: what is beside a copy of it belongs to it as well. */
  copies?: readonly string[];
}

/** The way subtitles are read; where it changes, what was read before is read again. */
const version = 2;

/**
 * What changes when the text that comes with a video does without the video changing: the sidecars' names, sizes and
 * times. Cheap: it lists folders.
 * @param copies where the same video lies too
 */
export async function textSignature(file: string, copies: readonly string[] = []): Promise<string> {
  const sidecars = await sidecarsOf([file, ...copies]);
  return JSON.stringify([
    version,
    ...sidecars.map(({ path: sidecar, bytes, modifiedMs }) => [path.basename(sidecar), bytes, modifiedMs]),
  ]);
}

/** The sidecars of a video at all its places, in an order that doesn't depend on which of them is looked at. */
async function sidecarsOf(files: readonly string[]): Promise<Sidecar[]> {
  const found = new Map<string, Sidecar>();
  for (const file of [...new Set(files.map((one) => path.resolve(one)))].sort())
    for (const sidecar of await findSidecars(file)) found.set(sidecar.path, sidecar);
  return [...found.values()];
}

/**
 * Reads the text that comes with a video: subtitles beside it, inside it and in its pictures (CEA-608 and 708), chapter
 * titles, its own title. What is there in two places is told once, the files beside it first. A stream or file that can't
 * be read is passed over and named in `notices`.
 * @throws LongviewError `cancelled`, `ffmpeg-missing`.
 */
export async function readText(
  file: string,
  info: VideoInfo,
  options: ReadTextOptions = {},
): Promise<FootageTexts> {
  const reading = new Reading(info.fps, options.signal);
  for (const sidecar of await sidecarsOf([file, ...(options.copies ?? [])])) await reading.sidecar(sidecar);
  const tools = options.tools ?? (await findMediaTools());
  const streams = info.subtitles.filter((stream) => stream.isText);
  if (streams.length > 0)
    for (const { stream, format, bytes } of await readStreams(file, streams, tools, options.signal))
      await reading.text(bytes, format, stream.language);
  for (const cues of await readPictureCaptions(file, info, tools, options.signal))
    reading.sources.push({ cues, language: undefined });
  const said = saidOnce(reading.sources).map((cue) => ({ kind: 'said' as const, ...cue }));
  const lines = [...titles(info), ...said];
  return {
    lines: lines.flatMap((line) => within(line, lastSecond(info))),
    telemetry: reading.telemetry,
    notices: [...reading.notices, ...pictureSubtitles(file, info)],
  };
}

function titles(info: VideoInfo): FootageText[] {
  const lines: FootageText[] = [];
  if (info.title !== undefined)
    lines.push({ kind: 'title', start: 0, end: info.durationSec, text: info.title, language: undefined });
  for (const { start, end, title } of info.chapters)
    if (title !== undefined && title.trim() !== '')
      lines.push({ kind: 'chapter', start, end, text: title.trim(), language: undefined });
  return lines.map((line) => ({ ...line, text: line.text.slice(0, limits.line) }));
}

/**
 * Where the video ends. A container's length is that of its longest stream, which may be the subtitles: it counts where
 * there may be sound so long after the last picture.
 */
function lastSecond({ durationSec, videoEndSec, hasAudio }: VideoInfo): number {
  if (videoEndSec === undefined || !(videoEndSec > 0)) return durationSec;
  return hasAudio && durationSec < videoEndSec * 1.5 + 60 ? Math.max(durationSec, videoEndSec) : videoEndSec;
}

/** A line as far as the video goes: nothing is said behind its end. */
function within(line: FootageText, durationSec: number): FootageText[] {
  if (!(line.start >= 0 && line.end >= line.start)) return [];
  if (!(durationSec > 0)) return [line];
  return line.start < durationSec ? [{ ...line, end: Math.min(line.end, durationSec) }] : [];
}

/** Gathers what the subtitles of a video say. */
class Reading {
  readonly sources: CueSource[] = [];
  readonly notices: ErrorData[] = [];
  telemetry: TelemetrySample[] = [];
  readonly #fps: number;
  readonly #signal: AbortSignal | undefined;

  constructor(fps: number, signal: AbortSignal | undefined) {
    this.#fps = fps;
    this.#signal = signal;
  }

  async sidecar({ path: sidecar, format, language, bytes: size }: Sidecar): Promise<void> {
    throwIfCancelled(this.#signal);
    if (format === undefined) {
      // A table of contents beside pictures of subtitles: they are named once.
      if (!/\.idx$/i.test(sidecar))
        this.notices.push(cannotRead(sidecar, 'are of a kind that Longview can’t read'));
      return;
    }
    if (size > limits.bytes) {
      this.notices.push(cannotRead(sidecar, `are too large (${Math.round(size / 1e6)} MB)`));
      return;
    }
    let bytes: Uint8Array;
    try {
      bytes = await readFile(sidecar, { signal: this.#signal });
    } catch (error) {
      throwIfCancelled(this.#signal);
      this.notices.push(cannotRead(sidecar, `could not be read (${(error as Error).message})`));
      return;
    }
    if (isPictures(bytes)) this.notices.push(cannotRead(sidecar, 'are pictures, not text'));
    else if ((await this.text(bytes, format, language)) === 0 && bytes.length > 0)
      this.notices.push(cannotRead(sidecar, 'have no line that could be read'));
  }

  /** @returns how many lines it holds */
  async text(bytes: Uint8Array, format: SubtitleFormat, language: string | undefined): Promise<number> {
    const source = await decodeText(bytes, language);
    const blocks: Block[] = await readBlocks(source, format, { fps: this.#fps, signal: this.#signal });
    const telemetry = telemetryOf(blocks);
    if (telemetry) {
      if (telemetry.length > this.telemetry.length) this.telemetry = telemetry;
    } else this.sources.push({ cues: await inSlices(joinRolling(blocks), this.#signal), language });
    return blocks.length;
  }
}

/** VobSub's ".sub" is a program stream. */
function isPictures(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 1 && bytes[3] === 0xba;
}

function cannotRead(sidecar: string, why: string): ErrorData {
  return new LongviewError(
    'file-unreadable',
    `The subtitles ${quote(path.basename(sidecar))} ${why}.`,
    'Convert them to SRT or WebVTT and index the video again.',
    { details: { path: sidecar } },
  ).toData();
}

/** Subtitles inside the file that are pictures, where nothing else is there. */
function pictureSubtitles(file: string, { subtitles }: VideoInfo): ErrorData[] {
  const pictures = subtitles.filter(({ isText }) => !isText);
  if (pictures.length === 0 || pictures.length < subtitles.length) return [];
  const kinds = [...new Set(pictures.map(({ codec }) => codec))].join(', ');
  return [
    new LongviewError(
      'file-unreadable',
      `The subtitles inside ${quote(path.basename(file))} are pictures (${kinds}), not text.`,
      'Put a subtitle file (SRT, say) of the same name beside the video to search its words.',
      { details: { path: file } },
    ).toData(),
  ];
}
