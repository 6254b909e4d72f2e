import { rateName } from '../rate.ts';
import { fileName, oneLine } from '../text.ts';
import { formatTimecode } from '../timecode.ts';
import type { Clip, Timeline } from '../timeline.ts';

const columns: readonly (readonly [name: string, value: (clip: Clip) => string | number | undefined])[] = [
  ['number', (clip) => clip.number],
  ['title', ({ moment }) => oneLine(moment.title)],
  ['video', ({ video }) => fileName(video.path)],
  ['start', (clip) => seconds(clip.startSec)],
  ['end', (clip) => seconds(clip.endSec)],
  ['start_timecode', ({ video, sourceIn }) => formatTimecode(video.firstFrame + sourceIn, video)],
  ['end_timecode', ({ video, sourceOut }) => formatTimecode(video.firstFrame + sourceOut, video)],
  ['start_frame', (clip) => clip.sourceIn],
  ['end_frame', (clip) => clip.sourceOut],
  ['frame_rate', ({ video }) => rateName(video.rate)],
  ['rate_note', ({ video }) => video.rateNote],
  ['confidence', ({ moment }) => moment.confidence],
  ['score', ({ moment }) => moment.score],
  ['source', ({ moment }) => moment.source],
  ['checked', ({ moment }) => moment.checked],
  ['why', ({ moment }) => oneLine(moment.note)],
  ['path', ({ video }) => video.path],
  ['video_id', ({ video }) => video.id],
];

/** Comma-separated values (RFC 4180) with a row of names, one row per moment. */
export function toCsv({ clips }: Timeline): string {
  const rows = [
    columns.map(([name]) => name),
    ...clips.map((clip) => columns.map(([, value]) => cell(value(clip)))),
  ];
  return rows.map((row) => `${row.join(',')}\r\n`).join('');
}

/** To the microsecond, as ffprobe tells times. */
function seconds(value: number): string {
  return value.toFixed(6);
}

/** A value as a field of a table: quoted where it must be, and never a formula. */
export function cell(value: string | number | undefined): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value);
  // A spreadsheet would run "=…" as a formula; an apostrophe in front makes it text.
  const safe = /^[=+@\t\r-]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
