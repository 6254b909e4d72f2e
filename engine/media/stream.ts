import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { h264Encoder } from './codecs.ts';
import { knownVideo } from './known-video.ts';
import { evenFrameFilter, evenSize, oneSizeFilter } from './letterbox.ts';
import { toneFilters } from './light/tone-map.ts';
import { startProcess, type RunningProcess } from './process.ts';
import { placesBefore, type Place } from './seeking/place.ts';
import { beganBefore, clockSlackSec, fromKeyFrame, firstTold } from './seeking/pictures-at.ts';
import { playedSound } from './sound-streams.ts';
import { findMediaTools, type MediaTools } from './tools.ts';
import type { VideoInfo } from './video-info.ts';

/** How footage is made playable. */
export interface StreamOptions {
  /** Where to begin, in seconds on the file's own timeline. */
  start: number;
  /** The language of the sound, as the file names it ("eng"); default: the sound that players choose. */
  language?: string;
  signal?: AbortSignal;
  /** Default: what `findMediaTools` finds. */
  tools?: MediaTools;
}

/** Footage on its way to a player. */
export interface FootageStream {
  /** Its MIME type, codecs included. */
  type: string;
  /** ffmpeg; what it writes to stdout is the film. It waits while nobody reads. */
  process: RunningProcess;
}

/** Larger pictures cost more to encode than a player's window shows. */
const widest = 1280;
/** Encoders and players refuse smaller ones. */
const smallest = 16;
/** Pictures per second of footage that tells no rate, or an odd one. */
const usualRate = 25;
const shortestSec = 0.1;

/**
 * Encodes footage as it is watched, for players that lack its codec: fragmented MP4 (H.264, AAC), or WebM (VP8,
 * Opus) where this ffmpeg has no H.264 encoder. It shows what sampling shows: the picture that is on screen at
 * `start` first, then evenly spaced ones, each as long as it stands; upright, in its display shape, in plain (SDR)
 * colours, with the sound that players choose. The stream's own clock begins at 0; nothing is written to disk.
 * @throws LongviewError `ffmpeg-missing`, `cancelled`, and those of `probe`.
 */
export async function streamFootage(
  footage: string | VideoInfo,
  options: StreamOptions,
): Promise<FootageStream> {
  const tools = options.tools ?? (await findMediaTools());
  const { signal } = options;
  const video = await knownVideo(footage, { tools, signal });
  const encoder = await h264Encoder(tools);
  const type = encoder ? 'video/mp4' : 'video/webm';
  for (const place of placesBefore(video, options.start)) {
    const args = await streamArguments(video, place, options);
    const process = startProcess(tools.ffmpeg, [...args, ...(encoder ? mp4(encoder) : webm), 'pipe:1'], {
      signal,
    });
    const stream = { type, process };
    if (place.whole) return stream;
    const begun = await hasBegun(stream);
    if (begun && beganBefore(process.stderr(), place.raw)) return stream;
    process.kill();
  }
  throw new Error('the last place is the whole file');
}

async function streamArguments(
  video: VideoInfo,
  place: Place,
  { start, language }: StreamOptions,
): Promise<string[]> {
  const { width, height } = evenSize(video, widest, smallest);
  const pictures = [
    place.whole ? firstTold : fromKeyFrame,
    ...deinterlaced(video),
    'settb=1/1000000',
    `setpts=PTS-${(place.raw + clockSlackSec).toFixed(6)}/TB`,
    `fps=${rateOf(video)}:round=up`,
    'tpad=stop_mode=clone:stop=-1',
    'trim=start=0',
    'setpts=PTS-STARTPTS',
    evenFrameFilter(width, height, await toneFilters(video.light), 'video'),
  ];
  const { sounds } = video;
  const chosen = sounds.find((one) => language !== undefined && one.language === language && one.known);
  const sound = chosen ?? playedSound(sounds);
  const hears = sound?.known === true;
  const heard = `atrim=start=${place.raw.toFixed(6)},asetpts=PTS-${place.raw.toFixed(6)}/TB,aresample=async=1:first_pts=0`;
  const graph = [
    `[0:${video.streamIndex}]${pictures.join(',')}[v]`,
    ...(hears ? [`[0:${sound.index}]${heard}[a]`] : []),
  ];
  const length = video.durationSec > 0 ? Math.max(shortestSec, video.durationSec - start) : undefined;
  return [
    ...['-v', 'error', '-nostdin', '-hide_banner', '-reinit_filter', '0', ...place.args],
    ...['-filter_complex', graph.join(';'), '-map', '[v]', ...(hears ? ['-map', '[a]', '-ac', '2'] : [])],
    ...(length === undefined ? [] : ['-t', length.toFixed(6)]),
    ...['-map_chapters', '-1', '-map_metadata', '-1', '-pix_fmt', 'yuv420p', '-g', '48'],
  ];
}

/**
 * Fields made pictures, where a codec knows fields. The filter takes one size only: a size that changes midway is fitted
 * into the first one before (lines of the first size stay what they are).
 */
function deinterlaced({ codec, width, height }: VideoInfo): string[] {
  if (progressiveOnly.has(codec) || Math.min(width, height) < 3) return [];
  return [oneSizeFilter(width, height), 'yadif=deint=interlaced'];
}

const progressiveOnly = new Set(['vp8', 'vp9', 'av1', 'theora', 'gif', 'apng', 'webp', 'flv1', 'mpeg1video']);

function rateOf({ fps, baseFps, variableFrameRate }: VideoInfo): number {
  const rate = variableFrameRate ? Math.max(usualRate, fps) : fps;
  const known = rate > 0 ? rate : baseFps;
  return known >= 1 && known <= 60 ? known : known > 60 ? 60 : usualRate;
}

function mp4(encoder: string): string[] {
  const quality =
    encoder === 'libx264'
      ? ['-preset', 'ultrafast', '-tune', 'zerolatency', '-crf', '23']
      : ['-b:v', '4M', '-allow_sw', '1'].slice(0, encoder === 'h264_videotoolbox' ? 4 : 2);
  return [
    ...['-c:v', encoder, ...quality, '-c:a', 'aac', '-b:a', '128k'],
    ...['-movflags', 'frag_keyframe+empty_moov+default_base_moof', '-frag_duration', '500000', '-f', 'mp4'],
  ];
}

const webm = [
  ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '3M'],
  ...['-c:a', 'libopus', '-b:a', '96k', '-f', 'webm'],
];

/**
 * Waits for a stream's first bytes, so that a failure can still be told.
 * @returns false where ffmpeg ended without any
 */
export async function hasBegun({ process }: FootageStream): Promise<boolean> {
  const stdout = process.child.stdout!;
  if (stdout.readableLength > 0) return true;
  const ended = process.ended.then(
    () => 'ended' as const,
    () => 'ended' as const,
  );
  const first = await Promise.race([once(stdout, 'readable').then(() => 'readable' as const), ended]);
  // What it said before is read by then.
  await setImmediate();
  return first === 'readable' && stdout.readableLength > 0;
}
