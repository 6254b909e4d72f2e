import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { LongviewError, quote } from '../protocol/errors.ts';
import { knownVideo } from './known-video.ts';
import { toneFilters } from './light/tone-map.ts';
import { picturesAt } from './seeking/pictures-at.ts';
import { stillFilter } from './thumbnails.ts';
import { findMediaTools, type MediaTools } from './tools.ts';
import type { VideoInfo } from './video-info.ts';

/** So much behind the end the last picture is shown; who asks for later ones is wrong about the file. */
const latestSec = 3;

/**
 * Writes the picture at a time as a JPEG, in its display shape. The file is there whole or not at all.
 * @param time seconds on the file's own timeline
 * @throws LongviewError `no-frames`, `ffmpeg-missing`, `ffmpeg-failed`, and the file errors of `probe`.
 */
export async function writeStillAt(
  footage: string | VideoInfo,
  time: number,
  target: string,
  tools?: MediaTools,
): Promise<void> {
  const used = tools ?? (await findMediaTools());
  const video = await knownVideo(footage, { tools: used });
  if (video.durationSec > 0 && time > video.durationSec + latestSec) throw noPicture(video.path, time);
  const filters = stillFilter(video, await toneFilters(video.light));
  const output = ['-c:v', 'mjpeg', '-q:v', '5', '-f', 'mjpeg'];
  const { stdout } = await picturesAt(video, [time], { filters, output, tools: used });
  if (stdout.length === 0) throw noPicture(video.path, time);
  const half = `${target}.${randomUUID()}`;
  try {
    await writeFile(half, stdout);
    await rename(half, target);
  } finally {
    await rm(half, { force: true });
  }
}

function noPicture(file: string, time: number): LongviewError {
  return new LongviewError(
    'no-frames',
    `${quote(file)} has no picture at ${time.toFixed(1)} s`,
    'Check that the file plays there; if it changed, index it again.',
    { details: { path: file, time } },
  );
}
