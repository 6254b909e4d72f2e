import { resolve } from 'node:path';
import { badArgument, LongviewError } from '../protocol/errors.ts';
import { transcriptFormatNames, type TranscriptExport, type TranscriptFormat } from '../protocol/export.ts';
import { lineTable } from './formats/csv.ts';
import type { Material } from './material.ts';
import { checkTarget, writeWhole } from './target.ts';
import { oneLine } from './text.ts';
import type { ExportLine } from './transcript-line.ts';

/** What is said in a video. */
export interface LineMaterial {
  /** The video's name. */
  title: string;
  videoId: string;
  /** Its path. */
  path: string;
  lines: readonly ExportLine[];
}

/** Where to and how. */
export interface TranscriptRequest {
  /** One of `transcriptFormats`. */
  format: string;
  /** The file to write; the text comes back where it is absent. */
  out?: string;
  /** Replace what is there; footage is never replaced. */
  overwrite?: boolean;
  /** Paths that are never written over, besides the video's own. */
  footage?: readonly string[];
}

/** A pause that begins a paragraph of plain text, and how long one lasts at most; in seconds. */
const pauseSec = 2;
const paragraphSec = 60;

const writers: Readonly<Record<TranscriptFormat, (material: LineMaterial) => string>> = {
  srt: toSrt,
  vtt: toVttCaptions,
  txt: toText,
  csv: ({ lines }) => lineTable(lines),
  json: toJson,
};

/**
 * Writes the lines of a video to a file, or gives them back as a text. Lines without words are left out.
 * @throws LongviewError `bad-argument`, `nothing-to-export`, and what `checkTarget` throws.
 */
export async function exportTranscript(
  material: LineMaterial,
  { format: name, out, overwrite, footage = [] }: TranscriptRequest,
): Promise<TranscriptExport & { text?: string }> {
  const format = transcriptFormatNames.find((known) => known === name.trim().toLowerCase());
  if (!format) throw badArgument('the format', `one of ${transcriptFormatNames.join(', ')}`, name);
  const rules = { overwrite, footage: [material.path, ...footage] };
  if (out !== undefined) await checkTarget(out, rules);
  const lines = material.lines.flatMap(cleaned).sort((a, b) => a.start - b.start || a.end - b.end);
  if (lines.length === 0) throw nothingSaid(material.title);
  const text = writers[format]({ ...material, lines });
  const result = { format, lines: lines.length, title: material.title };
  if (out === undefined) return { ...result, out: null, text };
  const target = resolve(out);
  await writeWhole(target, text, rules);
  return { ...result, out: target };
}

/** Lines as moments, for the formats of moments: a clip and a marker with its words for each. */
export function materialOfLines({ title, videoId, path, lines }: LineMaterial): Material {
  return {
    title,
    confident: true,
    moments: lines.flatMap(cleaned).map(({ start, end, text, speaker }) => ({
      videoId,
      start,
      end,
      title: text,
      note: speaker ?? '',
      confidence: 1,
      source: 'said',
    })),
    paths: new Map([[videoId, path]]),
  };
}

function cleaned(line: ExportLine): ExportLine[] {
  const { start, end } = line;
  if (!(start >= 0 && end >= start && end < Infinity))
    throw badArgument('lines', 'seconds with 0 <= start <= end', { start, end });
  const text = oneLine(line.text).replace(/\s+/g, ' ');
  const speaker = line.speaker === undefined ? undefined : oneLine(line.speaker).replace(/\s+/g, ' ');
  const { speaker: _, ...rest } = line;
  return text === '' ? [] : [{ ...rest, text, ...(speaker ? { speaker } : {}) }];
}

/** Nothing in a cue may look like its times, and none is shorter than a millisecond. */
function toSrt({ lines }: LineMaterial): string {
  return lines
    .map((line, index) => `${index + 1}\n${times(line, ',')}\n${named(line).replaceAll('-->', '->')}\n`)
    .join('\n');
}

function toVttCaptions({ title, lines }: LineMaterial): string {
  const escape = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const cues = lines.map((line) => {
    const voice = line.speaker === undefined ? '' : `<v ${escape(line.speaker)}>`;
    return `${times(line, '.')}\n${voice}${escape(line.text)}\n`;
  });
  return ['WEBVTT\n', `NOTE ${oneLine(title).replaceAll('-->', '->')}\n`, ...cues].join('\n');
}

/** "[0:01:05] Anna: …", a paragraph for each speaker and after each pause. */
function toText({ lines }: LineMaterial): string {
  const paragraphs: { first: ExportLine; last: ExportLine; text: string }[] = [];
  for (const line of lines) {
    const open = paragraphs.at(-1);
    const goesOn =
      open !== undefined &&
      open.first.speaker === line.speaker &&
      line.start - open.last.end <= pauseSec &&
      line.end - open.first.start <= paragraphSec;
    if (!goesOn) {
      paragraphs.push({ first: line, last: line, text: line.text });
      continue;
    }
    open.text += between(open.text, line.text) + line.text;
    open.last = line;
  }
  return paragraphs
    .map(({ first, text }) => `[${stamp(first.start, '.').slice(0, -4)}] ${named({ ...first, text })}\n`)
    .join('\n');
}

/** Chinese and Japanese are written without spaces, also where a line went on in the next. */
function between(before: string, after: string): string {
  const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u3000-\u303f\uff00-\uff60]/u;
  return unspaced.test(before.at(-1)!) && unspaced.test(after[0]) ? '' : ' ';
}

function toJson({ title, path, lines }: LineMaterial): string {
  const object = { format: 'longview-transcript', version: 1, title, path, lines };
  return `${JSON.stringify(object, undefined, 2)}\n`;
}

function named({ speaker, text }: Pick<ExportLine, 'speaker' | 'text'>): string {
  return speaker === undefined ? text : `${speaker}: ${text}`;
}

function times({ start, end }: ExportLine, point: ',' | '.'): string {
  return `${stamp(start, point)} --> ${stamp(Math.max(end, start + 0.001), point)}`;
}

/** "00:00:10,010" */
function stamp(seconds: number, point: ',' | '.'): string {
  const milliseconds = Math.round(seconds * 1000);
  const part = (divisor: number, modulus: number, digits: number) =>
    String(Math.floor(milliseconds / divisor) % modulus).padStart(digits, '0');
  const hours = String(Math.floor(milliseconds / 3_600_000)).padStart(2, '0');
  return `${hours}:${part(60_000, 60, 2)}:${part(1000, 60, 2)}${point}${part(1, 1000, 3)}`;
}

function nothingSaid(title: string): LongviewError {
  return new LongviewError(
    'nothing-to-export',
    `"${title}" has no captions and no transcript, so nothing was written.`,
    'Put a subtitle file beside it, or have its speech recognised, and index it again.',
  );
}
