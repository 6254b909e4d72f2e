import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { badArgument, LongviewError, quote } from '../../protocol/errors.ts';
import type { Desk } from './desk.ts';
import type { SightedVideo } from './sight.ts';

/** Addresses of what a client may read. */
export const addresses = {
  still: 'longview://still/{video}/{time}',
  transcript: 'longview://transcript/{video}',
};

/** The address of a picture. */
export function stillAddress(video: string, time: number): string {
  return addresses.still.replace('{video}', encodeURIComponent(video)).replace('{time}', time.toFixed(3));
}

/** Larger ones aren't sent: what Longview makes has 320 pixels on its longer side. */
const mostBytes = 1_000_000;

/** A picture of a video. */
export interface Still {
  video: SightedVideo;
  /** The time that it shows, in seconds. */
  time: number;
  jpeg: Buffer;
}

/**
 * The picture of a video at a time; where the footage isn't there, the one that indexing made last before it.
 * @throws LongviewError `video-not-in-library`, `bad-argument`, `no-frames` where there is none.
 */
export async function stillOf(desk: Desk, place: string, time: number): Promise<Still> {
  if (!Number.isFinite(time) || time < 0) throw badArgument('time', 'a number of seconds, 0 or more', time);
  const video = await (await desk.sight()).video(place);
  if (video.durationSec !== null && time > video.durationSec)
    throw badArgument('time', `at most ${video.durationSec}, the video’s length in seconds`, time);
  const engine = await desk.engine();
  const path = await engine.still(video.id, time, time);
  const bytes = path === undefined ? 0 : ((await stat(path).catch(() => undefined))?.size ?? 0);
  if (path === undefined || bytes === 0 || bytes > mostBytes)
    throw new LongviewError(
      'no-frames',
      `There is no picture of ${quote(video.name)} at ${time} s.`,
      'Try another time.',
    );
  const { stills } = await engine.video({ video: video.id });
  // One that was made for a time says so in its name.
  const made = /^at-(\d+)\.jpg$/u.exec(basename(path))?.[1];
  const shown = made === undefined ? stills.findLast((one) => one <= time) : Number(made) / 1000;
  return { video, time: shown ?? 0, jpeg: await readFile(path) };
}
