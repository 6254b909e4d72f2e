import { badArgument } from '../protocol/errors.ts';
import { toCsv } from './formats/csv.ts';
import { toEdl } from './formats/edl.ts';
import { toFcpxml } from './formats/fcpxml.ts';
import { toJson } from './formats/json.ts';
import { toVtt } from './formats/vtt.ts';
import { toXmeml } from './formats/xmeml.ts';
import { layOut, type ExportMoment, type Timeline, type TimelineOptions } from './timeline.ts';
import type { ExportVideo } from './video.ts';

const writers = {
  edl: toEdl,
  fcpxml: toFcpxml,
  xmeml: toXmeml,
  vtt: toVtt,
  csv: toCsv,
  json: toJson,
} satisfies Record<string, (timeline: Timeline) => string>;

/** A format that is one file of text. */
export type TextFormat = keyof typeof writers;

/** Other names that people know the formats by. */
const aliases: Record<string, TextFormat> = { premiere: 'xmeml', webvtt: 'vtt', chapters: 'vtt' };

/** Every format's name; "clips" is a folder of video files. */
export const exportFormats = [...(Object.keys(writers) as TextFormat[]), 'clips'] as const;

/**
 * Reads a format's name.
 * @throws LongviewError `bad-argument` that lists the formats.
 */
export function parseFormat(name: unknown): TextFormat | 'clips' {
  const word = typeof name === 'string' ? name.trim().toLowerCase() : '';
  const known = Object.hasOwn(aliases, word) ? aliases[word] : word;
  const format = exportFormats.find((candidate) => candidate === known);
  if (!format) throw badArgument('the format', `one of ${exportFormats.join(', ')}`, name);
  return format;
}

/** How moments are written. */
export interface ExportOptions extends TimelineOptions {
  format: TextFormat;
}

/**
 * Writes moments in a format, as text.
 * @param videos what is known of the moments' videos (see `exportVideo`)
 * @throws LongviewError `bad-argument`, `nothing-to-export`.
 */
export function exportMoments(
  moments: readonly ExportMoment[],
  videos: readonly ExportVideo[],
  { format, ...options }: ExportOptions,
): string {
  const name = parseFormat(format);
  if (name === 'clips')
    throw badArgument('the format', 'a format of text; clips are cut by cutClips', format);
  return writers[name](layOut(moments, videos, options));
}
