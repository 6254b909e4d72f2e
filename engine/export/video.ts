import {
  framesIn,
  hasDropFrame,
  nearestStandard,
  rateName,
  recognise,
  sameRate,
  secondsIn,
  standardFor,
  standardRates,
  type FrameRate,
} from './rate.ts';
import { parseTimecode } from './timecode.ts';
import type { VideoInfo } from '../media/index.ts';

/** What an export must know of a video. */
export interface ExportVideo {
  id: string;
  /** Absolute. */
  path: string;
  /** The rate that its frames are counted at. */
  rate: FrameRate;
  /** True where its frames come unevenly, so that `rate` is a declared one. */
  variable: boolean;
  /** Why `rate` isn't the footage's own, in a user's words. */
  rateNote: string | undefined;
  /** Whether its timecode is a drop-frame one. */
  dropFrame: boolean;
  /** The number that its own timecode gives its first frame; 0 where it has none. */
  firstFrame: number;
  /** When its first picture is due, in seconds on the file's own timeline. */
  videoStartSec: number;
  durationSec: number;
  width: number;
  height: number;
  /** 0 where it has no sound. */
  audioChannels: number;
}

/** What an export must know, from what `probe` found. */
export function exportVideo(id: string, info: VideoInfo): ExportVideo {
  const { rate, note } = countedAt(info);
  const dropFrame = hasDropFrame(rate) && !(info.timecode !== undefined && /:\d+$/.test(info.timecode));
  return {
    id,
    path: info.path,
    rate,
    variable: info.variableFrameRate,
    rateNote: note,
    dropFrame,
    firstFrame: (info.timecode && parseTimecode(info.timecode, { rate, dropFrame })) || 0,
    videoStartSec: info.videoStartSec,
    durationSec: info.videoEndSec ?? info.durationSec,
    width: info.width,
    height: info.height,
    audioChannels: info.hasAudio ? (info.audioChannels ?? 2) : 0,
  };
}

/** Timelines have one constant rate, and not any: the footage's own where there is such a one, else one is declared. */
function countedAt(info: VideoInfo): { rate: FrameRate; note: string | undefined } {
  if (info.variableFrameRate) {
    const rate = nearestStandard(info.fps);
    const average = info.fps > 0 ? `, ${Number(info.fps.toFixed(3))} frames per second on average` : '';
    return {
      rate,
      note: `variable frame rate${average}: times are counted at a constant ${rateName(rate)} frames per second`,
    };
  }
  const measured = info.baseFps || info.fps;
  const own = recognise(measured);
  if (own && standardRates.some((one) => sameRate(one, own))) return { rate: own, note: undefined };
  const rate = (own && standardFor(own)) ?? nearestStandard(measured);
  return {
    rate,
    note: `the footage has ${Number(measured.toFixed(3))} frames per second: times are counted at ${rateName(rate)}`,
  };
}

/** The frame, counted from the start of the file's timeline, that is nearest to a time on that timeline. */
export function frameAt(seconds: number, { rate, variable, videoStartSec }: ExportVideo): number {
  if (variable) return Math.max(0, framesIn(seconds, rate));
  // Sound may start a part of a frame earlier: the pictures' own grid counts, moved by whole frames.
  return Math.max(0, framesIn(seconds - videoStartSec, rate) + framesIn(videoStartSec, rate));
}

/** When a frame counted by {@link frameAt} is shown, in seconds on the file's timeline. */
export function timeOf(frame: number, { rate, variable, videoStartSec }: ExportVideo): number {
  if (variable) return secondsIn(frame, rate);
  return Math.max(0, secondsIn(frame - framesIn(videoStartSec, rate), rate) + videoStartSec);
}
