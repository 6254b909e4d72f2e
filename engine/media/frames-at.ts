import { LongviewError, quote } from '../protocol/errors.ts';
import { checkFile } from './file-check.ts';
import { knownVideo } from './known-video.ts';
import { letterboxFilter } from './letterbox.ts';
import { toneFilters } from './light/tone-map.ts';
import { picturesAt } from './seeking/pictures-at.ts';
import { findMediaTools, type MediaTools } from './tools.ts';
import type { VideoInfo } from './video-info.ts';

/** A temporal patch may end a little behind the last picture; who asks for later ones is wrong about the file. */
export const latestSec = 3;

/** Where the pictures go, and what stops their reading. */
interface Wanted {
  signal?: AbortSignal;
  tools?: MediaTools;
}

/**
 * The pictures that are on screen at some times of a video that lie close together, letterboxed to a size: RGB,
 * [height, width, 3] bytes each, the same that sampling the video gives. For a few pictures here and there; whoever
 * wants many in a row samples them.
 * @param footage a file, or what is known of it
 * @param times seconds on the file's own timeline, ascending
 * @throws LongviewError `no-frames`, `ffmpeg-missing`, `ffmpeg-failed`, `cancelled`, and the file errors of `probe`.
 */
export async function framesAt(
  footage: string | VideoInfo,
  times: readonly number[],
  { width, height }: { width: number; height: number },
  options: Wanted = {},
): Promise<Uint8Array[]> {
  const file = typeof footage === 'string' ? footage : footage.path;
  await checkFile(file);
  const { signal } = options;
  const tools = options.tools ?? (await findMediaTools());
  const video = await knownVideo(footage, { tools });
  const last = times[times.length - 1] ?? 0;
  if (video.durationSec > 0 && last > video.durationSec + latestSec) throw noPicture(file, last, '');
  const filters = letterboxFilter(width, height, await toneFilters(video.light));
  const output = ['-f', 'rawvideo', '-pix_fmt', 'rgb24'];
  const { stdout, stderr } = await picturesAt(video, times, { filters, output, tools, signal });
  const bytes = width * height * 3;
  if (stdout.length < bytes * times.length) throw noPicture(file, last, stderr);
  return times.map((_, index) => Uint8Array.from(stdout.subarray(index * bytes, (index + 1) * bytes)));
}

/** The error for a time at which nothing is shown. */
export function noPicture(file: string, time: number, stderr: string): LongviewError {
  const complaint = stderr.trim().split('\n')[0] ?? '';
  return new LongviewError(
    'no-frames',
    `${quote(file)} has no picture at ${time.toFixed(1)} s${complaint === '' ? '' : `: ${complaint}`}`,
    'Check that the file plays there; if it changed, index it again.',
    { details: { path: file, time } },
  );
}
