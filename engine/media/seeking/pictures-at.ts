import { asTheyCome } from '../input.ts';
import { runProcess } from '../process.ts';
import type { MediaTools } from '../tools.ts';
import { placesBefore, type Seekable } from './place.ts';

/** Times are rounded on the way; a picture that is due so many seconds later counts as shown. */
export const clockSlackSec = 1e-5;
/** Steps between a time and the picture that is searched for it; before the first picture the error is one of them. */
const stepsPerSecond = 25;
const timeoutMs = 120_000;

/** How pictures leave ffmpeg. */
export interface PicturesWanted {
  /** Filters for each picture; all must leave with one size. */
  filters: string;
  /** ffmpeg's arguments for the output, without its place. */
  output: readonly string[];
  tools: MediaTools;
  signal?: AbortSignal | undefined;
}

/**
 * The pictures that are on screen at some times: of each the last one that is due by then; before the first picture,
 * the first; behind the last one, the last. One run of ffmpeg, and another one where a seek went wrong.
 * @param times seconds on the file's own timeline, ascending and close together
 * @returns what ffmpeg wrote (a picture for each time, or nothing), and what it said
 * @throws LongviewError `ffmpeg-missing`, `ffmpeg-failed`, `cancelled`.
 */
export async function picturesAt(
  video: Seekable,
  times: readonly number[],
  { filters, output, tools, signal }: PicturesWanted,
): Promise<{ stdout: Buffer; stderr: string }> {
  let last: { stdout: Buffer; stderr: string } = { stdout: Buffer.alloc(0), stderr: '' };
  for (const place of placesBefore(video, times[0])) {
    const offsets = times.map((time) => place.raw + time - times[0]);
    const args = [
      ...['-v', 'error', '-nostdin', '-hide_banner', ...place.args],
      ...['-filter_complex', graph(video.streamIndex, offsets, place.whole, filters)],
      ...['-map', '[pictures]', '-frames:v', String(times.length), ...asTheyCome(tools.version)],
      ...[...output, 'pipe:1'],
    ];
    const { stdout, stderr } = await runProcess(tools.ffmpeg, args, { signal, timeoutMs });
    last = { stdout, stderr };
    if (place.whole || (stdout.length > 0 && beganBefore(stderr, place.raw))) return last;
  }
  return last;
}

function graph(streamIndex: number, offsets: readonly number[], whole: boolean, filters: string): string {
  const from = `[0:${streamIndex}]${whole ? firstTold : fromKeyFrame},settb=1/1000000`;
  if (offsets.length === 1) return `${from},${shownAt(offsets[0])},${filters}[pictures]`;
  const ways = offsets.map((_, index) => `[w${index}]`).join('');
  const each = offsets.map((offset, index) => `[w${index}]${shownAt(offset)},${filters}[p${index}]`);
  const all = offsets.map((_, index) => `[p${index}]`).join('');
  return [
    `${from},split=${offsets.length}${ways}`,
    ...each,
    `${all}concat=n=${offsets.length}:v=1[pictures]`,
  ].join(';');
}

/** A filter that drops what comes before the first key frame (it can't be right), and tells that one's time. */
export const fromKeyFrame = "select='if(ld(0),1,if(key,st(0,1)+0*print(t,8),0))'";
/** A filter that tells the first picture's time. */
export const firstTold = "select='if(ld(0),1,st(0,1)+0*print(t,8))'";

/** Filters that leave one picture, the one that is on screen at a time of the raw clock. */
function shownAt(raw: number): string {
  return [
    `setpts=PTS-${(raw + clockSlackSec).toFixed(6)}/TB`,
    `fps=${stepsPerSecond}:round=up`,
    'tpad=stop_mode=clone:stop=-1',
    'trim=start=0',
    'trim=end_frame=1',
    'setpts=0',
  ].join(',');
}

/** Whether ffmpeg told of a first picture, and it is due by a time of the raw clock. */
export function beganBefore(stderr: string, raw: number): boolean {
  const first = firstPicture(stderr);
  return first !== undefined && first <= raw + clockSlackSec + 1e-6;
}

/** The time that `print` of libavutil's expressions told of the first picture: a number alone in a line. */
function firstPicture(stderr: string): number | undefined {
  const told = /^(?:\[[^\]]*\] )?(-?\d+\.\d{6})$/m.exec(stderr)?.[1];
  return told === undefined ? undefined : Number(told);
}
