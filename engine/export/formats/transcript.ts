import { badArgument } from '../../protocol/errors.ts';
import type { Transcript, TranscriptLine } from '../../protocol/transcript.ts';
import { oneLine } from '../text.ts';
import { cell } from './csv.ts';

const writers = {
  srt: toSrt,
  vtt: toWebVtt,
  txt: toPlainText,
  json: (transcript: Transcript) => `${JSON.stringify(transcript, undefined, 2)}\n`,
  csv: toTable,
} satisfies Record<string, (transcript: Transcript) => string>;

/** The formats that a transcript is written in. */
export type TranscriptFormat = keyof typeof writers;
/** Their names. */
export const transcriptFormats = Object.keys(writers) as TranscriptFormat[];

/** Other names that people know the formats by. */
const aliases: Record<string, TranscriptFormat> = { subrip: 'srt', webvtt: 'vtt', text: 'txt' };

/**
 * Reads a format's name.
 * @throws LongviewError `bad-argument` that lists the formats.
 */
export function parseTranscriptFormat(name: unknown): TranscriptFormat {
  const word = typeof name === 'string' ? name.trim().toLowerCase() : '';
  const known = Object.hasOwn(aliases, word) ? aliases[word] : word;
  const format = transcriptFormats.find((candidate) => candidate === known);
  if (!format) throw badArgument('the format', `one of ${transcriptFormats.join(', ')}`, name);
  return format;
}

/** Writes a transcript in a format, as text. @throws LongviewError `bad-argument`. */
export function writeTranscript(transcript: Transcript, format: TranscriptFormat): string {
  return writers[parseTranscriptFormat(format)](transcript);
}

/** SubRip: numbered cues of at most two lines, times with a comma. */
function toSrt({ lines }: Transcript): string {
  return cues(lines)
    .map(({ start, end, line }, n) => {
      const said = line.speaker ? `${oneLine(line.speaker)}: ${oneLine(line.text)}` : oneLine(line.text);
      return `${n + 1}\n${timestamp(start, ',')} --> ${timestamp(end, ',')}\n${wrapped(said)}\n`;
    })
    .join('\n');
}

/** WebVTT with voices; https://www.w3.org/TR/webvtt1/ */
function toWebVtt({ lines }: Transcript): string {
  const blocks = cues(lines).map(({ start, end, line }) => {
    const voice = line.speaker ? `<v ${escaped(oneLine(line.speaker)).replaceAll('.', '')}>` : '';
    return `${timestamp(start, '.')} --> ${timestamp(end, '.')}\n${voice}${escaped(wrapped(oneLine(line.text)))}\n`;
  });
  return ['WEBVTT\n', ...blocks].join('\n');
}

/** After such a pause (seconds) a paragraph begins. */
const paragraphPause = 2;

/** Paragraphs to read, without times. */
function toPlainText({ lines }: Transcript): string {
  const paragraphs: { speaker: string | undefined; text: string; end: number }[] = [];
  for (const { start, end, text, speaker } of inOrder(lines)) {
    const last = paragraphs.at(-1);
    if (last && last.speaker === speaker && start - last.end < paragraphPause) {
      last.text += (unspaced(last.text, text) ? '' : ' ') + oneLine(text);
      last.end = Math.max(last.end, end);
    } else paragraphs.push({ speaker, text: oneLine(text), end });
  }
  return paragraphs
    .map(({ speaker, text }) => `${speaker ? `${oneLine(speaker)}: ` : ''}${text}\n`)
    .join('\n');
}

/** Chinese and Japanese sentences follow each other without a space. */
function unspaced(before: string, after: string): boolean {
  const script = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}。！？、，]/u;
  return script.test([...before].at(-1) ?? '') && script.test([...after][0] ?? '');
}

/** One row per line (RFC 4180), times in seconds and as people write them. */
function toTable({ lines, path, source }: Transcript): string {
  const names = ['number', 'start', 'end', 'start_time', 'end_time', 'speaker', 'language', 'text'];
  const head = [...names, 'confidence', 'corrected', 'source', 'path'];
  const rows = inOrder(lines).map((line, n) => [
    ...[
      n + 1,
      line.start.toFixed(3),
      line.end.toFixed(3),
      timestamp(line.start, '.'),
      timestamp(line.end, '.'),
    ],
    ...[line.speaker, line.language, oneLine(line.text), line.confidence, line.corrected ? 1 : undefined],
    ...[source, path],
  ]);
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

const inOrder = (lines: readonly TranscriptLine[]) =>
  lines.toSorted((a, b) => a.start - b.start || a.end - b.end);

/** Lines that don't overlap, each at least so long (seconds) that a player shows it. */
const shortest = 0.1;

function cues(lines: readonly TranscriptLine[]): { start: number; end: number; line: TranscriptLine }[] {
  const sorted = inOrder(lines);
  return sorted.map((line, n) => {
    const next = sorted.slice(n + 1).find(({ start }) => start > line.start)?.start ?? Infinity;
    return { start: line.start, end: Math.min(Math.max(line.end, line.start + shortest), next), line };
  });
}

/** Rounded to the millisecond; hours go on past 99. */
function timestamp(seconds: number, point: ',' | '.'): string {
  const milliseconds = Math.round(seconds * 1000);
  const part = (divisor: number, modulus: number, digits: number) =>
    String(Math.floor(milliseconds / divisor) % modulus).padStart(digits, '0');
  const hours = String(Math.floor(milliseconds / 3_600_000)).padStart(2, '0');
  return `${hours}:${part(60_000, 60, 2)}:${part(1000, 60, 2)}${point}${part(1, 1000, 3)}`;
}

/** What a line of a subtitle holds, in characters. */
const lineLength = 42;

/** Divided near its middle where it is too long for one line of a subtitle. */
function wrapped(text: string): string {
  const characters = [...text];
  if (characters.length <= lineLength) return text;
  const middle = characters.length / 2;
  const places = characters.flatMap((character, n) => (character === ' ' ? [n] : []));
  if (places.length === 0) {
    const after = characters.findIndex((character, n) => n >= middle - 6 && /[、，。,；;]/u.test(character));
    const at = after > 0 && after < characters.length - 1 ? after + 1 : Math.ceil(middle);
    return `${characters.slice(0, at).join('')}\n${characters.slice(at).join('')}`;
  }
  const at = places.reduce((best, place) =>
    Math.abs(place - middle) < Math.abs(best - middle) ? place : best,
  );
  return `${characters.slice(0, at).join('')}\n${characters.slice(at + 1).join('')}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
