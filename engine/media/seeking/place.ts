import type { VideoInfo } from '../video-info.ts';
import { inputArguments } from '../input.ts';

/** What a seek needs to know of a video. */
export type Seekable = Pick<
  VideoInfo,
  'path' | 'parts' | 'container' | 'pixelFormat' | 'startSec' | 'durationSec' | 'streamIndex' | 'keyEverySec'
>;

/** A way to open a video so that reading begins before a time. */
export interface Place {
  /** ffmpeg's arguments for the input. Timestamps stay as they are in the file. */
  args: string[];
  /** The time that was asked for, on the file's raw clock. */
  raw: number;
  /** Reading begins at the file's beginning: nothing lies before. */
  whole: boolean;
}

const withoutClock =
  /^(h264|hevc|vvc|m4v|mpegvideo|obu|av1|vc1|vc1test|h261|h263|dirac|cavsvideo|dnxhd|mjpeg|avs[23]?|yuv4mpegpipe)$/;
/** Seeking goes by packet, not by key frame, or by a guess: decoding begins at the next key frame after the place. */
const loose = /^(mpegts|mpeg|ogg|concat|dhav|pva|rm|nsv|wtv|dv)$/;
const usualKeyEverySec = 2.5;

/** Files in which the usual distance was not enough, and what was; by path and start. */
const learned = new Map<string, number>();
const mostLearned = 500;

/**
 * Places to read from for what is shown at a time, nearest first. ffmpeg's own seek is right in some containers only
 * (in MPEG streams it lands in the middle of a group of pictures), so whoever decodes looks at the first picture that
 * comes: where it is later than the time, the next place is tried; the last one is the file's beginning.
 * @param time seconds on the file's own timeline
 */
export function* placesBefore(video: Seekable, time: number): Generator<Place, void, void> {
  const raw = time + video.startSec;
  const container = containerOf(video);
  if (!cannotSeek(video))
    for (const back of distances(video, container)) {
      // Behind its end a seek fails in some containers.
      const to = Math.min(time, Math.max(0, video.durationSec - 0.1)) - back;
      if (to <= 0) break;
      learned.set(video.path, back);
      if (learned.size > mostLearned) learned.delete(learned.keys().next().value!);
      yield {
        args: ['-copyts', '-noaccurate_seek', '-ss', to.toFixed(6), ...inputArguments(video)],
        raw,
        whole: false,
      };
    }
  yield { args: ['-copyts', ...inputArguments(video)], raw, whole: true };
}

/** Whether a container is a bare stream without any times: its length is a guess, and it is read from the beginning. */
export function clockless(container: string): boolean {
  return withoutClock.test(container.split(',')[0] ?? '');
}

/** Whether a video can only be read from its beginning on. */
export function cannotSeek({ container, pixelFormat }: Pick<Seekable, 'container' | 'pixelFormat'>): boolean {
  // A palette is lost in a seek (ffmpeg 5.1: it goes with the first packet of the file only).
  return clockless(container) || pixelFormat === 'pal8';
}

/** Whether a seek lands in the middle of a group of pictures, or thereabouts. */
export function seeksLoosely(video: Pick<Seekable, 'container' | 'parts'>): boolean {
  return loose.test(containerOf(video));
}

function containerOf({ container, parts }: Pick<Seekable, 'container' | 'parts'>): string {
  return parts ? 'concat' : (container.split(',')[0] ?? '');
}

function distances(video: Seekable, container: string): number[] {
  const every = video.keyEverySec ?? usualKeyEverySec;
  const first = loose.test(container) ? every + Math.max(0.5, every / 10) : 0;
  const all = [first, Math.max(4, 3 * every), 20, 90];
  const known = learned.get(video.path) ?? 0;
  return all.filter((back, index) => back >= known && (index === 0 || back > all[index - 1]));
}
