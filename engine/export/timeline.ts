import { badArgument, LongviewError } from '../protocol/errors.ts';
import { convertFrames, hasDropFrame, rateName, sameRate, type FrameRate } from './rate.ts';
import { frameAt, timeOf, type ExportVideo } from './video.ts';
import type { Counting } from './timecode.ts';

/** A stretch of a video that is to be exported. */
export interface ExportMoment {
  videoId: string;
  /** Seconds on the file's own timeline; `end` is when the next thing begins. */
  start: number;
  end: number;
  /** What was looked for. */
  title: string;
  /** Why this moment was found. */
  note: string;
  /** 0 to 1. */
  confidence: number;
  score?: number;
  source?: string;
  /** The decoder's own probability of "yes", where it was asked. */
  checked?: number;
}

/** A moment in frames, laid out on a timeline behind those before it. */
export interface Clip {
  /** From 1. */
  number: number;
  moment: ExportMoment;
  video: ExportVideo;
  /** Frames from the start of the file's timeline, at the video's rate; `sourceOut` is the first that is left out. */
  sourceIn: number;
  sourceOut: number;
  /** Frames from the start of the exported timeline, at its rate. */
  recordIn: number;
  recordOut: number;
  /** When the first frame is shown and when the last one ends, in seconds on the file's timeline. */
  startSec: number;
  endSec: number;
}

/** What an export writes, whatever its format. */
export interface Timeline extends Counting {
  title: string;
  width: number;
  height: number;
  clips: readonly Clip[];
  /** The videos in use, each once, in the order of their first clip. */
  videos: readonly ExportVideo[];
  /** What a reader of the export should know of its times. */
  notes: readonly string[];
}

/** What a timeline is made to. */
export interface TimelineOptions {
  title: string;
  /** Default: the rate of the first moment's video. */
  rate?: FrameRate;
  /** Default: as the first moment's video has it; without effect at rates other than 29.97 and 59.94. */
  dropFrame?: boolean;
}

/**
 * Lays moments out one behind another, in the order given, on whole frames of their videos.
 * @throws LongviewError `nothing-to-export` for no moments; `bad-argument` for a moment whose video is not given or
 * whose times are none.
 */
export function layOut(
  moments: readonly ExportMoment[],
  videos: readonly ExportVideo[],
  options: TimelineOptions,
): Timeline {
  const byId = new Map(videos.map((video) => [video.id, video]));
  const first = byId.get(moments[0]?.videoId ?? '');
  if (moments.length === 0) throw nothingToExport(options.title);
  const rate = options.rate ?? first?.rate ?? { timebase: 30, ntsc: false };
  const dropFrame =
    hasDropFrame(rate) && (options.dropFrame ?? (options.rate ? true : (first?.dropFrame ?? true)));
  let recordIn = 0;
  const clips = moments.map((moment, index) => {
    const video = byId.get(moment.videoId);
    if (!video)
      throw badArgument('videos', `the video of every moment, ${moment.videoId} too`, [...byId.keys()]);
    const clip = { number: index + 1, moment, video, recordIn, ...inFrames(moment, video) };
    recordIn += Math.max(1, convertFrames(clip.sourceOut - clip.sourceIn, video.rate, rate));
    return { ...clip, recordOut: recordIn };
  });
  const used = [...new Set(clips.map(({ video }) => video))];
  const { width, height } = used[0];
  return {
    title: options.title,
    rate,
    dropFrame,
    width,
    height,
    clips,
    videos: used,
    notes: notesOn(used, rate),
  };
}

function inFrames(
  moment: ExportMoment,
  video: ExportVideo,
): Pick<Clip, 'sourceIn' | 'sourceOut' | 'startSec' | 'endSec'> {
  const { start, end } = moment;
  if (!(start >= 0 && end >= start && end < Infinity))
    throw badArgument('moments', 'seconds with 0 <= start <= end', { start, end });
  const last = video.durationSec > 0 ? Math.max(1, frameAt(video.durationSec, video)) : Infinity;
  const sourceIn = Math.min(frameAt(start, video), last - 1);
  const sourceOut = Math.min(Math.max(frameAt(end, video), sourceIn + 1), last);
  // Uneven frames lie on no grid: the moment's own times are the frames' times.
  if (video.variable) return { sourceIn, sourceOut, startSec: start, endSec: end };
  return { sourceIn, sourceOut, startSec: timeOf(sourceIn, video), endSec: timeOf(sourceOut, video) };
}

function notesOn(videos: readonly ExportVideo[], rate: FrameRate): string[] {
  return videos.flatMap((video) => {
    const other = sameRate(video.rate, rate)
      ? []
      : [`${video.path}: counted at ${rateName(video.rate)}, the timeline runs at ${rateName(rate)}`];
    return [...(video.rateNote ? [`${video.path}: ${video.rateNote}`] : []), ...other];
  });
}

/**
 * The error for an export without moments.
 * @param unsupported how many there were that the re-check did not confirm
 */
export function nothingToExport(title: string, unsupported = 0): LongviewError {
  if (unsupported > 0)
    return new LongviewError(
      'nothing-to-export',
      `The re-check did not find what the answer to "${title}" says at any of its moments, so nothing was written.`,
      'Give --unsupported to export them anyway.',
    );
  return new LongviewError(
    'nothing-to-export',
    `No moment was found for "${title}", so nothing was written.`,
    'Use other words, or search other videos; "longview library" lists what is indexed.',
  );
}
