import { resolve } from 'node:path';
import { badArgument, LongviewError } from '../protocol/errors.ts';
import { transcriptFormatNames, type TranscriptExport, type TranscriptFormat } from '../protocol/export.ts';
import { writeTranscript } from './formats/transcript.ts';
import type { Transcript, TranscriptLine } from '../protocol/transcript.ts';
import type { Material } from './material.ts';
import { checkTarget, writeWhole } from './target.ts';
import { oneLine } from './text.ts';

/** What is said in a video. */
export interface LineMaterial {
  /** The video's name. */
  title: string;
  videoId: string;
  /** Its path. */
  path: string;
  lines: readonly TranscriptLine[];
  /** Where they come from, and what recognised them. */
  source?: Transcript['source'];
  model?: string | null;
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

/**
 * Writes the lines of a video to a file, or gives them back as a text. Lines without words are left out.
 * @throws LongviewError `bad-argument`, `nothing-to-export`, and what `checkTarget` throws.
 */
export async function exportTranscript(
  material: LineMaterial,
  { format: name, out, overwrite, footage = [] }: TranscriptRequest,
): Promise<TranscriptExport & { text?: string }> {
  const format = parseTranscriptFormat(name);
  const rules = { overwrite, footage: [material.path, ...footage] };
  if (out !== undefined) await checkTarget(out, rules);
  const lines = material.lines.flatMap(cleaned).sort((a, b) => a.start - b.start || a.end - b.end);
  if (lines.length === 0) throw nothingSaid(material.title);
  const text = writeTranscript({ ...material, title: oneLine(material.title), lines }, format);
  const result = { format, lines: lines.length, title: material.title };
  if (out === undefined) return { ...result, out: null, text };
  const target = resolve(out);
  await writeWhole(target, text, rules);
  return { ...result, out: target };
}

/** Other names that people know the formats by. */
const aliases: Readonly<Record<string, TranscriptFormat>> = { subrip: 'srt', webvtt: 'vtt', text: 'txt' };

function parseTranscriptFormat(name: string): TranscriptFormat {
  const word = name.trim().toLowerCase();
  const known = Object.hasOwn(aliases, word) ? aliases[word] : word;
  const format = transcriptFormatNames.find((candidate) => candidate === known);
  if (!format) throw badArgument('the format', `one of ${transcriptFormatNames.join(', ')}`, name);
  return format;
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

function cleaned(line: TranscriptLine): TranscriptLine[] {
  const { start, end } = line;
  if (!(start >= 0 && end >= start && end < Infinity))
    throw badArgument('lines', 'seconds with 0 <= start <= end', { start, end });
  const text = oneLine(line.text).replace(/\s+/g, ' ');
  const speaker = line.speaker === undefined ? undefined : oneLine(line.speaker).replace(/\s+/g, ' ');
  const { speaker: _, ...rest } = line;
  return text === '' ? [] : [{ ...rest, text, ...(speaker ? { speaker } : {}) }];
}

function nothingSaid(title: string): LongviewError {
  return new LongviewError(
    'nothing-to-export',
    `"${title}" has no captions and no transcript, so nothing was written.`,
    'Put a subtitle file beside it, or have its speech recognised, and index it again.',
  );
}
