import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { LongviewError, quote } from '../protocol/errors.ts';
import { inputArguments } from './input.ts';
import { runProcess } from './process.ts';
import { findMediaTools, type MediaTools } from './tools.ts';

/** Longest edge in pixels, as thumbnails have it. */
const size = 320;

/**
 * Writes the picture at a time as a JPEG, in its display shape. The file is there whole or not at all.
 * @param time seconds on the file's own timeline
 * @throws LongviewError `no-frames`, `ffmpeg-missing`, `ffmpeg-failed`.
 */
export async function writeStillAt(
  file: string,
  time: number,
  target: string,
  tools?: MediaTools,
): Promise<void> {
  const { ffmpeg } = tools ?? (await findMediaTools());
  const filters = [
    'scale=max(2\\,trunc(iw*sar/2)*2):ih',
    `scale=${size}:${size}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=area:out_range=pc`,
    ...['setsar=1', 'format=yuvj420p'],
  ];
  const args = [
    ...['-v', 'error', '-nostdin', '-hide_banner', '-ss', time.toFixed(6), ...inputArguments(file)],
    ...['-map', '0:V:0', '-frames:v', '1', '-vf', filters.join(','), '-c:v', 'mjpeg', '-q:v', '5'],
    ...['-f', 'mjpeg', 'pipe:1'],
  ];
  const { stdout } = await runProcess(ffmpeg, args, { signal: undefined, timeoutMs: 60_000 });
  if (stdout.length === 0)
    throw new LongviewError(
      'no-frames',
      `${quote(file)} has no picture at ${time.toFixed(1)} s`,
      'Check that the file plays there; if it changed, index it again.',
      { details: { path: file, time } },
    );
  const half = `${target}.${randomUUID()}`;
  try {
    await writeFile(half, stdout);
    await rename(half, target);
  } finally {
    await rm(half, { force: true });
  }
}
