import { badArgument } from '../protocol/errors.ts';
import { exportFormatNames, exportFormats, type ExportFormat } from '../protocol/export.ts';
import { toCsv } from './formats/csv.ts';
import { toEdl } from './formats/edl.ts';
import { toFcpxml } from './formats/fcpxml.ts';
import { toJson } from './formats/json.ts';
import { toOtio } from './formats/otio.ts';
import { toVtt } from './formats/vtt.ts';
import { toXmeml } from './formats/xmeml.ts';
import { layOut, type ExportMoment, type Timeline, type TimelineOptions } from './timeline.ts';
import type { ExportVideo } from './video.ts';

const writers: Readonly<Record<TextFormat, (timeline: Timeline) => string>> = {
  edl: toEdl,
  fcpxml: toFcpxml,
  xmeml: toXmeml,
  otio: toOtio,
  vtt: toVtt,
  csv: toCsv,
  json: toJson,
};

/** A format that is one file of text. */
export type TextFormat = Exclude<ExportFormat, 'clips'>;

/**
 * Reads a format's name, or another name that people know it by.
 * @throws LongviewError `bad-argument` that lists the formats.
 */
export function parseFormat(name: unknown): ExportFormat {
  const word = typeof name === 'string' ? name.trim().toLowerCase() : '';
  const format = exportFormatNames.find(
    (candidate) => candidate === word || exportFormats[candidate].aliases.some((alias) => alias === word),
  );
  if (!format) throw badArgument('the format', `one of ${exportFormatNames.join(', ')}`, name);
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
