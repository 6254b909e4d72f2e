import { readSound, type ReadSoundOptions, type VideoInfo } from '../media/index.ts';
import type { Listener } from './listener.ts';
import { contextSec } from './sound-before.ts';
import type { HeardPiece } from './types.ts';

/** What of a video is heard; `from` is the `until` of the last piece that was kept. */
export type HearVideoOptions = ReadSoundOptions;

/**
 * Hears a sound track of a video: sentences with times on the video's own timeline, piece by piece, in order. Whoever
 * keeps each piece as it comes can go on after any interruption from the last one's `until`: what comes then is what
 * would have come.
 * @throws LongviewError as {@link Listener.hear} and `readSound` do
 */
export async function* hearVideo(
  listener: Listener,
  file: string,
  info: VideoInfo,
  options: HearVideoOptions,
): AsyncGenerator<HeardPiece, void, void> {
  const { from = 0, signal } = options;
  const sound = readSound(file, info, { ...options, from: Math.max(0, from - contextSec) });
  yield* listener.hear(sound, { from, signal });
}
