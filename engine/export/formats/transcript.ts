import type { TranscriptFormat } from '../../protocol/export.ts';
import type { Transcript, TranscriptLine } from '../../protocol/transcript.ts';
import { cell } from './csv.ts';
import { cuesOf, type Cue } from './transcript-cues.ts';

/** Lines to write, cleaned and by time, and whose they are. */
export interface WrittenLines {
  title: string;
  path: string;
  /** Where they come from, where that is known. */
  source?: Transcript['source'];
  /** What recognised them. */
  model?: string | null;
  lines: readonly TranscriptLine[];
}

const writers: Readonly<Record<TranscriptFormat, (written: WrittenLines) => string>> = {
  srt: toSrt,
  vtt: toWebVtt,
  txt: toPlainText,
  csv: toTable,
  json: toJson,
};

/** Writes the lines of a video as text. */
export function writeTranscript(written: WrittenLines, format: TranscriptFormat): string {
  return writers[format](written);
}

/** SubRip: numbered cues, times with a comma. Nothing in a cue may look like its times. */
function toSrt({ lines }: WrittenLines): string {
  return cuesOf(lines)
    .map((cue, n) => {
      const said = cue.parts.map(({ speaker, text }) => named(speaker, text)).join('\n');
      return `${n + 1}\n${times(cue, ',')}\n${said.replaceAll('-->', '->')}\n`;
    })
    .join('\n');
}

/** WebVTT with voices; https://www.w3.org/TR/webvtt1/ */
function toWebVtt({ title, lines }: WrittenLines): string {
  const cues = cuesOf(lines).map((cue) => {
    const said = cue.parts.map(({ speaker, text }) => {
      const voice = speaker === undefined ? '' : `<v ${escaped(speaker)}>`;
      return voice + escaped(text) + (voice !== '' && cue.parts.length > 1 ? '</v>' : '');
    });
    return `${times(cue, '.')}\n${said.join('\n')}\n`;
  });
  return ['WEBVTT\n', `NOTE ${title.replaceAll('-->', '->')}\n`, ...cues].join('\n');
}

/** A pause that begins a paragraph of plain text, and how long one lasts at most; in seconds. */
const pauseSec = 2;
const paragraphSec = 60;

/** "[00:01:05] Anna: …", a paragraph for each speaker and after each pause. */
function toPlainText({ lines }: WrittenLines): string {
  const paragraphs: { start: number; end: number; speaker: string | undefined; text: string }[] = [];
  for (const { start, end, text, speaker } of lines) {
    const open = paragraphs.at(-1);
    const goesOn =
      open !== undefined &&
      open.speaker === speaker &&
      start - open.end <= pauseSec &&
      end - open.start <= paragraphSec;
    if (goesOn) {
      open.text += between(open.text, text) + text;
      open.end = Math.max(open.end, end);
    } else paragraphs.push({ start, end, speaker, text });
  }
  return paragraphs
    .map(({ start, speaker, text }) => `[${timestamp(start, '.').slice(0, -4)}] ${named(speaker, text)}\n`)
    .join('\n');
}

/** Chinese and Japanese are written without spaces, also where a line went on in the next. */
function between(before: string, after: string): string {
  const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u3000-\u303f\uff00-\uff60]/u;
  return unspaced.test([...before].at(-1) ?? '') && unspaced.test([...after][0] ?? '') ? '' : ' ';
}

const columns = [
  ...['number', 'start', 'end', 'start_time', 'end_time', 'speaker', 'language', 'text'],
  ...['confidence', 'corrected', 'source', 'path'],
];

/** One row per line (RFC 4180), times in seconds and as people write them. */
function toTable({ lines, path, source }: WrittenLines): string {
  const rows = lines.map(({ start, end, speaker, language, text, confidence, corrected }, n) => [
    ...[n + 1, start.toFixed(3), end.toFixed(3), timestamp(start, '.'), timestamp(end, '.')],
    ...[speaker, language, text, confidence, corrected ? 1 : undefined, source, path],
  ]);
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function toJson({ title, path, source, model, lines }: WrittenLines): string {
  const object = { format: 'longview-transcript', version: 1, title, path, source, model, lines };
  return `${JSON.stringify(object, undefined, 2)}\n`;
}

function named(speaker: string | undefined, text: string): string {
  return speaker === undefined ? text : `${speaker}: ${text}`;
}

function times({ start, end }: Cue, point: ',' | '.'): string {
  return `${timestamp(start, point)} --> ${timestamp(end, point)}`;
}

/** "00:00:10,010", rounded to the millisecond; hours go on past 99. */
function timestamp(seconds: number, point: ',' | '.'): string {
  const milliseconds = Math.round(seconds * 1000);
  const part = (divisor: number, modulus: number, digits: number) =>
    String(Math.floor(milliseconds / divisor) % modulus).padStart(digits, '0');
  const hours = String(Math.floor(milliseconds / 3_600_000)).padStart(2, '0');
  return `${hours}:${part(60_000, 60, 2)}:${part(1000, 60, 2)}${point}${part(1, 1000, 3)}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
