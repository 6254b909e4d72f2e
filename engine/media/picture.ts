import path from 'node:path';
import { LongviewError, quote } from '../protocol/errors.ts';
import type { RgbFrame } from '../core/frames.ts';
import { checkFile } from './file-check.ts';
import { letterboxFilter } from './letterbox.ts';
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

/**
 * Reads a picture file as one frame, letterboxed to a size. Read only; nothing but this file is opened.
 * @throws LongviewError `not-a-video` for what is no picture, `ffmpeg-missing`, `cancelled`, and the file errors.
 */
export async function readPicture(
  file: string,
  { width, height }: { width: number; height: number },
  options: { signal?: AbortSignal; tools?: MediaTools } = {},
): Promise<RgbFrame> {
  const { head } = await checkFile(file);
  const demuxer = kinds.find(([magic]) => magic.test(head.toString('latin1')))?.[1];
  if (!demuxer) throw notAPicture(file, 'its first bytes are those of no known kind');
  const { ffmpeg } = options.tools ?? (await findMediaTools());
  const args = [
    ...['-v', 'error', '-nostdin', '-hide_banner', '-protocol_whitelist', 'file', '-f', demuxer],
    ...['-i', `file:${path.resolve(file)}`, '-frames:v', '1', '-vf', letterboxFilter(width, height)],
    ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
  ];
  const { stdout, stderr } = await runProcess(ffmpeg, args, { signal: options.signal, timeoutMs: 60_000 });
  if (stdout.length !== width * height * 3) throw notAPicture(file, stderr.trim().split('\n')[0]);
  return { time: 0, pixels: new Uint8Array(stdout) };
}

function notAPicture(file: string, why: string): LongviewError {
  return new LongviewError(
    'not-a-video',
    `${quote(file)} is not a picture that can be read: ${why}`,
    'Name a PNG, JPEG, WebP, GIF, BMP or TIFF file.',
    { details: { path: file } },
  );
}
