import path from 'node:path';
import { LongviewError, quote } from '../protocol/errors.ts';
import type { Letterbox, RgbFrame } from '../core/frames.ts';
import { checkFile } from './file-check.ts';
import { latestSec, noPicture } from './frames-at.ts';
import { knownVideo } from './known-video.ts';
import { fittedFilter, fittedFrame, type PictureBox } from './letterbox.ts';
import { toneFilters } from './light/tone-map.ts';
import { picturesAt } from './seeking/pictures-at.ts';
import { runProcess } from './process.ts';
import { findMediaTools, type MediaTools } from './tools.ts';

/** Kinds of pictures by their first bytes, and ffmpeg's demuxer for each. Others aren't opened at all. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/^\x89PNG\r\n/, 'png_pipe'],
  [/^\xff\xd8\xff/, 'jpeg_pipe'],
  [/^RIFF....WEBP/s, 'webp_pipe'],
  [/^GIF8[79]a/, 'gif'],
  [/^BM/, 'bmp_pipe'],
  [/^(?:II\*\0|MM\0\*)/, 'tiff_pipe'],
];

/** A picture in the middle of a grey frame, and where it lies in it. */
export interface FramedPicture extends RgbFrame {
  letterbox: Letterbox;
}

/** What of a picture is wanted, and what stops its reading. */
interface Wanted {
  /** Only this part of it. */
  box?: PictureBox | undefined;
  signal?: AbortSignal | undefined;
  tools?: MediaTools;
}

/** More pixels than any camera's picture has: what claims to be larger isn't opened. */
const mostPixels = 400_000_000;

/**
 * Reads a picture file as one frame, letterboxed to a size. Read only; nothing but this file is opened.
 * @throws LongviewError `not-a-video` for what is no picture, `ffmpeg-missing`, `cancelled`, and the file errors.
 */
export async function readPicture(
  file: string,
  size: { width: number; height: number },
  { box, signal, tools }: Wanted = {},
): Promise<FramedPicture> {
  const { head } = await checkFile(file);
  const demuxer = kinds.find(([magic]) => magic.test(head.toString('latin1')))?.[1];
  if (!demuxer) throw notAPicture(file, 'its first bytes are those of no known kind');
  const { ffmpeg } = tools ?? (await findMediaTools());
  const args = [
    ...[
      '-v',
      'error',
      '-nostdin',
      '-hide_banner',
      '-protocol_whitelist',
      'file',
      '-max_pixels',
      String(mostPixels),
    ],
    ...['-f', demuxer, '-i', `file:${path.resolve(file)}`, '-frames:v', '1'],
    ...['-vf', fittedFilter(size.width, size.height, box), ...asPpm, 'pipe:1'],
  ];
  const { stdout, stderr } = await runProcess(ffmpeg, args, { signal, timeoutMs: 60_000 });
  const fitted = fittedFrame(stdout, size);
  if (!fitted) throw notAPicture(file, stderr.trim().split('\n')[0] || 'it holds no pixels');
  return { time: 0, ...fitted };
}

const asPpm = ['-f', 'image2pipe', '-c:v', 'ppm'];

/**
 * The picture that is on screen at a time of a video, or a part of it, letterboxed to a size.
 * @throws LongviewError `no-frames`, `ffmpeg-missing`, `ffmpeg-failed`, `cancelled`, and the file errors of `probe`.
 */
export async function pictureAt(
  file: string,
  time: number,
  size: { width: number; height: number },
  { box, signal, ...rest }: Wanted = {},
): Promise<FramedPicture> {
  await checkFile(file);
  const tools = rest.tools ?? (await findMediaTools());
  const video = await knownVideo(file, { tools });
  if (video.durationSec > 0 && time > video.durationSec + latestSec) throw noPicture(file, time, '');
  const filters = fittedFilter(size.width, size.height, box, await toneFilters(video.light));
  const { stdout, stderr } = await picturesAt(video, [time], { filters, output: asPpm, tools, signal });
  const fitted = fittedFrame(stdout, size);
  if (!fitted) throw noPicture(file, time, stderr);
  return { time, ...fitted };
}

function notAPicture(file: string, why: string): LongviewError {
  return new LongviewError(
    'not-a-video',
    `${quote(file)} is not a picture that can be read: ${why}`,
    'Name a PNG, JPEG, WebP, GIF, BMP or TIFF file.',
    { details: { path: file } },
  );
}
