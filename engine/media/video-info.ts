import type { FileFacts } from './file-check.ts';
import { noVideoStream, notAVideo } from './probe-errors.ts';
import type { RawProbe, RawStream } from './raw-probe.ts';
import { playedSound, toSoundStreams, type SoundStream } from './sound-streams.ts';

/** A chapter of a video. */
export interface Chapter {
  /** Seconds on the file's own timeline. */
  start: number;
  end: number;
  title: string | undefined;
}

/** A subtitle stream inside a video. */
export interface SubtitleStream {
  /** Index of the stream in the file. */
  index: number;
  codec: string;
  /** True for text (SRT, ASS, WebVTT, MP4 text), false for pictures (DVD, Blu-ray). */
  isText: boolean;
  language: string | undefined;
  title: string | undefined;
}

/** A stretch of a file, or a whole one, that has a clock of its own; parts in a row make one recording. */
export interface FootagePart {
  /** Absolute path. */
  path: string;
  /** Bytes of the file, from the first to the one after the last; undefined: the whole file. */
  bytes: { from: number; to: number } | undefined;
  durationSec: number;
}

/**
 * What is known of a video before decoding it. All times are seconds on the file's own timeline, which starts at the
 * container's start time: what ffplay, VLC and mpv show as 0:00.
 */
export interface VideoInfo {
  /** The path as it was given. */
  path: string;
  bytes: number;
  /** Last modification, milliseconds since 1970. */
  modifiedMs: number;
  /** ffmpeg's name of the container format: "mov,mp4,m4a,3gp,3g2,mj2". */
  container: string;
  durationSec: number;
  /** When the last picture ends; undefined where the container doesn't say it of the video stream. */
  videoEndSec: number | undefined;
  /** The container's start time on its raw clock; subtracted from every time given here. */
  startSec: number;
  /** When the first picture is due; more than 0 where sound starts earlier. */
  videoStartSec: number;
  /** Index of the video stream in the file. */
  streamIndex: number;
  codec: string;
  pixelFormat: string | undefined;
  /** Display size in square pixels: sample aspect ratio and rotation applied. */
  width: number;
  height: number;
  /** Width of a stored pixel as a share of its height, where that isn't 1. */
  pixelAspect?: number;
  /** Clockwise rotation that players apply: 0, 90, 180 or 270. */
  rotation: number;
  /** Average frames per second; 0 when unknown. */
  fps: number;
  /** The container's base rate (ffmpeg's r_frame_rate), which every timestamp fits. */
  baseFps: number;
  /** A guess from the two rates and the first packets: the frames are not evenly spaced. */
  variableFrameRate: boolean;
  interlaced: boolean;
  hasAudio: boolean;
  audioCodec: string | undefined;
  /** Channels of the sound stream that is played, where it says. */
  audioChannels?: number;
  /** The sound tracks, in the file's order. */
  sounds: SoundStream[];
  /** Light that a plain screen can't show as it is stored: it is mapped to SDR before anything looks or shows. */
  light?: Light;
  /** Seconds between two key frames, as the first packets have them; undefined where they hold but one. */
  keyEverySec?: number;
  /** The container doesn't tell its length; it was found by reading. */
  lengthFound?: boolean;
  /** Pictures that move: how many video streams there are to choose from. */
  videoStreams: number;
  /** Where the clock starts anew midway: the parts, whose times follow on each other. `startSec` is 0 then. */
  parts?: FootagePart[];
  /** The timecode of the first frame, as the recording carries it: "01:00:00;00". */
  timecode?: string;
  /** At how many frames a second the timecode counts, where its track says: 29.97 in pictures of 59.94. */
  timecodeFps?: number;
  chapters: Chapter[];
  subtitles: SubtitleStream[];
  title: string | undefined;
  /** When the recording says it was made (ISO 8601). */
  createdAt: string | undefined;
}

/** How a picture's numbers stand for light: HDR by PQ (SMPTE ST 2084) or HLG (ARIB STD-B67), or SDR in BT.2020's colours. */
export type Light = 'pq' | 'hlg' | 'wide';

/** Below this, ffmpeg itself calls its guess of the format a possible misdetection. */
const leastTrustedScore = 25;
const subtitleText = /^(subrip|srt|ass|ssa|webvtt|mov_text|text|microdvd|subviewer.*|ttml|eia_608)$/;

/**
 * Makes a {@link VideoInfo} of what ffprobe (or ffmpeg's listing) said.
 * @throws LongviewError `not-a-video` where ffmpeg only guessed the format; `no-video-stream`.
 */
export function toVideoInfo(file: string, facts: FileFacts, raw: RawProbe): VideoInfo {
  const names = raw.format.format_name.split(',');
  if (raw.format.probe_score !== undefined && raw.format.probe_score < leastTrustedScore)
    throw notAVideo(file);
  const stream = chooseVideo(raw.streams);
  if (!stream) throw noVideoStream(file);
  const start = finite(raw.format.start_time) ?? 0;
  const sounds = toSoundStreams(raw.streams);
  const audio = playedSound(sounds);
  const videoStart = Math.max(0, (finite(stream.start_time) ?? start) - start);
  // Matroska counts its lengths from its clock's zero, not from its first packet.
  const early = names.includes('matroska') ? Math.max(0, start) : 0;
  const taggedEnd = clock(tag(stream.tags, 'DURATION'));
  const length = finite(stream.duration);
  const fps = ratio(stream.avg_frame_rate) ?? 0;
  const baseFps = ratio(stream.r_frame_rate) ?? fps;
  return {
    path: file,
    bytes: facts.bytes,
    modifiedMs: facts.modifiedMs,
    container: raw.format.format_name,
    durationSec: Math.max(0, (finite(raw.format.duration) ?? 0) - early),
    videoEndSec: length !== undefined ? videoStart + length : taggedEnd && taggedEnd - early,
    startSec: start,
    videoStartSec: videoStart,
    streamIndex: stream.index,
    codec: stream.codec_name ?? 'unknown',
    pixelFormat: stream.pix_fmt,
    videoStreams: moving(raw.streams).length,
    ...displaySize(stream),
    fps,
    baseFps,
    // AVI stores no times: its pictures stand equally long, whatever is guessed of them.
    variableFrameRate:
      !names.includes('avi') &&
      ((fps > 0 && Math.abs(baseFps - fps) > 0.01 * Math.max(baseFps, fps)) || isUneven(raw, stream.index)),
    interlaced: /^(tt|bb|tb|bt|top|bottom)/.test(stream.field_order ?? ''),
    hasAudio: audio !== undefined,
    audioCodec: audio?.codec,
    audioChannels: audio?.channels,
    sounds,
    light: lightOf(stream),
    keyEverySec: keyEvery(raw, stream.index),
    timecode: timecode(raw, stream),
    timecodeFps: timecodeRate(raw),
    chapters: chapters(raw, start),
    subtitles: raw.streams.filter((candidate) => candidate.codec_type === 'subtitle').map(toSubtitle),
    title: tag(raw.format.tags, 'title'),
    createdAt: tag(raw.format.tags, 'creation_time') ?? tag(stream.tags, 'creation_time'),
  };
}

/** The default video stream, else the first; cover pictures and thumbnails are not video. */
function chooseVideo(streams: readonly RawStream[]): RawStream | undefined {
  const video = moving(streams);
  return video.find((stream) => stream.disposition.default) ?? video[0];
}

function moving(streams: readonly RawStream[]): RawStream[] {
  return streams.filter(
    (stream) =>
      stream.codec_type === 'video' &&
      !stream.disposition.attached_pic &&
      !stream.disposition.timed_thumbnails &&
      (stream.width ?? 0) > 0 &&
      (stream.height ?? 0) > 0,
  );
}

function lightOf(stream: RawStream): Light | undefined {
  if (stream.color_transfer === 'smpte2084') return 'pq';
  if (stream.color_transfer === 'arib-std-b67') return 'hlg';
  return stream.color_primaries === 'bt2020' ? 'wide' : undefined;
}

function keyEvery(raw: RawProbe, streamIndex: number): number | undefined {
  const keys = raw.packets
    .filter((packet) => packet.stream_index === streamIndex && packet.flags?.startsWith('K'))
    .map((packet) => finite(packet.pts_time))
    .filter((time) => time !== undefined)
    .sort((a, b) => a - b);
  return largestGap(keys);
}

/** The largest distance between neighbours; undefined where there are none. @param times ascending */
export function largestGap(times: readonly number[]): number | undefined {
  const gaps = times.slice(1).map((time, index) => time - times[index]);
  return gaps.length > 0 ? Math.max(...gaps) : undefined;
}

function displaySize(stream: RawStream): Pick<VideoInfo, 'width' | 'height' | 'rotation' | 'pixelAspect'> {
  const sample = ratio(stream.sample_aspect_ratio?.replace(':', '/')) ?? 1;
  const shape = sample === 1 ? {} : { pixelAspect: sample };
  const wide = Math.max(1, Math.round(stream.width! * sample));
  const high = stream.height!;
  // ffmpeg gives the matrix's counterclockwise angle, older files a "rotate" tag with the clockwise one.
  const matrix = stream.side_data_list.find((entry) => finite(entry.rotation) !== undefined)?.rotation;
  const clockwise = matrix !== undefined ? -matrix : Number(tag(stream.tags, 'rotate') ?? 0);
  const rotation = (((Math.round((finite(clockwise) ?? 0) / 90) * 90) % 360) + 360) % 360;
  return rotation % 180 === 90
    ? { width: high, height: wide, rotation, ...shape }
    : { width: wide, height: high, rotation, ...shape };
}

/** Whether the first pictures come at distances that differ by more than a tenth (and more than a clock's tick). */
function isUneven(raw: RawProbe, streamIndex: number): boolean {
  const times = raw.packets
    .filter((packet) => packet.stream_index === streamIndex)
    .map((packet) => finite(packet.pts_time))
    .filter((time) => time !== undefined)
    .sort((a, b) => a - b)
    // The packets are the first in decoding order, which leaves holes among the last in presentation order.
    .slice(0, -16);
  const gaps = times.slice(1).map((time, index) => time - times[index]);
  const usual = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
  return gaps.some((gap) => Math.abs(gap - usual) > Math.max(0.0025, usual / 10));
}

function chapters(raw: RawProbe, start: number): Chapter[] {
  return raw.chapters
    .filter((chapter) => finite(chapter.start_time) !== undefined && finite(chapter.end_time) !== undefined)
    .map((chapter) => ({
      start: Math.max(0, chapter.start_time! - start),
      end: Math.max(0, chapter.end_time! - start),
      title: tag(chapter.tags, 'title'),
    }));
}

function toSubtitle(stream: RawStream): SubtitleStream {
  const codec = stream.codec_name ?? 'unknown';
  return {
    index: stream.index,
    codec,
    isText: subtitleText.test(codec),
    language: tag(stream.tags, 'language'),
    title: tag(stream.tags, 'title'),
  };
}

/** Of the picture's own stream, else of a stream that holds nothing but the timecode, else of the file. */
function timecode(raw: RawProbe, stream: RawStream): string | undefined {
  const streams = [stream, ...raw.streams.filter((other) => other.codec_type === 'data')];
  const tags = [...streams.map((one) => one.tags), raw.format.tags];
  return tags.map((some) => tag(some, 'timecode')).find((text) => text !== undefined);
}

/** Of a stream that holds nothing but the timecode. */
function timecodeRate(raw: RawProbe): number | undefined {
  const track = raw.streams.find(
    (other) => other.codec_type === 'data' && tag(other.tags, 'timecode') !== undefined,
  );
  return track && ratio(track.avg_frame_rate);
}

/** Tag names differ in case between containers. */
function tag(tags: Readonly<Record<string, string>>, name: string): string | undefined {
  const wanted = name.toLowerCase();
  const entry = Object.entries(tags).find(([key]) => key.toLowerCase() === wanted);
  return entry?.[1] === '' ? undefined : entry?.[1];
}

function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** "30000/1001" as a number; undefined for "0/0" and the like. */
function ratio(value: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/.exec(value ?? '');
  const result = match ? Number(match[1]) / Number(match[2]) : NaN;
  return Number.isFinite(result) && result > 0 ? result : undefined;
}

/** "00:00:03.666000000" in seconds. */
function clock(value: string | undefined): number | undefined {
  const match = /^(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(value ?? '');
  return match ? Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]) : undefined;
}

/**
 * Whether a browser that knows the codecs shows of the file itself what is looked at here: from 0 on its own clock, the
 * chosen picture and sound, whole and as long as it is. Else it is played as a stream (see `streamFootage`).
 */
export function playsAsItIs(info: VideoInfo): boolean {
  const [first] = info.sounds;
  const web = /^(mov|matroska|ogg)/.test(info.container);
  const clock = Math.abs(info.startSec) < 0.05;
  const onlyTracks = info.videoStreams === 1 && (first === undefined || playedSound(info.sounds) === first);
  return web && clock && onlyTracks && info.parts === undefined && !info.lengthFound && info.light !== 'wide';
}
