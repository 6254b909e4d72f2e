import {
  convertFrames,
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
  /** Of all sound that is laid out; 0 where it has none. */
  audioChannels: number;
  /** Channels of each stream of it, in the file's order. */
  audioStreams: readonly number[];
}

/** What an export must know, from what `probe` found. */
export function exportVideo(id: string, info: VideoInfo): ExportVideo {
  const { rate, note } = countedAt(info);
  const dropFrame = hasDropFrame(rate) && !(info.timecode !== undefined && /:\d+$/.test(info.timecode));
  const audioStreams = soundLaidOut(info);
  return {
    id,
    path: info.path,
    rate,
    variable: info.variableFrameRate,
    rateNote: note,
    dropFrame,
    firstFrame: firstFrameOf(info, rate),
    videoStartSec: info.videoStartSec,
    durationSec: info.videoEndSec ?? info.durationSec,
    width: info.width,
    height: info.height,
    audioChannels: audioStreams.reduce((sum, channels) => sum + channels, 0),
    audioStreams,
  };
}

/**
 * The number of the first frame, counted at the pictures' rate. A timecode track may count at another one: 59.94 pictures a
 * second are numbered at 29.97, each number for two of them.
 */
function firstFrameOf({ timecode, timecodeFps }: VideoInfo, rate: FrameRate): number {
  if (timecode === undefined) return 0;
  const own = recognise(timecodeFps ?? 0);
  // 30 numbers a second for pictures at 29.97 are one for each picture.
  const counted = own && { timebase: own.timebase, ntsc: rate.ntsc };
  const dropFrame = !/:\d+$/.test(timecode);
  for (const at of [counted, rate]) {
    const frame = at && parseTimecode(timecode, { rate: at, dropFrame: dropFrame && hasDropFrame(at) });
    if (frame !== undefined) return convertFrames(frame, at!, rate);
  }
  return 0;
}

/** Containers whose sound streams are channels of one recording, not versions of it. */
const recorded = /^(?:mov|mxf|gxf|avi|wtv)\b/;

/**
 * The channels of each sound stream that is laid out. Cameras record a microphone on each of several streams: all of them
 * are. Streams in several languages, or in containers for films, are versions: the one that players play is.
 */
function soundLaidOut({ hasAudio, audioChannels, sounds, container }: VideoInfo): number[] {
  if (!hasAudio) return [];
  const known = sounds.filter((sound) => sound.known && !sound.isExtra);
  const languages = new Set(known.map(({ language }) => language ?? 'und'));
  const together =
    known.length > 1 &&
    languages.size === 1 &&
    (recorded.test(container) || known.every(({ channels }) => channels === 1));
  return together
    ? known.toSorted((a, b) => a.index - b.index).map(({ channels }) => channels ?? 2)
    : [audioChannels ?? 2];
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
