import { dialogues } from './formats/ass.ts';
import { lyrics } from './formats/lrc.ts';
import { captionsOfScc } from './formats/scc.ts';
import { sami } from './formats/sami.ts';
import { framedLines } from './formats/sub.ts';
import { timedBlocks } from './formats/timed.ts';
import { timedText } from './formats/ttml.ts';
import { joinRolling } from './join.ts';
import { limits } from './limits.ts';
import { inSlices, type Slices } from './slices.ts';
import type { Block, Cue } from './types.ts';

/** Formats that are read without ffmpeg. */
export const subtitleFormats = [
  'srt',
  'vtt',
  'sbv',
  'ass',
  'ssa',
  'smi',
  'ttml',
  'lrc',
  'sub',
  'scc',
] as const;

/** One of {@link subtitleFormats}. */
export type SubtitleFormat = (typeof subtitleFormats)[number];

/** What a parser must be told. */
export interface ParseOptions {
  /** Frames per second of the video, for formats that count frames. */
  fps?: number;
  signal?: AbortSignal;
}

/**
 * Reads the lines of a subtitle file. Forgiving, as players are: what isn't a cue is passed over. Styling is taken
 * out, the lines of a cue become one, and what a rolling caption repeats from the cue before is said once. Work is in
 * proportion to the file's length and bounded by {@link limits}; other work of this thread goes on meanwhile.
 * @throws LongviewError `cancelled`.
 */
export async function parseCues(
  source: string,
  format: SubtitleFormat,
  options: ParseOptions = {},
): Promise<Cue[]> {
  const blocks = await inSlices(parseBlocks(source, format, options.fps), options.signal);
  return inSlices(joinRolling(blocks), options.signal);
}

/** As {@link parseCues}, but the lines as the file has them, nothing joined. */
export async function readBlocks(
  source: string,
  format: SubtitleFormat,
  options: ParseOptions = {},
): Promise<Block[]> {
  return inSlices(parseBlocks(source, format, options.fps), options.signal);
}

function* parseBlocks(source: string, format: SubtitleFormat, fps: number | undefined): Slices<Block[]> {
  const text = source
    .slice(0, limits.characters)
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .replaceAll('\0', '');
  yield;
  const blocks = yield* parserOf(format, text, fps);
  return blocks
    .filter(({ start, end, lines }) => start >= 0 && end >= start && end < limits.seconds && lines.length > 0)
    .sort((a, b) => a.start - b.start);
}

function parserOf(format: SubtitleFormat, text: string, fps: number | undefined): Slices<Block[]> {
  switch (format) {
    case 'srt':
    case 'vtt':
    case 'sbv':
      return timedBlocks(text, format);
    case 'ass':
    case 'ssa':
      return dialogues(text);
    case 'smi':
      return sami(text);
    case 'ttml':
      return timedText(text);
    case 'lrc':
      return lyrics(text);
    case 'sub':
      return framedLines(text, fps);
    case 'scc':
      return captionsOfScc(text);
  }
}
